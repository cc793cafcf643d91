"""Complaint: a file that could not be used, listed as if it had been."""

import csv
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from reid.batch.found import Found
from reid.batch.measure import file_named, frame_name
from reid.batch.rows import media_rows
from reid.catalogue import Catalogue, content_sha256
from reid.catalogue.jobs import ItemState, JobState, JobStore, NewItem, Outcome
from reid.cli import app
from reid.pipeline import Library
from reid.types import Flank

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def test_a_frame_is_of_its_video_and_an_at_in_a_name_is_a_letter():
    files = {"a@b.jpg", "a", "x@y/clip@2.mp4", "clip.mp4"}
    assert file_named("a@b.jpg", files) == "a@b.jpg"
    for video in ("x@y/clip@2.mp4", "clip.mp4"):
        assert file_named(frame_name(video, 12.5), files) == video
    assert file_named("elsewhere.jpg", files) == "elsewhere.jpg"


def test_every_file_of_a_sighting_that_failed_is_listed(tmp_path):
    """Also where nothing but the problem is known: given up, or begun by an earlier version."""
    names = ["used.jpg", "cut@1.jpg", "lost.jpg", "worse.jpg"]
    outcomes = [
        Outcome(0, {"rejected": [["cut@1.jpg", "cut off"]]}),
        Outcome(1, None, "given up: it stopped the worker 8 times"),
        Outcome(2, {"rejected": [["worse.jpg", "no end"]]}, "worse.jpg: no end"),
    ]
    with Catalogue.open(tmp_path) as catalogue:
        store, worker = JobStore.of(catalogue), "w"
        params = {"source": "x", "options": {"confined": False}}
        job, _ = store.submit("batch", params, key=content_sha256("a"))
        store.enlist(worker, machine="m", pid=1, process="p", kinds=("batch",))
        store.claim(worker, kinds=("batch",))
        files = [[names[0], names[1]], [names[2]], [names[3]]]
        copies = {"again used.jpg": names[0], "again cut.jpg": names[1]}
        every = [NewItem(n, {}) for n in [*names, *copies]]
        store.add_items(job.id, worker, "files", every, done=True)
        told = [NewItem(name, {"of": of}) for name, of in copies.items()]
        store.add_items(job.id, worker, "copies", told, done=True)
        planned = [
            NewItem(f"s{k}", {"files": [{"name": name} for name in own]})
            for k, own in enumerate(files)
        ]
        store.add_items(job.id, worker, "sightings", planned)
        store.claim_items(job.id, worker, "sightings", 3)
        store.commit_items(job.id, worker, "sightings", outcomes)
        rows = {row["file"]: (row["state"], row["why"]) for row in media_rows(Found(store, job))}
    assert rows == {
        "used.jpg": ("used", ""),
        "cut@1.jpg": ("bad", "cut off"),
        "lost.jpg": ("bad", outcomes[1].problem),
        "worse.jpg": ("bad", "no end"),
        "again used.jpg": ("copy", "the same file as used.jpg"),
        "again cut.jpg": ("bad", "the same file as cut@1.jpg: cut off"),
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory, picture, put):
    """Cut-off pictures: in a burst, alone, and two that are a burst by themselves."""

    def cut(after, individual=8):
        whole = picture(individual, Flank.LEFT, 1, after, size_px=300.0, picture_wh=(480, 360))
        return whole[: len(whole) // 2]

    folder = tmp_path_factory.mktemp("bad") / "survey"
    whole = picture(7, Flank.LEFT, 1, 0 * SECOND, size_px=300.0, picture_wh=(480, 360))
    put(
        folder,
        **{
            "north/a.jpg": whole,
            "north/a@b.jpg": cut(5 * SECOND),
            "south/alone.jpg": cut(DAY),
            "e@st/DCIM/1@1.jpg": cut(2 * DAY, 9),
            "e@st/DCIM/1@2.jpg": cut(2 * DAY + SECOND, 9),
            "west/broken.jpg": b"no picture",
        },
    )
    return folder


@pytest.fixture(scope="module")
def open_library(engine, tmp_path_factory):
    with Library.open(engine, tmp_path_factory.mktemp("library") / "data") as opened:
        yield opened


def states(library, job):
    folder = library.catalogue.data_dir / "jobs" / job.id
    with (folder / "media.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def check(library, job, archive):
    """All but one file are bad, each with a reason of its own, in every place that tells."""
    assert job.state is JobState.DONE, job.problem
    rows = states(library, job)
    used = {name for name, row in rows.items() if row["state"] == "used"}
    bad = {name for name, row in rows.items() if row["state"] == "bad"}
    assert (used, len(bad)) == ({"north/a.jpg"}, 5)
    assert job.result["media"] == {"used": 1, "bad": 5, "copies": 0}
    for name in bad:
        assert rows[name]["why"].startswith(f"{name}: ")
        assert rows[name]["why"].count(".jpg") == 1, "and not of the others"
    folder = library.catalogue.data_dir / "jobs" / job.id
    for report in ("report.html", "report.md"):
        listed = (folder / report).read_text(encoding="utf-8").split("Bad files")[1]
        assert all(name in listed for name in bad)
        assert "north/a.jpg" not in listed


@pytest.fixture(scope="module")
def job(archive, open_library, work):
    return work(open_library, archive)


@pytest.mark.slow
def test_no_cut_off_picture_is_ever_listed_as_used(archive, open_library, job):
    check(open_library, job, archive)
    failed = JobStore.of(open_library.catalogue).items(job.id, "sightings", ItemState.FAILED)
    assert len(list(failed)) == 2, "sightings with nothing but cut-off pictures"


@pytest.mark.slow
def test_nor_in_a_run_that_finds_its_sighting_stored(archive, open_library, job, work):
    """Begun anew, or killed after a sighting was stored and before the job knew of it."""
    again = work(open_library, archive, fresh=True)
    assert again.id != job.id
    items = JobStore.of(open_library.catalogue).items(again.id, "sightings", ItemState.DONE)
    assert [item.result["stored_before"] for item in items] == [True]
    check(open_library, again, archive)


@pytest.mark.slow
def test_nor_when_its_sightings_are_grouped_later(open_library, job):
    from reid.batch.measure import measure_stored

    (stored,) = open_library.catalogue.sightings()
    found = measure_stored(open_library.engine, open_library.catalogue, stored.id, lambda: None)
    assert [name for name, _ in found["rejected"]] == ["north/a@b.jpg"]


@pytest.mark.slow
def test_the_command_says_so_with_its_exit_status(archive, open_library, job, tmp_path):
    data = open_library.catalogue.data_dir
    words = ["batch", str(archive), "--data-dir", str(data), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, words).exit_code == 5
