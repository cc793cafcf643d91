"""The queue by itself, on every database."""

from datetime import timedelta

import pytest

from reid.catalogue.core import now
from reid.catalogue.jobs import ENDED, ItemState, JobState, NewItem, Outcome, back_off_s
from reid.catalogue.jobs.parts import MOST_DEATHS
from reid.catalogue.jobs.records import MOVES, check_move
from reid.catalogue.jobs.working import GAVE_UP, JOB_DEATHS
from reid.catalogue.schema import JobRow
from reid.errors import InputError, LeaseLostError, NotFoundError


def ask(store, making, name="a", **more):
    items = {"parts": [NewItem(f"p{i}", {"i": i}) for i in range(3)]}
    given = {"key": making.key(name), "items": items, **more}
    return store.submit("counting", {"n": 3}, **given)[0]


def enlist(store, name):
    store.enlist(name, machine="", pid=1, process="")
    return name


def test_the_same_submission_twice_is_one_job(store, making):
    first, created = store.submit("counting", {"n": 1}, key=making.key(1))
    again, twice = store.submit("counting", {"n": 1}, key=making.key(1))
    assert (created, twice, again.id) == (True, False, first.id)
    assert [job.id for job in store.jobs()] == [first.id]


def test_a_job_is_claimed_once(store, making):
    job = ask(store, making)
    a, b = enlist(store, "a"), enlist(store, "b")
    assert store.claim(a, kinds={"other"}) is None
    assert store.claim(a, kinds={"counting"}).id == job.id
    assert store.claim(b, kinds={"counting"}) is None


def test_one_job_at_a_time_per_resource(store, making):
    first = ask(store, making, "1", resources=["index", "archive:x"])
    ask(store, making, "2", resources=["index"])
    free = ask(store, making, "3", resources=["archive:y"])
    a, b, c = (enlist(store, name) for name in "abc")
    assert store.claim(a, kinds={"counting"}).id == first.id
    assert store.claim(b, kinds={"counting"}).id == free.id
    assert store.claim(c, kinds={"counting"}) is None
    store.finish(first.id, a, {})
    assert store.claim(c, kinds={"counting"}).params == {"n": 3}


def test_items_are_done_once_and_in_order(store, making):
    job, a = ask(store, making), enlist(store, "a")
    store.claim(a, kinds={"counting"})
    one, two = store.claim_items(job.id, a, "parts", 2)
    store.commit_items(job.id, a, "parts", [Outcome(0, {"x": 1}), Outcome(1, None, "broken")])
    assert (one.name, two.data) == ("p0", {"i": 1})
    with pytest.raises(LeaseLostError):
        store.commit_items(job.id, a, "parts", [Outcome(0, {"x": 2})])
    found = list(store.items(job.id, "parts"))
    assert [i.state for i in found] == [ItemState.DONE, ItemState.FAILED, ItemState.WAITING]
    assert (found[0].result, found[1].problem) == ({"x": 1}, "broken")
    assert store.results(job.id, "parts", [0, 1, 2]) == {0: {"x": 1}}
    assert store.add_items(job.id, a, "parts", [NewItem("again", {})]) == 3


def test_who_was_struck_off_can_write_nothing(store, making):
    job, a, b = ask(store, making), enlist(store, "a"), enlist(store, "b")
    store.claim(a, kinds={"counting"})
    store.claim_items(job.id, a, "parts", 1)
    assert store.strike_off([w for w in store.workers() if w.id == a]) == [a]
    for write in (
        lambda: store.beat(a),
        lambda: store.commit_items(job.id, a, "parts", [Outcome(0, {})]),
        lambda: store.tell(job.id, a, stage="parts", done=1, total=3, opened=False),
        lambda: store.finish(job.id, a, {}),
        lambda: store.fail(job.id, a, "", again=True),
        lambda: store.claim_items(job.id, a, "parts", 1),
        lambda: store.add_items(job.id, a, "more", []),
    ):
        with pytest.raises(LeaseLostError):
            write()
    assert store.claim(b, kinds={"counting"}).id == job.id
    assert [i.position for i in store.claim_items(job.id, b, "parts", 1)] == [0]


def test_who_gave_a_sign_since_is_not_struck_off(store):
    enlist(store, "a")
    seen = store.workers()
    store.beat("a")
    assert store.strike_off(seen) == []
    store.beat("a")


def test_retries_are_bounded_and_wait_longer_each_time(store, making):
    job, a = ask(store, making, max_attempts=3), enlist(store, "a")
    for _ in range(2):
        assert store.claim(a, kinds={"counting"}).id == job.id
        waiting = store.fail(job.id, a, "disk", again=True)
        assert waiting.state is JobState.QUEUED
        assert store.claim(a, kinds={"counting"}) is None, "not yet due"
        store._write(lambda s: setattr(s.get(JobRow, job.id), "not_before", None))
    store.claim(a, kinds={"counting"})
    assert store.fail(job.id, a, "disk", again=True).state is JobState.FAILED
    assert [back_off_s(n) for n in (1, 2, 3)] == [5, 10, 20]
    assert back_off_s(50) == 600


def test_what_was_committed_renews_the_attempts(store, making):
    job, a = ask(store, making, max_attempts=1), enlist(store, "a")
    store.claim(a, kinds={"counting"})
    store.claim_items(job.id, a, "parts", 1)
    store.commit_items(job.id, a, "parts", [Outcome(0, {})])
    assert store.fail(job.id, a, "killed", again=True).state is JobState.QUEUED


