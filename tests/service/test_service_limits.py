"""Bodies beyond the limits, queues beyond their bounds, work beside the event loop."""

import gc
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from service import state

MEGABYTE = bytes(1 << 20)
GIGABYTE = 1 << 30
HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"id": "huge"}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n\r\n'
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def resident_bytes():
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("memory is read from /proc")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def poured(limit, counted):
    """A multipart body of ``limit`` bytes that is made while it is sent."""
    yield HEAD
    while counted[0] < limit:
        counted[0] += len(MEGABYTE)
        yield MEGABYTE


@pytest.mark.slow
def test_a_gigabyte_fills_neither_memory_nor_disk(serve, check_problem, tmp_path, monkeypatch):
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    client = serve(max_request_bytes=20_000_000)
    gc.collect()
    before, counted, most = resident_bytes(), [0], 0

    def watched():
        nonlocal most
        for chunk in poured(GIGABYTE, counted):
            most = max(most, resident_bytes() - before)
            yield chunk

    try:
        answer = client.post("/v1/sightings", content=watched(), headers=MULTIPART)
    except httpx.WriteError:
        pytest.fail("the answer was lost")
    check_problem(answer, 413, "too-large")
    assert most < 60_000_000
    assert list(spool.iterdir()) == []
    assert client.get("/v1/sightings").json()["sightings"] == []


def test_a_declared_length_over_the_limit_is_refused_unread(serve, check_problem):
    client = serve(max_request_bytes=10_000)
    body = HEAD + bytes(20_000)
    answer = client.post("/v1/sightings", content=body, headers=MULTIPART)
    assert "10,000" in check_problem(answer, 413, "too-large")["detail"]


def test_json_has_a_limit_of_its_own(client, check_problem):
    body = json.dumps({"sighting_ids": ["a" * 100] * 20_000}).encode()
    headers = {"Content-Type": "application/json"}
    check_problem(client.post("/v1/comparisons", content=body, headers=headers), 413, "too-large")


def test_too_many_files(serve, submit, check_problem):
    client = serve(max_media_per_sighting=3)
    files = {f"{number}.jpg": b"x" for number in range(5)}
    problem = check_problem(submit(client, files=files), 413, "too-large")
    assert "at most 3 files" in problem["detail"]


def test_metadata_beyond_its_limit(client, check_problem):
    body = {"data": {"metadata": " " * 1_100_000}, "files": {"media": ("a", b"x")}}
    check_problem(client.post("/v1/sightings", **body), 413, "too-large")


def test_a_full_queue_says_when_to_come_back(serve, submit, check_problem):
    go = threading.Event()
    client = serve(go=go)
    with ThreadPoolExecutor(state.UPLOADS) as pool:
        waiting = [pool.submit(submit, client, f"s{n}") for n in range(state.UPLOADS)]
        service = client.app.state.service
        while service.uploads.inside < state.UPLOADS:
            time.sleep(0.01)
        refused = submit(client, "late")
        started = time.perf_counter()
        alive = client.get("/v1/health")
        seconds = time.perf_counter() - started
        go.set()
        answers = [one.result() for one in waiting]
    check_problem(refused, 503, "busy")
    assert int(refused.headers["retry-after"]) > 0
    assert (alive.status_code, seconds < 5) == (200, True)
    assert {answer.status_code for answer in answers} == {201}
    assert submit(client, "late").status_code == 201


def test_reads_go_on_while_models_work(serve, submit):
    go = threading.Event()
    client = serve(go=go)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(submit, client)
        assert client.library.adding.wait(10)
        assert client.get("/v1/sightings").json()["sightings"] == []
        assert not working.done()
        go.set()
        assert working.result().status_code == 201
