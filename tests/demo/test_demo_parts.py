"""The demonstration's parts: what is sent, who judges, and a service that is always stopped."""

import csv
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import httpx
import pytest

from training.demo import server
from training.demo.__main__ import LAST, STATIONS, main
from training.demo.client import Client
from training.demo.judge import wrong_identity, wrong_verdicts
from training.demo.server import DemoError, environment, running
from training.demo.table import distances, read_events, truth
from training.synthetic.sightings import COLUMNS, bursts

FAKE = """
    import json, pathlib, sys
    from http.server import BaseHTTPRequestHandler, HTTPServer
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            told = {"type": "urn:leopard-reid:problem:not-found", "title": "Not found"}
            told |= {"status": 404, "detail": "not today", "request_id": "1", "errors": []}
            body = json.dumps(told).encode()
            self.send_response(200 if self.path == "/v1/ready" else 404)
            self.send_header("content-type", "application/problem+json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_): pass
    server = HTTPServer(("127.0.0.1", 0), Answers)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
"""
HANGS = textwrap.dedent(FAKE).replace(
    "    def log_message",
    "    def do_POST(self):\n"
    "        print('submitted', server.server_port, file=sys.stderr, flush=True)\n"
    "        import time; time.sleep(60)\n"
    "    def log_message",
)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def fake_service(monkeypatch):
    """Another process in the service's place."""

    def make(source):
        code = textwrap.dedent(source)
        monkeypatch.setattr(server, "command", lambda _: [sys.executable, "-c", code])

    return make


@pytest.fixture
def table(tmp_path):
    """A table as the renderer writes it, without its pictures."""
    path = tmp_path / "sightings.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for burst in bursts():
            other = burst.alternative.isoformat() if burst.alternative else ""
            row = dict.fromkeys(COLUMNS, "") | {
                "sighting_id": burst.sighting,
                "station": burst.station,
                "camera": burst.camera,
                "datetime": burst.start.isoformat(),
                "datetime_alt": other,
                "media_path": f"{burst.sighting}/{burst.camera}.jpg",
                "flank": str(burst.base.flank),
            }
            writer.writerow(row)
    return path


def test_what_is_told_of_a_sighting(table):
    november = next(e for e in read_events(table) if e.id == "november")
    assert [m["camera"] for m in november.metadata["media"]] == ["synthetic-A1", "synthetic-A2"]
    assert {m["flank"] for m in november.metadata["media"]} == {"left", "right"}
    assert [t["source"] for t in november.metadata["times"]] == ["camera clock", "disputed"]
    assert all(file.parent.name == "november" for file in november.files)


def test_stations_apart_become_sightings_apart(table):
    told = distances(read_events(table), *STATIONS, 18.6)
    assert {(d["a"], d["b"]) for d in told} == {("september", "december"), ("november", "december")}


def test_the_last_sighting_is_the_latest():
    latest = max(bursts(), key=lambda burst: burst.start)
    assert latest.sighting == LAST


TRUTH = {"a": "x", "b": "x", "c": "y"}


@pytest.mark.parametrize(
    ("a", "b", "said", "count"),
    [
        ("a", "b", "same", 0),
        ("a", "b", "different", 1),
        ("a", "c", "same", 1),
        ("a", "c", "different", 0),
        ("a", "b", "inconclusive", 0),
        ("a", "c", "not comparable", 0),
    ],
)
def test_only_wrong_claims_are_wrong(a, b, said, count):
    assert len(wrong_verdicts([{"a": a, "b": b, "verdict": said}], TRUTH)) == count


@pytest.mark.parametrize(
    ("kind", "individual", "enrolled", "count"),
    [
        ("individual", "x", ["b", "c"], 0),
        ("individual", "y", ["b", "c"], 1),
        ("new", None, ["b"], 1),
        ("new", None, ["c"], 0),
        ("inconclusive", None, ["b"], 0),
    ],
)
def test_only_wrong_names_are_wrong(kind, individual, enrolled, count):
    answer = {"sighting_id": "a", "kind": kind, "individual": individual}
    assert len(wrong_identity(answer, TRUTH, enrolled)) == count


def test_the_truth_knows_two_animals():
    known = truth()
    assert known["september"] == known["november"] == known["december"] != known["stranger"]


def test_the_users_catalogue_is_out_of_reach(monkeypatch):
    monkeypatch.setenv("LEOPARD_REID_DATABASE_URL", "sqlite:///mine.db")
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", "kept")
    assert "LEOPARD_REID_DATABASE_URL" not in environment()
    assert environment()["LEOPARD_REID_WEIGHTS"] == "kept"


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_the_service_is_stopped_whatever_happens(fake_service, tmp_path, error):
    fake_service(FAKE)
    seen = []

    def work():
        with running(tmp_path, tmp_path / "log.txt") as url:
            seen.append(url)
            assert httpx.get(f"{url}/v1/ready", trust_env=False).is_success
            if error:
                raise error

    if error:
        with pytest.raises(error):
            work()
    else:
        work()
    port = int(seen[0].rsplit(":", 1)[1])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_demo_stops_its_service(tmp_path, table, number):
    code = f"""
        import sys
        from pathlib import Path
        import training.demo.__main__ as demo
        from training.demo import server
        server.command = lambda _: [sys.executable, "-c", {HANGS!r}]
        demo.demo_sightings = lambda _: Path({str(table)!r})
        for burst in demo.read_events(Path({str(table)!r})):
            burst.files[0].parent.mkdir(exist_ok=True)
            [file.write_bytes(b"0") for file in burst.files]
        sys.exit(demo.main(["--out", {str(tmp_path)!r}]))
    """
    # a shell that runs this in the background leaves SIGINT ignored, and children inherit that
    restored = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", restored + textwrap.dedent(code)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        log = tmp_path / "service.log"
        while "submitted" not in (log.read_text() if log.exists() else ""):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(30) == 130
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(log.read_text().split()[1]))) != 0


def test_a_service_that_dies_is_quoted(fake_service, tmp_path):
    fake_service("import sys; sys.exit('no weights here')")
    with pytest.raises(DemoError, match="no weights here"), running(tmp_path, tmp_path / "log"):
        pass


def test_a_refusal_is_told_in_the_services_words(fake_service, tmp_path):
    fake_service(FAKE)
    refused = pytest.raises(DemoError, match="404 not-found: not today")
    with running(tmp_path, tmp_path / "log") as url, Client(url) as client, refused:
        client.report("c0ffee")


def test_a_demonstration_that_cannot_run_says_so(
    fake_service, tmp_path, monkeypatch, capsys, table
):
    fake_service("import sys; sys.exit('no weights here')")
    monkeypatch.setattr("training.demo.__main__.demo_sightings", lambda _: table)
    assert main(["--out", str(tmp_path)]) == 2
    assert "no weights here" in capsys.readouterr().err
    assert not list(tmp_path.glob("service-*"))
