"""What a client does when the service refuses, breaks off, or is somebody else."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from reid.client import (
    NEVER,
    AsyncClient,
    Client,
    ContradictionError,
    DeniedError,
    MissingError,
    NoAnswerError,
    ProblemError,
    Retries,
    UnavailableError,
    UnexpectedAnswerError,
)
from reid.client.stream import parse
from reid.errors import ConfigError, ReidError

HEALTH = {"status": "up", "version": "1", "new in a later service": True}
QUICK = Retries(tries=4, first_s=0.01, total_s=60, chance=lambda: 1.0)


def job(version, state="running"):
    told = {
        **{"id": "j", "kind": "group", "state": state, "cancel_requested": False, "by": ""},
        **{"stage": "", "done": version, "total": 9, "per_s": None, "left_s": None, "attempts": 1},
        **{"problem": "", "result": {}, "created_at": "2026-01-02T03:04:05Z"},
        **{"started_at": None, "finished_at": None, "version": version},
    }
    return json.dumps(told)


def event(version, name="job", state="running"):
    return f"event: {name}\nid: {version}\ndata: {job(version, state)}\n\n"


@contextmanager
def talking(scripts, *answers, **choices):
    """A server that answers so, and a client of it."""
    with (
        scripts.serving(*answers) as server,
        Client(server.url, **{"retries": QUICK, **choices}) as client,
    ):
        yield server, client


def asked(scripts, *answers, retries=QUICK):
    """What comes of asking for health, or the error; what was sent; the pauses."""
    pauses = []
    with (
        scripts.serving(*answers) as server,
        Client(server.url, retries=retries, sleep=pauses.append, timeout_s=5) as client,
    ):
        try:
            found = client.health()
        except ReidError as error:
            found = error
    return found, server.got, pauses


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (401, "unauthorized", DeniedError),
        (403, "forbidden", DeniedError),
        (404, "not-found", MissingError),
        (409, "conflict", ContradictionError),
        (412, "stale", ContradictionError),
        (422, "invalid", ProblemError),
        (429, "too-many", UnavailableError),
        (500, "internal", ProblemError),
        (503, "search", UnavailableError),
        (507, "storage-full", UnavailableError),
    ],
)
def test_a_refusal_is_an_exception_that_carries_the_problem(scripts, status, kind, error):
    found, _, _ = asked(scripts, scripts.problem(status, kind), retries=NEVER)
    assert type(found) is error
    assert (found.problem.status, found.problem.kind) == (status, kind)
    assert found.problem.request_id == "r1"
    assert found.problem.errors[0].where == "body.by"
    for words in (kind, "expected, found, do", "r1", "nobody"):
        assert words in str(found)


def test_what_a_newer_service_tells_more_is_left_out(scripts):
    found, _, _ = asked(scripts, scripts.answer(200, HEALTH))
    assert found.version == "1"


def test_retry_after_is_kept(scripts):
    wait = scripts.problem(503, "busy", Retry_After="7")
    found, got, pauses = asked(scripts, wait, wait, scripts.answer(200, HEALTH))
    assert found.status == "up"
    assert (len(got), pauses) == (3, [7.0, 7.0])


def test_pauses_double_and_end(scripts):
    found, got, pauses = asked(scripts, scripts.problem(503, "not-ready"))
    assert isinstance(found, UnavailableError)
    assert (len(got), pauses) == (4, [0.01, 0.02, 0.04])


def test_a_wait_longer_than_allowed_is_not_begun(scripts):
    found, got, pauses = asked(scripts, scripts.problem(429, "too-many", Retry_After="61"))
    assert found.problem.retry_after_s == 61
    assert (len(got), pauses) == (1, [])


def test_a_cut_connection_is_tried_again_and_never_an_empty_answer(scripts):
    found, _, _ = asked(scripts, scripts.cut, scripts.answer(200, HEALTH))
    assert found.status == "up"
    found, got, _ = asked(scripts, scripts.cut)
    assert isinstance(found, NoAnswerError)
    assert len(got) == 4


def test_a_silent_service_is_an_error(scripts):
    import time

    def silent(handler):
        time.sleep(1)

    with (
        scripts.serving(silent) as server,
        Client(server.url, timeout_s=0.1, retries=NEVER) as client,
        pytest.raises(NoAnswerError, match="ReadTimeout"),
    ):
        client.health()


def test_nobody_there(scripts):
    with scripts.serving(scripts.cut) as server:
        pass
    with Client(server.url, retries=QUICK) as client, pytest.raises(NoAnswerError, match="4 tries"):
        client.health()


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer", [b"<html>a proxy</html>", b'{"status": "up"}', b"[]", b"\xff", b""]
)
def test_an_answer_that_is_none_of_the_services(scripts, answer):
    found, _, _ = asked(scripts, scripts.answer(200, answer), retries=NEVER)
    assert isinstance(found, UnexpectedAnswerError)


def test_a_refusal_that_is_none_of_the_services(scripts):
    found, got, _ = asked(scripts, scripts.answer(502, b"<html>bad gateway</html>", "text/html"))
    assert isinstance(found, UnexpectedAnswerError)
    assert "502" in str(found)
    assert len(got) == 4, "a gateway's word is tried again"
    broken = scripts.answer(503, b'{"type": 1}', "application/problem+json")
    assert isinstance(asked(scripts, broken, retries=NEVER)[0], UnexpectedAnswerError)


DECISION = {"kind": "merge", "keep": "A", "gone": "B"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.decide(DECISION, by="Asel"),
        lambda c: c.undo(3, by="Asel"),
        lambda c: c.rename("A", "B", version=1, by="Asel"),
        lambda c: c.withdraw("A", "s", by="Asel"),
    ],
)
def test_what_must_not_happen_twice_is_asked_again_only_if_it_was_not_begun(scripts, ask):
    for script, tries in ((scripts.cut, 1), (scripts.problem(503, "catalogue"), 1)):
        with scripts.serving(script) as server, Client(server.url, retries=QUICK) as client:
            with pytest.raises((NoAnswerError, UnavailableError)) as error:
                ask(client)
            assert len(server.got) == tries
            if script is scripts.cut:
                assert "it may have been done" in str(error.value)
    busy = scripts.problem(503, "busy")
    with scripts.serving(busy) as server, Client(server.url, retries=QUICK) as client:
        with pytest.raises(UnavailableError):
            ask(client)
        assert len(server.got) == 4


def test_the_key_is_sent_and_never_shown(scripts):
    with scripts.serving(scripts.answer(200, HEALTH)) as server:
        with Client(server.url, key="lrk_ab_secret") as client:
            client.health()
            assert "secret" not in f"{client._transport!r} {client!r}"
        assert server.got[0][2]["Authorization"] == "Bearer lrk_ab_secret"


def test_ids_stay_one_part_of_the_address(scripts):
    missing = scripts.problem(404, "not-found")
    with talking(scripts, missing) as (server, client), pytest.raises(MissingError):
        client.annotation_picture("a/b?c", "a b/1-1#0")
    place = "/v1/sightings/a%2Fb%3Fc/annotations/a%20b%2F1-1%230/picture"
    assert server.got[0][1] == place


def test_files_are_read_anew_for_every_try(scripts, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"pixels" * 1000)
    wait = scripts.problem(503, "busy")
    answers = (wait, wait, scripts.problem(422, "invalid"))
    with talking(scripts, *answers) as (server, client), pytest.raises(ProblemError):
        client.submit("november", [tmp_path / "a.jpg"], station="north")
    assert [body.count(b"pixels" * 1000) for *_, body in server.got] == [1, 1, 1]
    assert all(b'{"id": "november", "station": "north"}' in body for *_, body in server.got)


def test_a_stream_that_breaks_is_taken_up_where_it_was(scripts):
    first = scripts.stream("retry: 5\n\n", event(1), ": still there\n\n", event(2), broken=True)
    away = scripts.stream(event(3), 'event: away\ndata: {"why": "stopped"}\n\n')
    busy = scripts.problem(503, "not-ready", Retry_After="1")
    last = scripts.stream(event(4), event(5, "end", "done"))
    pauses = []
    with (
        scripts.serving(first, scripts.cut, away, busy, last) as server,
        Client(server.url, retries=QUICK, sleep=pauses.append) as client,
    ):
        told = list(client.job_events("j"))
    assert [j.version for j in told] == [1, 2, 3, 4, 5]
    assert [j.ended for j in told] == [False] * 4 + [True]
    last_ids = [headers.get("Last-Event-ID") for _, _, headers, _ in server.got]
    assert last_ids == [None, "2", "2", "3", "3"]
    assert len(pauses) == 4


def test_a_stream_that_stays_broken_is_an_error(scripts):
    with talking(scripts, scripts.cut) as (_, client), pytest.raises(NoAnswerError):
        list(client.job_events("j"))
    missing = scripts.problem(404, "not-found")
    with talking(scripts, missing) as (_, client), pytest.raises(MissingError):
        list(client.job_events("j"))


def test_events_as_the_standard_reads_them():
    lines = [
        "data: a",
        "data:b",
        "",
        ": comment",
        "event: x",
        "",
        "id: 7",
        "event: y",
        "data: ",
        "",
    ]
    found = [(e.name, e.data, e.id) for e in parse(lines)]
    assert found == [("message", "a\nb", ""), ("y", "", "7")]


def test_waiting_for_a_job_has_an_end(scripts):
    detail = job(1)[:-1] + ', "stages": {}, "workers": 0, "takers": 0}'
    script = scripts.answer(200, detail.encode())
    with talking(scripts, script) as (_, client), pytest.raises(NoAnswerError):
        client.wait_for_job("j", timeout_s=0.0)


def test_the_same_from_an_event_loop(scripts):
    import asyncio

    async def both():
        last = scripts.stream(event(1), event(2, "end", "done"))
        with scripts.serving(scripts.answer(200, HEALTH), last) as server:
            async with AsyncClient(Client(server.url)) as service:
                health = await service.run(Client.health)
                jobs = [j.version async for j in service.each(Client.job_events, "j")]
        return health.status, jobs

    assert asyncio.run(both()) == ("up", [1, 2])


@pytest.mark.parametrize("wrong", [{"tries": 0}, {"first_s": -1}, {"total_s": -1}])
def test_retries_that_make_no_sense(wrong):
    with pytest.raises(ConfigError):
        Retries(**wrong)


def test_the_client_loads_nothing_heavy():
    code = (
        "import sys, reid.client; "
        "print(sorted({'numpy', 'torch', 'sqlalchemy', 'fastapi', 'cv2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