def test_a_clock_that_jumped_holds_no_job_back(store, making):
    job, a = ask(store, making), enlist(store, "a")
    for wrong in (timedelta(days=400), timedelta(days=-400)):
        at = now() + wrong
        store._write(lambda s, at=at: setattr(s.get(JobRow, job.id), "not_before", at))
        assert store.claim(a, kinds={"counting"}).id == job.id
        store.give_back(job.id, a)


def test_cancelling(store, making):
    waiting, a = ask(store, making, "1"), enlist(store, "a")
    assert store.cancel(waiting.id).state is JobState.CANCELLED
    assert store.cancel(waiting.id).state is JobState.CANCELLED
    assert store.claim(a, kinds={"counting"}) is None
    begun = ask(store, making, "2")
    store.claim(a, kinds={"counting"})
    assert store.cancel(begun.id).cancel
    assert store.stop(begun.id, a).state is JobState.CANCELLED
    again = ask(store, making, "2")
    assert (again.id, again.state, again.cancel) == (begun.id, JobState.QUEUED, False)


def test_a_dead_workers_job_that_was_to_be_cancelled_is(store, making):
    job, a = ask(store, making), enlist(store, "a")
    store.claim(a, kinds={"counting"})
    store.cancel(job.id)
    store.strike_off(store.workers())
    assert store.job(job.id).state is JobState.CANCELLED


def test_leaving_in_good_order_costs_no_attempt(store, making):
    job, a = ask(store, making, max_attempts=1), enlist(store, "a")
    for _ in range(3):
        store.claim(a, kinds={"counting"})
        store.claim_items(job.id, a, "parts", 1)
        store.leave(a)
        enlist(store, "a")
    assert store.job(job.id).state is JobState.QUEUED


def test_leaving_often_in_the_middle_of_an_item_does_not_count_against_it(store, making):
    """A day-long item and a laptop that is shut down each evening; a disk that was full."""
    job, a = ask(store, making, max_attempts=99), enlist(store, "a")
    for leave in (store.give_back, store.give_back, store.give_back):
        store.claim(a, kinds={"counting"})
        store.claim_items(job.id, a, "parts", 1)
        leave(job.id, a)
    store.claim(a, kinds={"counting"})
    store.claim_items(job.id, a, "parts", 1)
    store.fail(job.id, a, "disk full", again=True)
    assert {i.attempts for i in store.items(job.id, "parts")} == {0}


def test_an_item_that_stops_every_worker_is_left_out(store, making):
    job = ask(store, making, max_attempts=99)
    for n in range(MOST_DEATHS):
        worker = enlist(store, f"w{n}")
        store.claim(worker, kinds={"counting"})
        taken = store.claim_items(job.id, worker, "parts", 3)
        assert len(taken) == (3 if n == 0 else 1), "what was begun before comes alone"
        store.strike_off(store.workers())
    worker = enlist(store, "last")
    store.claim(worker, kinds={"counting"})
    assert [i.position for i in store.claim_items(job.id, worker, "parts", 3)] == [1]
    first = next(store.items(job.id, "parts"))
    assert (first.state, first.problem) == (
        ItemState.FAILED,
        "given up: it stopped the worker 8 times",
    )


def test_deaths_do_not_count_as_mistakes_nor_mistakes_as_deaths(store, making):
    job = ask(store, making, max_attempts=99)
    for n in range(MOST_DEATHS - 1):
        worker = enlist(store, f"w{n}")
        store.claim(worker, kinds={"counting"})
        store.claim_items(job.id, worker, "parts", 1)
        store.strike_off(store.workers())
    a = enlist(store, "a")
    store.claim(a, kinds={"counting"})
    states = []
    for _ in range(3):
        (item,) = store.claim_items(job.id, a, "parts", 1)
        assert item.deaths == MOST_DEATHS - 1
        states.append(store.retry_item(job.id, a, "parts", item.position, "disk"))
    assert states == [ItemState.WAITING, ItemState.WAITING, ItemState.FAILED]


def test_a_job_outlives_a_part_that_kills_and_ends_when_nothing_else_goes_on(store, making):
    job = ask(store, making, max_attempts=1)
    for n in range(MOST_DEATHS + JOB_DEATHS):
        worker = enlist(store, f"w{n}")
        assert store.claim(worker, kinds={"counting"}).id == job.id, n
        if n <= MOST_DEATHS:  # the last claim gives the part up: the job got further
            store.claim_items(job.id, worker, "parts", 1)
        store.strike_off(store.workers())
    assert store.job(job.id).state is JobState.FAILED
    assert store.job(job.id).problem == GAVE_UP.format(n=JOB_DEATHS)
    assert store.resume(job.id).deaths == 0


def test_what_is_refused(store, making):
    with pytest.raises(NotFoundError):
        store.job("nobody")
    with pytest.raises(NotFoundError):
        store.cancel("nobody")
    with pytest.raises(InputError):
        store.submit("counting", {"n": float("nan")}, key=making.key(1))
    with pytest.raises(InputError):
        store.submit("counting", {}, key="short")
    with pytest.raises(InputError):
        store.jobs(limit=0)


def test_the_states_lead_to_an_end_and_done_is_for_good():
    assert set(MOVES) == set(JobState)
    assert not MOVES[JobState.DONE]
    for state in set(JobState) - ENDED:
        assert MOVES[state] & ENDED
    with pytest.raises(InputError):
        check_move("j", "done", JobState.QUEUED)


def test_newest_jobs_come_first_and_by_state(store, making):
    made = [ask(store, making, str(n)).id for n in range(3)]
    store.cancel(made[0])
    assert [j.id for j in store.jobs()] == made[::-1]
    assert [j.id for j in store.jobs(limit=1, skip=1)] == [made[1]]
    assert [j.id for j in store.jobs(state=JobState.CANCELLED)] == [made[0]]
