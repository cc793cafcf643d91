"""The service as a process: workers beside it, asked to stop, killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobStore
from reid.client import Client
from reid.config import Settings
from reid.jobs import Roll, submit_simple
from service.crew import LONGEST_WAIT_S, Crew, pause_s

pytestmark = pytest.mark.slow

STAND_IN = Path(__file__).with_name("stand_in.py")
SERVED = """
import importlib.util, sys, threading
spec = importlib.util.spec_from_file_location("stand_in", sys.argv[1])
stand_in = importlib.util.module_from_spec(spec)
sys.modules["stand_in"] = stand_in
spec.loader.exec_module(stand_in)
import service.__main__ as door
from service import create_app
go = threading.Event()
factory = lambda settings: stand_in.StandIn(settings, go=None).opened()
door.create_app = lambda settings: create_app(settings, library_factory=factory)
raise SystemExit(door.main(["--port", "0", "--data-dir", sys.argv[2], *sys.argv[3:]]))
"""


def wait_for(true, seconds=30.0):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.fixture
def begin(tmp_path):
    """Start a service over a stand-in library; gives its process and its address."""
    begun = []

    def start(*options, log_format="text"):
        log = (tmp_path / "log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-c", SERVED, STAND_IN, tmp_path / "data", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "LEOPARD_REID_LOG_FORMAT": log_format},
        )
        begun.append(process)
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        return process, url

    yield start
    for process in begun:
        if process.poll() is None:
            process.terminate()
        process.wait(60)
        process.stdout.close()


@pytest.fixture
def store(tmp_path):
    with Catalogue.open(tmp_path / "data") as catalogue:
        yield JobStore.of(catalogue)


def pids(store):
    return {worker.pid for worker in store.workers() if alive(worker.pid)}


def test_a_worker_beside_the_service_is_begun_again_and_ends_with_it(begin, store, tmp_path):
    process, url = begin("--workers", "1")
    (first,) = wait_for(lambda: pids(store))
    with Client(url) as client:
        assert client.ready().workers == 1
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not alive(first))
        assert client.ready().workers == 0, "a dead process of this machine does not count"
        (second,) = wait_for(lambda: pids(store) - {first})
        assert client.ready().workers == 1
    process.terminate()
    assert process.wait(40) == 0
    assert not alive(second), "the service ends after its workers"
    assert [w.pid for w in store.workers()] in ([], [first]), "the second left in good order"
    log = (tmp_path / "log").read_text()
    assert "another in 1 s" in log
    assert "left in good order" in log
    assert "Fatal" not in log


def test_a_killed_service_leaves_no_orphan(begin, store):
    process, _ = begin("--workers", "2")
    both = wait_for(lambda: pids(store) if len(pids(store)) == 2 else None)
    process.kill()
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in both))
    assert store.workers() == [], "they signed off"


def test_streams_are_told_and_new_requests_refused_at_the_signal(begin, store):
    process, url = begin()
    job, _ = submit_simple(store, "rebuild-index", {"number": 0})
    with httpx.Client(base_url=url) as waiting:
        wait_for(lambda: waiting.get("/v1/ready").is_success)
        with waiting.stream("GET", f"/v1/jobs/{job.id}/events", timeout=20) as stream:
            lines = stream.iter_lines()
            assert any(line.startswith("data: ") for line in lines)
            begun = time.monotonic()
            process.terminate()
            rest = list(lines)
    assert "event: away" in rest
    process.wait(20)
    assert time.monotonic() - begun < 10, "an open stream does not hold the service up"
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/v1/health")


def test_what_is_in_hand_is_ended(begin, picture, tmp_path):
    """A request that was begun before the signal gets its answer."""
    process, url = begin()
    with Client(url) as client:
        wait_for(lambda: client.ready())
        (tmp_path / "a.jpg").write_bytes(picture(1))
        answers = []

        def send(number):
            answers.append(client.submit(f"s{number}", [tmp_path / "a.jpg"]).id)

        threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        wait_for(lambda: answers)
        process.terminate()
        for thread in threads:
            thread.join(5)
    process.wait(30)
    with Catalogue.open(tmp_path / "data") as catalogue:
        stored = {s.id for s in catalogue.sightings()}
    assert set(answers) <= stored, "whoever got an answer is stored"


def test_every_line_of_the_log_is_json_and_names_request_and_job(begin, store, tmp_path):
    process, url = begin("--workers", "1", log_format="json")
    headers = {"X-Request-ID": "walk-7"}
    with httpx.Client(base_url=url, headers=headers) as client:
        wait_for(lambda: client.get("/v1/ready").is_success)
        asked = client.post("/v1/jobs", json={"kind": "rebuild-index"})
        job = asked.json()["id"]
        wait_for(lambda: store.job(job).started_at)
    process.terminate()
    process.wait(60)
    text = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert all({"at", "level", "logger", "message", "pid"} <= set(line) for line in lines)
    access = [line for line in lines if line["logger"] == "service.access"]
    assert {"method", "route", "status", "ms", "request_id"} <= set(access[0])
    (link,) = [line for line in lines if line["logger"] == "service.jobs"]
    assert (link["request_id"], job in link["message"]) == ("walk-7", True)
    assert any(line.get("job_id") == job and line["pid"] != link["pid"] for line in lines)


def test_pauses_between_deaths_grow_to_a_minute():
    assert [pause_s(n) for n in (1, 2, 3)] == [1, 2, 4]
    assert pause_s(40) == LONGEST_WAIT_S


def test_a_worker_that_does_not_leave_is_killed(tmp_path):
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    crew = Crew(Settings(data_dir=tmp_path, workers=1), command=(sys.executable, "-c", stubborn))
    crew.start()
    (pid,) = wait_for(crew.pids)
    time.sleep(0.3)
    begun = time.monotonic()
    crew.close(0.5)
    assert time.monotonic() - begun < 5
    assert not alive(pid)


def test_nobody_is_begun_where_none_is_wanted(tmp_path):
    crew = Crew(Settings(data_dir=tmp_path))
    crew.start()
    crew.close(1)
    assert crew.pids() == []


def test_a_silent_worker_of_another_machine_counts_until_its_lease_is_over(store, monkeypatch):
    from reid.jobs import roll

    now = [0.0]
    monkeypatch.setattr(roll.time, "monotonic", lambda: now[0])
    store.enlist("far", machine="elsewhere", pid=1, process="1")
    seen = Roll(lease_s=60)
    assert seen.alive(store) == 1
    now[0] = 59
    assert seen.alive(store) == 1
    now[0] = 61
    assert seen.alive(store) == 0
    store.beat("far")
    assert seen.alive(store) == 1
