"""Files of MegaDetector's results become passages: cut by time, said, and stored once."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from typer.testing import CliRunner

from reid.catalogue import Catalogue
from reid.cli import app
from reid.errors import InputError
from reid.exporters import snapshot
from reid.exporters.passages import passages
from reid.importers import Reading, cut_events, gap_for, importer_for, plan
from reid.importers.plan import SPECIES
from reid.survey import Deployment, Media, Observation, Problems, Survey

FOUND = {"category": "1", "conf": 0.9, "bbox": [0.1, 0.1, 0.5, 0.5]}
BESIDE = {"category": "1", "conf": 0.9, "bbox": [0.7, 0.1, 0.2, 0.5]}
NIGHT = datetime(2026, 3, 1, 22, 15)
TABLE = (
    "deploymentID,locationID,latitude,longitude,deploymentStart,deploymentEnd,cameraID\n"
    "north-A,north,43.5,55.0,2026-02-01T00:00:00,2026-04-01T00:00:00,A\n"
    "south-A,south,43.6,55.2,2026-02-01T00:00:00,2026-04-01T00:00:00,B\n"
)


def photograph(file, seed, at=None):
    """A small picture with a camera's clock in its EXIF."""
    exif = Pillow.Exif()
    if at is not None:
        exif.get_ifd(0x8769)[0x9003] = f"{at:%Y:%m:%d %H:%M:%S}"
    out = BytesIO()
    Pillow.new("RGB", (40, 30), (seed, 80, 90)).save(out, "JPEG", exif=exif.tobytes())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(out.getvalue())


@pytest.fixture
def archive(tmp_path):
    """``archive(found, ...)``: md.json of files by (seconds after NIGHT or None, detections)."""

    def make(files):
        images = []
        for name, (after, detections) in files.items():
            at = None if after is None else NIGHT + timedelta(seconds=after)
            photograph(tmp_path / name, crc32(name.encode()) % 256, at)
            images.append({"file": name, "detections": detections})
        (tmp_path / "deployments.csv").write_text(TABLE)
        (tmp_path / "md.json").write_text(json.dumps({"images": images}))
        return tmp_path

    return make


def events_of(where, media):
    with (
        Catalogue.open(where / "data") as catalogue,
        snapshot(catalogue, exactness="exact") as survey,
    ):
        return {one.event for one in survey.observations() if one.media in media}


PASSAGES = {
    "north-A/1.jpg": (0, [FOUND]),
    "north-A/2.jpg": (60, [FOUND]),
    "north-A/3.jpg": (170, [FOUND]),
    "north-A/4.jpg": (600, [FOUND]),
    "south-A/1.jpg": (5, [FOUND]),
    "south-A/blank.jpg": (30, []),
    "south-A/2.jpg": (None, [FOUND]),
}


@pytest.fixture
def reid():
    def run(where, *words):
        asked = [*map(str, words), "--data-dir", str(where / "data"), "--by", "Asel"]
        told = CliRunner().invoke(app, asked, env={"COLUMNS": "200"})
        assert told.exit_code == 0, told.output
        return told.output

    return run


def stored(where):
    with Catalogue.open(where / "data") as catalogue:
        return {one.id: sorted(one.file_names) for one in catalogue.sightings()}


def test_files_of_a_passage_are_one_sighting_by_their_own_clocks(archive, reid):
    where = archive(PASSAGES)
    for table in ([], ["--deployments", where / "deployments.csv"]):
        told = reid(where, "import", where / "md.json", *table)
        assert "put together: 3 events of 5 files with an animal; a pause of 2 minutes" in told
        assert "1 files with an animal have no time: each stays a sighting of its own" in told
        assert "sightings with files: 4" in told
    reid(where, "import", where / "md.json", *table, "--yes")
    assert sorted(stored(where).values()) == [
        ["north-A/1.jpg", "north-A/2.jpg", "north-A/3.jpg"],
        ["north-A/4.jpg"],
        ["south-A/1.jpg"],
        ["south-A/2.jpg"],
    ]
    (night,) = [name for name in stored(where) if name.startswith("north-20260301T221500-")]
    with Catalogue.open(where / "data") as catalogue:
        (time,) = catalogue.sighting(night).times
        assert time.at == NIGHT  # no zone was given, and none is stored
        with snapshot(catalogue, exactness="exact") as survey:
            seen = [one for one in survey.observations() if one.event == night]
            assert {(one.start, one.end) for one in seen} == {
                (NIGHT, NIGHT + timedelta(seconds=170))
            }
            placed = {one.id: one for one in survey.deployments()}
            caught, lost = passages(survey, SPECIES, placed)
            assert (len(caught), lost) == (3, 1)


def test_without_a_gap_each_file_is_alone(archive, reid):
    where = archive(PASSAGES)
    told = reid(where, "import", where / "md.json", "--gap-minutes", "0", "--yes")
    assert "put together" not in told
    # ids are a part of addresses, in which a slash would begin another
    assert set(stored(where)) == {n.replace("/", "--") for n in PASSAGES if "blank" not in n}


def test_two_animals_in_one_picture_are_no_one_animal(archive, reid):
    both = {"north-A/2.jpg": (60, [FOUND, BESIDE])}
    where = archive(PASSAGES | both)
    reid(where, "import", where / "md.json", "--yes")
    # each file by itself, and all of them one event still: a passage is counted once
    assert {"north-A--1.jpg", "north-A--2.jpg", "north-A--3.jpg"} <= set(stored(where))
    with (
        Catalogue.open(where / "data") as catalogue,
        snapshot(catalogue, exactness="exact") as all_,
    ):
        events = {
            o.event
            for o in all_.observations()
            if o.media.startswith("north-A/") and "4" not in o.media
        }
        assert len(events) == 1


