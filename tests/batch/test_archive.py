"""An archive worked through by the real stages: the complaints that must be impossible."""

import csv
import io
from datetime import timedelta

import pytest
from PIL import Image as Pil
from PIL import ImageEnhance, ImageFilter

from reid.batch import OUTPUT_NAMES
from reid.catalogue.jobs import ItemState, JobState, JobStore
from reid.errors import SearchError
from reid.pipeline import Library
from reid.types import Flank

pytestmark = pytest.mark.slow
DAYS = [timedelta(days=d) for d in range(20)]
SECOND = timedelta(seconds=1)


def dim(content):
    """The picture as a bad night would show it."""
    picture = Pil.open(io.BytesIO(content))
    soft = picture.filter(ImageFilter.GaussianBlur(7)).resize((320, 228))
    out = io.BytesIO()
    exif = picture.info["exif"]
    ImageEnhance.Brightness(soft).enhance(0.25).save(out, "JPEG", quality=60, exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def archive(tmp_path_factory, picture, put):
    """Two stations; animal 7 seen thrice and once badly, 8 once."""
    folder = tmp_path_factory.mktemp("archive") / "survey"
    known = picture(7, Flank.LEFT, 4, DAYS[5])
    put(
        folder,
        **{
            "north/A/DCIM/100EK113/I1.JPG": picture(7, Flank.LEFT, 1, DAYS[0]),
            "north/B/I1.JPG": picture(7, Flank.RIGHT, 1, 5 * SECOND),
            "north/A/I2.JPG": picture(8, Flank.LEFT, 3, DAYS[2]),
            "south/S1.JPG": known,
            "south/S2 again.JPG": known,
            "south/S3.JPG": dim(picture(7, Flank.LEFT, 5, DAYS[8])),
            "south/broken.jpg": b"no picture",
            "south/notes.txt": b"cloudy",
        },
    )
    return folder


@pytest.fixture(scope="module")
def open_library(engine, tmp_path_factory):
    with Library.open(engine, tmp_path_factory.mktemp("library") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def job(archive, open_library, work):
    done = work(open_library, archive)
    assert done.state is JobState.DONE, done.problem
    return done


@pytest.fixture(scope="module")
def tables(job, open_library):
    """Rows of every table by name."""
    folder = open_library.catalogue.data_dir / "jobs" / job.id
    found = {}
    for name in ("sightings", "media", "groups"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file))
    return found


@pytest.fixture(scope="module")
def by_file(tables):
    """The sighting's row of each file."""
    rows = {row["sighting"]: row for row in tables["sightings"]}
    return {row["file"]: rows.get(row["sighting"]) for row in tables["media"]}


def test_animals_of_one_batch_are_compared_with_each_other(by_file):
    """With nobody enrolled: the siblings find each other, and no other animal joins them."""
    first, again = by_file["north/A/DCIM/100EK113/I1.JPG"], by_file["south/S1.JPG"]
    other = by_file["north/A/I2.JPG"]
    assert first["proposal"] == again["proposal"] != other["proposal"]
    assert int(first["proposal_sightings"]) >= 2
    assert float(first["proposal_probability"]) >= 0.99


def test_two_cameras_of_a_station_whose_clocks_agree_are_one_sighting(by_file, tables):
    assert by_file["north/A/DCIM/100EK113/I1.JPG"] is by_file["north/B/I1.JPG"]
    assert len(tables["sightings"]) == 4


def test_bad_files_are_skipped_and_listed(tables):
    bad = {row["file"]: row["why"] for row in tables["media"] if row["state"] == "bad"}
    assert set(bad) == {"south/broken.jpg", "south/notes.txt"}
    assert "expected JPEG" in bad["south/broken.jpg"]


def test_a_copy_is_told_and_used_once(tables):
    (copy,) = (row for row in tables["media"] if row["state"] == "copy")
    assert {copy["file"], copy["why"].split()[-1]} <= {
        "south/S2 again.JPG",
        "south/S1.JPG",
        "again.JPG",
    }


def test_a_low_quality_picture_does_not_make_an_animal_vanish(by_file, open_library):
    row = by_file["south/S3.JPG"]
    assert row is not None, "it is a sighting of its own, with the reason"
    assert row["answer"] in ("inconclusive", "not comparable", "no leopard seen")
    stored = open_library.catalogue.sighting(row["sighting"])
    assert stored.annotation_ids, "and it is in the catalogue, to be looked at"


def test_nothing_is_enrolled(job, open_library):
    assert open_library.catalogue.individuals() == []


def test_what_was_compared_can_be_reviewed(job, open_library):
    queue = open_library.catalogue.review_queue()
    assert queue
    assert all(one.pair.source == f"batch {job.id}" for one in queue)
    gains = [one.gain_bits for one in queue]
    assert gains == sorted(gains, reverse=True)


def test_left_is_never_offered_against_right(engine, open_library, job):
    store = JobStore.of(open_library.catalogue)
    for item in store.items(job.id, "matching", ItemState.DONE):
        for edge in item.result["edges"]:
            if not edge["comparable"]:
                assert edge["llr"] == 0


def test_the_report_shows_it_all(job, open_library):
    folder = open_library.catalogue.data_dir / "jobs" / job.id
    assert sorted(p.name for p in folder.iterdir()) == sorted(OUTPUT_NAMES)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for words in ("unknown 1", "data:image/jpeg", "south/broken.jpg", "Clocks", "proposal"):
        assert words in page
    assert "<script" not in page
    assert "unknown 1" in (folder / "report.md").read_text(encoding="utf-8")


def test_the_same_archive_again_is_the_same_job(job, archive, open_library, work, monkeypatch):
    monkeypatch.setattr("reid.batch.measure.prepare", None)
    assert work(open_library, archive).id == job.id


def test_begun_anew_nothing_is_measured_again(job, archive, open_library, work, monkeypatch):
    monkeypatch.setattr("reid.batch.measure.prepare", None)
    again = work(open_library, archive, fresh=True, catalogue=False)
    assert again.id != job.id
    assert again.state is JobState.DONE
    store = JobStore.of(open_library.catalogue)
    for item in store.items(again.id, "sightings"):
        assert item.result["stored_before"]
    assert again.result["proposals_of_several"] == job.result["proposals_of_several"]


def test_a_time_out_is_never_shown_as_no_match(archive, open_library, job, work, monkeypatch):
    """Complaint: a search that failed was shown as a list without matches."""
    propose = open_library.search.propose

    def slow(queries, known, each):
        if "south" in queries[0].sighting_id and len(known) > 1:
            raise SearchError("the index did not answer in time")
        return propose(queries, known, each)

    monkeypatch.setattr(open_library.search, "propose", slow)
    found = work(open_library, archive, fresh=True, siblings=2)
    assert found.state is JobState.DONE
    folder = open_library.catalogue.data_dir / "jobs" / found.id
    with (folder / "sightings.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["sighting"]: row for row in csv.DictReader(file)}
    failed = [row for row in rows.values() if row["answer"] == "error"]
    assert failed
    assert all("did not answer in time" in row["problem"] for row in failed)
    assert all(row["answer"] != "new" for row in rows.values())
    assert "an error is not" in (folder / "report.html").read_text()


def test_a_named_sibling_gives_its_group_the_name(job, archive, open_library, work, by_file):
    known = by_file["south/S1.JPG"]["sighting"]
    open_library.enrol(known, "Aidar", by="Asel", accept_flags=True)
    found = work(open_library, archive, fresh=True, siblings=3)
    groups = [item.data for item in JobStore.of(open_library.catalogue).items(found.id, "groups")]
    named = [group for group in groups if group["individual"]]
    first = by_file["north/A/DCIM/100EK113/I1.JPG"]["sighting"]
    assert [group["label"] for group in named] == ["Aidar"]
    assert first in named[0]["members"]
    assert [i.name for i in open_library.catalogue.individuals()] == ["Aidar"]
    assert open_library.catalogue.individual("Aidar").sighting_ids == (known,)
