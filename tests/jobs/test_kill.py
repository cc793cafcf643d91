"""``kill -9`` at random moments: nothing lost, nothing that was committed done again."""

import random
import signal
import time

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.jobs import ItemState, JobState, JobStore
from reid.catalogue.jobs.parts import MOST_DEATHS
from reid.jobs import submit_simple

PARTS, KILLS = 40, 4


def begun(folder):
    return [int(n) for path in folder.glob("did-*.log") for n in path.read_text().split()]


def committed(store, job_id):
    return {i.position: i.result for i in store.items(job_id, "parts", ItemState.DONE)}


def wait_for(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.slow
def test_killed_workers_lose_and_repeat_nothing(tmp_path, begin):
    killed(tmp_path / "data", tmp_path / "data", begin)


@pytest.mark.slow
def test_killed_workers_lose_and_repeat_nothing_on_a_server(server, begin):
    killed(*server, begin)


def killed(where, folder, begin):
    """Workers of one job are killed now and then, and others begun."""
    chance = random.Random(3)
    with Catalogue.open(where, data_dir=folder) as catalogue:
        store = JobStore.of(catalogue)
        job, _ = submit_simple(store, "counting", {"n": PARTS, "pause": 0.03})
        workers = [begin(where, folder) for _ in range(2)]
        wait_for(lambda: begun(folder))
        kept = {}
        for _ in range(KILLS):
            before = len(committed(store, job.id))
            wait_for(
                lambda before=before: (
                    len(committed(store, job.id)) > before or store.job(job.id).ended
                )
            )
            time.sleep(chance.random() * 0.1)
            victim = workers.pop(chance.randrange(2))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            now = committed(store, job.id)
            assert kept.items() <= now.items(), "what was committed stays as it is"
            kept = now
            workers.append(begin(where, folder))
        wait_for(lambda: store.job(job.id).ended)
        assert store.job(job.id).state is JobState.DONE
        assert store.job(job.id).result == {"sum": sum(range(PARTS))}
        last = committed(store, job.id)
        assert kept.items() <= last.items()
        assert sorted(last) == list(range(PARTS))
        done = begun(folder)
        assert len(done) <= PARTS + KILLS, "only what was in a dead worker's hands was begun again"


@pytest.mark.slow
def test_a_part_that_kills_its_worker_is_left_out_and_the_rest_is_done(tmp_path, begin):
    folder = tmp_path / "data"
    with Catalogue.open(folder) as catalogue:
        store = JobStore.of(catalogue)
        job, _ = submit_simple(store, "counting", {"n": 6, "fatal": [2]})
        for _ in range(MOST_DEATHS + 2):
            process = begin(folder, idle=1)
            if process.wait(60) == 0:
                break
        assert store.job(job.id).state is JobState.DONE
        assert store.job(job.id).result == {"sum": 13}
        (lost,) = store.items(job.id, "parts", ItemState.FAILED)
        assert lost.problem == "given up: it stopped the worker 8 times"


@pytest.mark.slow
def test_a_terminated_worker_ends_in_good_order(tmp_path, begin):
    folder = tmp_path / "data"
    with Catalogue.open(folder) as catalogue:
        store = JobStore.of(catalogue)
        job, _ = submit_simple(store, "counting", {"n": 200, "pause": 0.05})
        process = begin(folder)
        wait_for(lambda: begun(folder))
        process.terminate()
        assert process.wait(20) == 0
        left = store.job(job.id)
        assert (left.state, left.attempts) == (JobState.QUEUED, 0)
        assert len(committed(store, job.id)) == len(begun(folder))
        assert store.workers() == []
