"""``reid jobs`` and the words of progress; ``reid batch`` where it refuses."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reid.catalogue import Catalogue, content_sha256
from reid.catalogue.jobs import JobState, JobStore, NewItem
from reid.cli.job_tables import state_words
from reid.cli.watching import follow, line_of


@pytest.fixture
def store(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield JobStore.of(opened)


@pytest.fixture
def job(store):
    items = {"files": [NewItem(f"{n}.jpg", {}) for n in range(3)]}
    key = content_sha256("a")
    return store.submit("batch", {"source": "x"}, key=key, by="Asel", items=items)[0]


def test_list_show_cancel_watch(reid, store, job, tmp_path):
    where = ("--data-dir", tmp_path / "data")
    assert job.id in reid("jobs", "list", *where).stdout
    shown = reid("jobs", "show", job.id, *where).stdout
    assert "no worker is running" in shown
    assert "3 waiting" in shown
    listed = json.loads(reid("jobs", "list", "--json", *where).stdout)["jobs"]
    assert [(one["id"], one["state"], one["by"]) for one in listed] == [(job.id, "queued", "Asel")]
    assert "cancelled" in reid("jobs", "cancel", job.id, *where).stdout
    watched = reid("jobs", "watch", job.id, "--json", *where)
    assert json.loads(watched.stdout)["state"] == "cancelled"


def test_a_job_that_nobody_takes_says_so(reid, store, job, tmp_path):
    where = ("--data-dir", tmp_path / "data")
    store.enlist("w", machine="m", pid=1, process="p", kinds=("group",))
    shown = reid("jobs", "show", job.id, *where).stdout
    assert "no worker takes jobs of the kind batch" in " ".join(shown.split())
    found = json.loads(reid("jobs", "show", job.id, "--json", *where).stdout)
    assert (found["workers"], found["takers"]) == (1, 0)
    store.enlist("all", machine="m", pid=1, process="p", kinds=("group", "batch"))
    assert "no worker" not in reid("jobs", "show", job.id, *where).stdout


def test_an_unknown_job_is_bad_input(reid, store, tmp_path):
    for command in ("show", "cancel", "watch"):
        done = reid("jobs", command, "nobody", "--data-dir", tmp_path / "data")
        assert done.exit_code == 2
        assert "no job 'nobody'" in done.stderr


def test_no_jobs_yet(reid, store, tmp_path):
    assert "No jobs yet" in reid("jobs", "list", "--data-dir", tmp_path / "data").stdout


def test_batch_of_nothing_is_refused_before_models_are_loaded(reid, tmp_path):
    (tmp_path / "empty").mkdir()
    for where in ("empty", "nowhere"):
        done = reid("batch", tmp_path / where, "--data-dir", tmp_path / "data")
        assert done.exit_code == 2
        assert "loading models" not in done.stderr


def test_batch_can_leave_the_work_to_a_worker(reid, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").write_bytes(b"x")
    words = ("batch", tmp_path / "a", "--queue", "--json", "--data-dir", tmp_path / "data")
    queued = json.loads(reid(*words).stdout)
    assert queued["state"] == "queued"
    assert json.loads(reid(*words).stdout)["id"] == queued["id"]
    (tmp_path / "a" / "2.jpg").write_bytes(b"x")
    refused = reid(*words)
    assert refused.exit_code == 2
    assert "2.jpg (added)" in refused.stderr
    assert "--fresh" in refused.stderr


def test_progress_in_words(job):
    begun = datetime.now(UTC) - timedelta(seconds=100)
    running = replace(
        job,
        state=JobState.RUNNING,
        stage="sightings",
        done=150,
        total=1150,
        stage_base=50,
        stage_started_at=begun,
    )
    line = line_of(running)
    assert line.startswith("measuring sightings 150 of 1,150, ")
    assert line.endswith("a second, 17 min left") or "a minute, 17 min left" in line
    assert state_words(replace(running, cancel=True)) == "running, to be cancelled"
    assert state_words(replace(job, problem="disk")) == "queued, to be tried again"


def test_watching_ends_with_the_job(store, job, capsys):
    store.cancel(job.id)
    assert follow(store, job.id).state is JobState.CANCELLED
