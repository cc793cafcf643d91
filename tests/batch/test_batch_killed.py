"""``reid batch`` killed with ``kill -9``: it goes on, repeats nothing, and says the same."""

import csv
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.jobs import ItemState, JobState, JobStore
from reid.pipeline import Library
from reid.types import Flank

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from reid.cli import main; main()"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory, picture, put):
    folder = tmp_path_factory.mktemp("killed") / "survey"
    for n, individual in enumerate([7, 7, 8, 7, 9]):
        content = picture(individual, Flank.LEFT, 1 + n, timedelta(days=n), size_px=420.0)
        put(folder, **{f"north/I{n}.JPG": content})
    return folder


def begin(archive, data, out):
    words = [*COMMAND, "batch", str(archive), "--data-dir", str(data), "--threads", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([*words, "--out", str(out)], env=environment, cwd=ROOT)


def done(store, stage):
    for job in store.jobs():
        return {i.position: i.result for i in store.items(job.id, stage, ItemState.DONE)}
    return {}


def wait_for(process, true):
    end = time.monotonic() + 240
    while not true():
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < end
        time.sleep(0.02)


def rows(folder):
    with (folder / "sightings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_killed_at_every_stage_it_ends_as_if_nothing_had_happened(archive, tmp_path, engine, work):
    data, out = tmp_path / "data", tmp_path / "out"
    with Catalogue.open(data) as catalogue:
        store = JobStore.of(catalogue)
        kept = {}
        for stage, many in (("sightings", 1), ("sightings", 4), ("matching", 2)):
            process = begin(archive, data, out)
            wait_for(process, lambda s=stage, n=many: len(done(store, s)) >= n)
            process.send_signal(signal.SIGKILL)
            process.wait()
            now = done(store, "sightings")
            assert kept.items() <= now.items(), "what was committed stays as it was"
            kept = now
        assert begin(archive, data, out).wait(240) == 0
        (job,) = store.jobs()
        assert job.state is JobState.DONE
        assert kept.items() <= done(store, "sightings").items()
        assert len(catalogue.sightings()) == 5
    with Library.open(engine, tmp_path / "other") as library:
        whole = work(library, archive)
        assert whole.result == job.result
        assert rows(out) == rows(library.catalogue.data_dir / "jobs" / whole.id)
