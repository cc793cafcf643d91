"""True matches, sampling, files: what calibration and training rely on."""

import csv
import io
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from reid.errors import InputError
from reid.types import Flank
from training.synthetic import (
    Difficulty,
    Illumination,
    Pose,
    correspondences,
    encode_jpeg,
    sample_spec,
)
from training.synthetic.coat import marking_count
from training.synthetic.sheet import contact_sheet, sheet_specs
from training.synthetic.sightings import COLUMNS, bursts, demo_sightings, frame_spec
from training.synthetic.skeleton import BODY_LENGTH_M
from training.synthetic.truth import skin_metres

MILLIMETRES_PER_PX = 1000 * BODY_LENGTH_M / 260


def test_correspondences_land_on_the_same_point_of_the_coat(variant):
    a = variant()
    b = variant(yaw_deg=25.0, pose=Pose(gait_phase=0.6), centre_xy=(0.45, 0.5), station=9)
    matched = correspondences(a, b, 300)
    assert len(matched) > 200
    at_a = a.coat[matched.a_xy_px[:, 1].astype(int), matched.a_xy_px[:, 0].astype(int)]
    at_b = b.coat[matched.b_xy_px[:, 1].astype(int), matched.b_xy_px[:, 0].astype(int)]
    np.testing.assert_array_equal(at_a[:, 0], at_b[:, 0])
    apart = np.linalg.norm(skin_metres(at_a) - skin_metres(at_b), axis=1)
    assert apart.max() * 1000 <= MILLIMETRES_PER_PX
    np.testing.assert_array_equal(at_a, matched.coat)


def test_correspondences_of_a_picture_with_itself_are_the_identity(variant):
    matched = correspondences(variant(), variant(), 50)
    np.testing.assert_array_equal(matched.a_xy_px, matched.b_xy_px)


def test_matched_patches_look_alike(variant):
    """The map is true to the pixels: brightness agrees at true matches, not at shuffled ones."""
    a, b = variant(), variant(yaw_deg=15.0, pose=Pose(gait_phase=0.5))
    matched = correspondences(a, b, 800)
    xa, xb = matched.a_xy_px.astype(int), matched.b_xy_px.astype(int)
    one, two = a.pixels[xa[:, 1], xa[:, 0], 1], b.pixels[xb[:, 1], xb[:, 0], 1]
    true = np.corrcoef(one, two)[0, 1]
    shuffled = np.corrcoef(one, np.random.default_rng(0).permutation(two))[0, 1]
    assert true > 0.75
    assert abs(shuffled) < 0.2


@pytest.mark.parametrize("change", [{"individual": 2}, {"flank": Flank.RIGHT}])
def test_coats_without_a_common_point_are_refused(variant, change):
    with pytest.raises(InputError, match="one individual and flank"):
        correspondences(variant(), variant(**change), 10)


def test_an_animal_out_of_the_frame_gives_no_match(variant):
    gone = variant(centre_xy=(2.0, 0.5), size_px=60.0)
    assert gone.box is None
    assert len(correspondences(gone, variant(), 10)) == 0


def test_a_flank_has_as_many_rosettes_as_a_leopards():
    counts = [marking_count(seed) for seed in range(4)]
    assert min(counts) >= 65
    assert max(counts) <= 120


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    difficulty=st.sampled_from(list(Difficulty)),
    flank=st.sampled_from([None, Flank.LEFT, Flank.RIGHT]),
)
def test_sampled_specs_are_valid_and_keep_what_was_given(seed, difficulty, flank):
    def draw():
        rng = np.random.default_rng(seed)
        return sample_spec(rng, 5, difficulty, flank=flank, station=8, light=Illumination.DAY)

    spec = draw()
    assert spec == draw()
    assert (spec.individual, spec.station, spec.light) == (5, 8, Illumination.DAY)
    assert flank in (None, spec.flank)


def test_poor_pictures_are_poorer_than_good_ones():
    rng = np.random.default_rng(3)
    good, poor = (
        [sample_spec(rng, 1, kind) for _ in range(40)]
        for kind in (Difficulty.GOOD, Difficulty.POOR)
    )
    for trait in ("noise", "occlusion", "motion_blur_px"):
        means = [np.mean([getattr(s, trait) for s in kind]) for kind in (good, poor)]
        assert means[0] < means[1]


def test_files_say_that_they_are_synthetic(variant):
    when = datetime(2018, 9, 29, 22, 57, 1)
    content = encode_jpeg(variant(), captured_at=when, camera_model="test")
    picture = Image.open(io.BytesIO(content))
    inner = picture.getexif().get_ifd(ExifTags.IFD.Exif)
    assert picture.size == (400, 300)
    assert "SYNTHETIC" in picture.getexif()[ExifTags.Base.ImageDescription]
    assert b"SYNTHETIC leopard-reid" in inner[ExifTags.Base.UserComment]
    assert inner[ExifTags.Base.DateTimeOriginal] == "2018:09:29 22:57:01"


def test_a_file_without_a_time_has_no_time_in_it(variant):
    picture = Image.open(io.BytesIO(encode_jpeg(variant())))
    inner = picture.getexif().get_ifd(ExifTags.IFD.Exif)
    assert ExifTags.Base.DateTimeOriginal not in inner


def test_the_demonstration_needs_its_bridge():
    shown = {}
    for burst in bursts():
        shown.setdefault(burst.sighting, set()).add(burst.base.flank)
    assert shown["september"] == {Flank.RIGHT}
    assert shown["december"] == {Flank.LEFT}
    assert shown["november"] == {Flank.LEFT, Flank.RIGHT}
    animals = {burst.sighting: burst.base.individual for burst in bursts()}
    assert animals["september"] == animals["november"] == animals["december"]
    assert animals["stranger"] != animals["december"]


def test_the_animal_walks_from_frame_to_frame():
    for burst in bursts():
        specs = [frame_spec(burst, i) for i in range(len(burst.frames))]
        phases = {round(spec.pose.gait_phase, 6) for spec in specs}
        assert len(phases) == len(specs)
        ahead = np.diff([spec.centre_xy[0] for spec in specs])
        assert (np.sign(ahead) == (-1 if burst.base.flank is Flank.LEFT else 1)).all()


def test_the_demonstration_is_written_with_its_table(tmp_path, monkeypatch):
    few = tuple(b for b in bursts() if b.sighting in ("september", "november"))
    small = tuple(
        type(b)(
            b.sighting,
            b.station,
            b.camera,
            b.start,
            b.base.__class__(individual=1, flank=b.base.flank, size_px=90, picture_wh=(160, 120)),
            b.frames[:2],
            b.alternative,
        )
        for b in few
    )
    monkeypatch.setattr("training.synthetic.sightings.bursts", lambda: small)
    table = demo_sightings(tmp_path)
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 6
    for row in rows:
        assert (tmp_path / row["media_path"]).is_file()
        assert "SYNTHETIC" in row["media_path"]
        assert row["latitude"] == row["longitude"] == ""
        assert row["station"].startswith("synthetic-")
    november = [row for row in rows if row["sighting_id"] == "november"]
    assert {row["camera"] for row in november} == {"synthetic-A1", "synthetic-A2"}
    assert november[1]["datetime_alt"] == "2018-11-06T06:57:01"


def test_a_contact_sheet_has_every_tile():
    specs = [row[:1] for row in sheet_specs(1, seed=2)[:1]]
    assert contact_sheet(specs, (120, 90)).shape == (90 + 16, 120, 3)