def test_the_same_again_and_cut_otherwise(archive, reid):
    where = archive(PASSAGES)
    source = where / "md.json"
    reid(where, "import", source, "--yes")
    before = stored(where)
    assert "Done: 0 new sightings, 4 known" in reid(where, "import", source, "--yes")
    told = reid(where, "import", source, "--gap-minutes", "0", "--yes")
    assert "stored as other sightings, which stay as they were" in told
    assert "is kept with other content" in told
    assert stored(where) == before
    told = reid(where, "import", source, "--gap-minutes", "10", "--yes", "--replace")
    assert stored(where) == before
    with (
        Catalogue.open(where / "data") as catalogue,
        snapshot(catalogue, exactness="exact") as all_,
    ):
        events = {o.event for o in all_.observations() if o.media.startswith("north-A/")}
        assert len(events) == 1  # records are taken anew, what was decided of sightings stays


def test_an_archive_that_grew_loses_nothing_and_stores_nothing_twice(archive, reid):
    where = archive({k: v for k, v in PASSAGES.items() if k != "north-A/2.jpg"})
    reid(where, "import", where / "md.json", "--yes", "--gap-minutes", "3")
    archive(PASSAGES)
    told = reid(where, "import", where / "md.json", "--yes", "--gap-minutes", "3")
    assert "Done: 1 new sightings, 3 known" in told
    files = [name for names in stored(where).values() for name in names]
    assert sorted(files) == sorted(name for name in PASSAGES if "blank" not in name)
    assert "Done: 0 new" in reid(where, "import", where / "md.json", "--yes", "--gap-minutes", "3")


def test_two_cameras_of_a_station_are_one_event_where_their_clocks_agree(tmp_path):
    days = range(12)
    with Survey() as survey:
        for camera in "AB":
            survey.add(Deployment(f"north-{camera}", "north", camera=camera))
            for day in days:
                at = NIGHT + timedelta(days=day, hours=day % 5, seconds=10 * (camera == "B"))
                survey.add(Media(f"{camera}{day}", f"north-{camera}", f"{camera}{day}.jpg", at))
                survey.add(Observation(f"o{camera}{day}", f"north-{camera}", f"{camera}{day}"))
        cut = cut_events(survey, 2)
        assert (cut.files, cut.events) == (24, 12)
        assert {len(one.observations) for one in plan(survey)} == {2}
        assert {tuple(f.camera for f in one.files) for one in plan(survey)} == {("A", "B")}


def test_species_part_an_event_and_who_is_not_named_goes_with_the_only_one():
    with Survey() as survey:
        survey.add(Deployment("d", "north"))
        for n, species in enumerate(["Panthera pardus", "", "Vulpes vulpes"]):
            survey.add(Media(f"m{n}", "d", f"{n}.jpg", NIGHT + timedelta(seconds=n)))
            survey.add(Observation(f"o{n}", "d", f"m{n}", species=species))
        assert cut_events(survey, 2).events == 3
        survey.add(Observation("o2", "d", "m2"), replace=True)
        survey.add(Observation("o1", "d", "m1"), replace=True)
        survey.add(Observation("o0", "d", "m0", species="Panthera pardus"), replace=True)
        assert cut_events(survey, 2).events == 1


def test_what_has_an_event_keeps_it():
    with Survey() as survey:
        survey.add(Deployment("d", "north"))
        for n in range(2):
            survey.add(Media(f"m{n}", "d", f"{n}.jpg", NIGHT))
            survey.add(Observation(f"o{n}", "d", f"m{n}", f"e{n}"))
        assert cut_events(survey, 2).events == 0
        assert [one.event for one in survey.observations()] == ["e0", "e1"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=25), st.integers(1, 10))
def test_no_pause_within_an_event_and_one_between(seconds, gap):
    with Survey() as survey:
        survey.add(Deployment("d", "north"))
        for n, after in enumerate(seconds):
            survey.add(Media(f"m{n:02d}", "d", f"{n}.jpg", NIGHT + timedelta(seconds=after)))
            survey.add(Observation(f"o{n:02d}", "d", f"m{n:02d}"))
        cut_events(survey, gap)
        order = sorted(zip(seconds, [o.event for o in survey.observations()], strict=True))
    for (a, one), (b, other) in pairwise(order):
        assert (one == other) == (b - a <= 60 * gap)


def test_only_formats_without_events_are_cut_unasked():
    assert gap_for("megadetector", None) == 2
    assert gap_for("camtrap-dp", None) == 0
    assert gap_for("table", 5) == 5
    for wrong in (-1, 1441):
        with pytest.raises(InputError, match="gap"):
            gap_for("table", wrong)


def test_files_that_show_no_animal_are_not_opened(archive, monkeypatch):
    where = archive({"north-A/blank.jpg": (0, []), "north-A/1.jpg": (0, [FOUND])})
    opened = []
    monkeypatch.setattr(
        "reid.importers.megadetector.Files.beginning", lambda _, path: opened.append(path) or ""
    )
    with Survey() as survey:
        _, importer = importer_for(where / "md.json")
        importer.read(where / "md.json", survey, Problems(), Reading())
    assert opened == ["north-A/1.jpg"]
