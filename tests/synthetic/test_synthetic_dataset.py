"""Training sets: complete, repeatable, resumable, and silent about identity in the background."""

import ast
import csv
import hashlib
import json

import numpy as np
import pytest
from PIL import Image

from reid.errors import ConfigError
from reid.types import Flank
from training.synthetic.crops import Framing, framed, render_crop
from training.synthetic.dataset import main, make_dataset
from training.synthetic.family import Family
from training.synthetic.rows import COLUMNS, rows_file
from training.synthetic.stream import crops_of, stream_crops
from training.synthetic.survey import Survey, family_of, frames_of, individual_seed

TINY = Survey(seed=3, pictures=4, size_px=120, stations=2, texels_per_m=200)


def files(folder):
    return {
        p.relative_to(folder): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("set") / "synthetic"
    make_dataset(out, TINY, 3, split="dev")
    return out


@pytest.fixture(scope="module")
def rows(made):
    return list(csv.DictReader((made / "metadata.csv").open(encoding="utf-8")))


def test_the_table_has_its_columns_and_every_file(made, rows):
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 12
    assert len({row["image_id"] for row in rows}) == 12
    for row in rows:
        picture, mask = (Image.open(made / row[name]) for name in ("path", "mask_path"))
        assert picture.size == mask.size == (int(row["width"]), int(row["height"]))
        assert picture.mode == "RGB"
        assert row["orientation"] in ("left", "right")
        assert row["split"] == "dev"
        assert row["family"] in set(Family)


def test_box_and_mask_agree(made, rows):
    for row in rows:
        mask = np.asarray(Image.open(made / row["mask_path"]))
        x, y, width, height = ast.literal_eval(row["bbox"])
        assert mask[y : y + height, x : x + width].sum() == mask.sum() > 0
        assert max(width, height) == int(row["size_px"])


def test_every_animal_shows_both_flanks_in_several_sightings(rows):
    for name in {row["identity"] for row in rows}:
        mine = [row for row in rows if row["identity"] == name]
        assert {row["orientation"] for row in mine} == {"left", "right"}
        assert len({row["sighting"] for row in mine}) >= 2


def test_a_cut_off_run_goes_on_to_the_same_set(made, tmp_path):
    """One animal is complete, another half written, the table is missing."""
    out = tmp_path / "again"
    make_dataset(out, TINY, 3, split="dev")
    whole = files(out)
    assert whole == files(made)
    rows_file(out, TINY, 1).unlink()
    (out / "metadata.csv").unlink()
    for picture in (out / "images" / "0000" / "syn3-000001").glob("00[1-3].jpg"):
        picture.unlink()
    make_dataset(out, TINY, 3, split="dev", resume=True)
    assert files(out) == whole


def test_the_manifest_names_the_table(made):
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    table = (made / "metadata.csv").read_bytes()
    assert manifest["metadata_sha256"] == hashlib.sha256(table).hexdigest()
    assert manifest["plan"]["seed"] == 3
    assert manifest["licence"] == "Apache-2.0"
    assert manifest["synthetic"] is True


def test_a_folder_begun_otherwise_is_refused(made, tmp_path):
    with pytest.raises(ConfigError, match="--resume"):
        make_dataset(made, TINY, 3, split="dev")
    with pytest.raises(ConfigError, match="individuals 3, now 4"):
        make_dataset(made, TINY, 4, split="dev", resume=True)
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(ConfigError, match="new folder"):
        make_dataset(tmp_path, TINY, 3)


def test_the_command_takes_families(tmp_path, capsys):
    out = tmp_path / "spots"
    words = f"{out} --individuals 1 --pictures 1 --seed 9 --size 100 --families spots=2"
    assert main(words.split()) == 0
    row = next(csv.DictReader((out / "metadata.csv").open(encoding="utf-8")))
    assert row["family"] == "spots"
    assert str(out / "metadata.csv") in capsys.readouterr().out
    with pytest.raises(ConfigError, match="expected leopard, rosettes"):
        main([*words.split()[:-1], "zebra"])


@pytest.mark.slow
def test_workers_change_nothing(made, tmp_path):
    make_dataset(tmp_path / "two", TINY, 3, split="dev", workers=2)
    assert files(tmp_path / "two") == files(made)


def test_the_stream_gives_what_the_set_holds(made, rows):
    crop = next(stream_crops(3, pictures=4, size_px=120, stations=2, texels_per_m=200))
    assert (crop.identity, str(crop.flank)) == (rows[0]["identity"], rows[0]["orientation"])
    np.testing.assert_array_equal(np.asarray(Image.open(made / rows[0]["mask_path"])), crop.mask)
    later = next(stream_crops(3, pictures=4, worker=1, workers=2, size_px=120, stations=2))
    assert later.identity.endswith("000001")


def test_a_crop_depends_on_its_animal_alone():
    first = [c.pixels for c in crops_of(TINY, 1)]
    list(crops_of(TINY, 2))
    for a, b in zip(first, crops_of(TINY, 1), strict=True):
        np.testing.assert_array_equal(a, b.pixels)


def test_places_know_nothing_of_the_animal():
    """Two sightings of one animal share a station no oftener than those of two animals."""
    survey = Survey(seed=1, pictures=12, stations=6)
    seen = []
    for index in range(120):
        cameras = {(f.sighting, f.spec.flank): f.spec.station for f in frames_of(survey, index)}
        seen.append(list(cameras.values()))
    own = [a == b for one in seen for i, a in enumerate(one) for b in one[:i]]
    other = [a == b for i in range(119) for a in seen[i] for b in seen[i + 1]]
    error = np.hypot(*(np.std(x) / np.sqrt(len(x)) for x in (own, other)))
    assert abs(np.mean(own) - np.mean(other)) < 4 * error
    assert np.mean(own) == pytest.approx(1 / 6, abs=0.03)


def test_what_tells_animals_apart_is_not_how_they_were_photographed():
    """Light, family and size are drawn apart from each other."""
    survey = Survey(seed=2, pictures=6)
    light, family = [], []
    for index in range(150):
        frame = next(frames_of(survey, index))
        light.append(frame.spec.light == "infrared")
        family.append(family_of(survey, index) is Family.ROSETTES)
    assert abs(np.corrcoef(light, family)[0, 1]) < 0.25
    assert np.mean(family) == pytest.approx(0.57, abs=0.13)


def test_no_two_surveys_share_an_animal():
    seeds = [individual_seed(Survey(s, 1), i) for s in range(3) for i in (0, 1, 9_999_999)]
    assert len(set(seeds)) == len(seeds)


def test_a_crop_lies_about_the_animal_and_a_cut_one_does_not():
    spec = next(frames_of(TINY, 0)).spec
    for edges, share in (((0.05,) * 4, 1.0), ((-0.3, 0.05, 0.05, 0.05), 0.8)):
        crop = framed(spec, Framing(edges))
        width, height = crop.picture_wh
        mask = render_crop(crop, np.random.default_rng(0)).mask
        touched = mask[:, 0].any()
        assert touched == (share < 1)
        assert mask.any()
        assert max(width, height) < 2.2 * spec.size_px
    assert Framing((-0.3, 0.1, 0.05, 0.05)).cut == pytest.approx(0.3)


def test_flanks_take_turns():
    shown = [f.spec.flank for f in frames_of(Survey(seed=4, pictures=16), 0)]
    assert 3 <= sum(f is Flank.LEFT for f in shown) <= 13
