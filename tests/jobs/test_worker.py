"""Workers in threads: doing, helping, stopping, giving up."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reid.catalogue.jobs import ItemState, JobState, WorkerSeen
from reid.errors import CatalogueError, InputError, StorageFullError
from reid.jobs import Worker, job_key, pace, submit_simple
from reid.jobs.alive import silent, surely_dead, this_process
from reid.jobs.progress import duration


def worker_of(store, kind, **more):
    return Worker(store, {kind.name: kind}, **{"lease_s": 5.0, "poll_s": 0.02, **more})


def ask(store, **params):
    return submit_simple(store, "counting", params)[0]


def wait_for(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_a_job_is_done_and_its_workers_are_gone(store, making):
    kind, job = making.Counting(), ask(store, n=5)
    worker_of(store, kind).run(until_idle=True)
    done = store.job(job.id)
    assert (done.state, done.result, done.done, done.total) == (JobState.DONE, {"sum": 10}, 5, 5)
    assert kind.did == [0, 1, 2, 3, 4]
    assert store.workers() == []


def test_a_worker_says_what_it_takes(store, making):
    told = []

    class Asking(making.Counting):
        def do(self, context, item):
            told.append((store.takers("counting"), store.takers("training-run")))
            return super().do(context, item)

    ask(store, n=1)
    worker_of(store, Asking()).run(until_idle=True)
    assert told == [(1, 0)]
    helper = worker_of(store, making.Counting(), only_help=True)
    helper._enlist()
    assert [w.kinds for w in store.workers()] == [frozenset()], "who only helps begins nothing"
    assert store.takers("counting") == 0
    helper._leave()


def test_a_bad_item_is_listed_and_the_rest_goes_on(lite, making):
    job = ask(lite, n=4, bad=[1])
    worker_of(lite, making.Counting()).run(until_idle=True)
    assert lite.job(job.id).result == {"sum": 5}
    (bad,) = lite.items(job.id, "parts", ItemState.FAILED)
    assert (bad.name, bad.problem) == ("part 1", "not a picture")


@pytest.mark.slow
def test_a_time_out_is_tried_again_and_never_shown_as_no_match(lite, making):
    job = ask(lite, n=3, flaky=[0], hopeless=[2])
    kind = making.Counting()
    worker_of(lite, kind).run(until_idle=True)
    assert [kind.did.count(i) for i in range(3)] == [2, 1, 3]
    last = list(lite.items(job.id, "parts"))[2]
    assert last.state is ItemState.FAILED
    assert last.result is None
    assert "took too long" in last.problem


@pytest.mark.slow
def test_a_damaged_file_of_the_catalogue_fails_its_item_and_a_full_disk_the_job(lite, making):
    for error, state in (
        (CatalogueError("file gone"), "done"),
        (StorageFullError("full"), "queued"),
    ):

        class Broken(making.Counting):
            def do(self, context, item, error=error):
                if item.data["i"] == 1:
                    raise error
                return {"i": item.data["i"]}

        job = ask(lite, n=3, of=state)
        worker_of(lite, Broken()).run(until_idle=True)
        assert lite.job(job.id).state == state
        failed = [i.problem for i in lite.items(job.id, "parts", ItemState.FAILED)]
        assert failed == (["file gone"] if state == "done" else [])


def test_two_workers_share_a_job(store, making):
    job = ask(store, n=16, pause=0.05)
    kinds = making.Counting(), making.Counting()
    threads = [
        threading.Thread(target=worker_of(store, k).run, kwargs={"only": job.id}) for k in kinds
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert store.job(job.id).state is JobState.DONE
    assert all(kind.did for kind in kinds), "both took part"
    assert sorted(kinds[0].did + kinds[1].did) == list(range(16)), "and nothing was done twice"


def test_stopping_gives_the_job_back_and_another_goes_on(lite, making):
    job, kind = ask(lite, n=30, pause=0.03), making.Counting()
    worker = worker_of(lite, kind)
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_for(lambda: len(kind.did) >= 3)
    worker.stop()
    thread.join(10)
    left = lite.job(job.id)
    assert (left.state, left.attempts) == (JobState.QUEUED, 0)
    counts = lite.item_counts(job.id, "parts")
    assert counts[ItemState.DONE] == len(kind.did)
    assert counts[ItemState.CLAIMED] == 0
    more = making.Counting()
    worker_of(lite, more).run(until_idle=True)
    assert kind.did + more.did == list(range(30))


def test_cancelling_stops_between_two_items(lite, making):
    job, kind = ask(lite, n=500, pause=0.02), making.Counting()
    thread = threading.Thread(target=worker_of(lite, kind).run, kwargs={"only": job.id})
    thread.start()
    wait_for(lambda: len(kind.did) >= 2)
    lite.cancel(job.id)
    thread.join(20)
    assert not thread.is_alive()
    assert lite.job(job.id).state is JobState.CANCELLED
    assert lite.item_counts(job.id, "parts")[ItemState.DONE] == len(kind.did) < 500


def test_an_input_error_fails_a_job_for_good_and_others_wait(lite):
    class Raising:
        name = "raising"

        def run(self, context):
            raise self.error

        def help(self, context, stage):
            raise NotImplementedError

    for error, state in ((InputError("no"), "failed"), (CatalogueError("disk"), "queued")):
        kind = Raising()
        kind.error = error
        job, _ = submit_simple(lite, "raising", {"state": state})
        worker_of(lite, kind).run(until_idle=True)
        found = lite.job(job.id)
        assert found.state == state
        assert str(error) in found.problem


def test_a_worker_that_was_struck_off_repeats_nothing_and_goes_on(lite, making):
    """As a laptop that slept: the others took over, and it finds out."""
    job, kind = ask(lite, n=20, pause=0.05), making.Counting()
    worker = worker_of(lite, kind)
    thread = threading.Thread(target=worker.run, kwargs={"until_idle": True})
    thread.start()
    wait_for(lambda: len(kind.did) >= 3)
    first = worker.id
    lite.strike_off(lite.workers())
    thread.join(30)
    assert worker.id != first
    assert lite.job(job.id).state is JobState.DONE
    assert len(kind.did) <= 21, "one item at most was in its hands"


def test_silence_is_measured_by_the_observers_own_clock():
    seen = WorkerSeen("w", "m", 1, "p", 7, datetime(1980, 1, 1, tzinfo=UTC))
    quiet, kept = silent([seen], {}, 100.0, 10.0)
    assert quiet == []
    assert silent([seen], kept, 109.0, 10.0)[0] == []
    assert silent([seen], kept, 110.0, 10.0)[0] == [seen]
    moved = replace(seen, beat=8)
    assert silent([moved], kept, 200.0, 10.0)[0] == []


def test_a_process_of_this_machine_that_is_gone_is_known_at_once():
    here = this_process()
    if not here.machine:
        pytest.skip("this system does not tell processes apart")
    me = WorkerSeen("w", here.machine, here.pid, here.process, 0, datetime.now(UTC))
    assert not surely_dead(me, here)
    assert surely_dead(replace(me, process="another start"), here), "the number was given again"
    assert not surely_dead(replace(me, machine="elsewhere", process="x"), here)


def test_rate_and_time_left_count_from_where_the_stage_began_now(lite, making):
    job = ask(lite, n=1)
    started = datetime(2026, 1, 1, tzinfo=UTC)
    running = {"state": JobState.RUNNING, "stage_base": 100, "stage_started_at": started}
    half = replace(job, done=150, total=200, **running)
    found = pace(half, started + timedelta(seconds=10))
    assert (found.per_s, found.left_s) == (5.0, 10.0)
    assert pace(replace(half, done=100), started + timedelta(seconds=10)).left_s is None
    assert [duration(s) for s in (5, 600, 12000, 190000)] == [
        "5 s",
        "10 min",
        "3 h 20 min",
        "2 d 4 h",
    ]


def test_keys_depend_on_what_is_asked():
    assert job_key("a", {"x": 1, "y": 2}) == job_key("a", {"y": 2, "x": 1})
    assert len({job_key("a", {"x": 1}), job_key("b", {"x": 1}), job_key("a", {"x": 2})}) == 3
