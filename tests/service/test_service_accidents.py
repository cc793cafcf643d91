"""Clients that vanish, a service that is killed: nothing is written half."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from reid.catalogue import Catalogue

STAND_IN = Path(__file__).with_name("stand_in.py")
ROOT = Path(__file__).parents[2]
BOUNDARY = b"--b\r\n"
META = b'Content-Disposition: form-data; name="metadata"\r\n\r\n{"id": "november"}\r\n'
FILE = b'Content-Disposition: form-data; name="media"; filename="a.jpg"\r\n\r\n'


def half_sent(base, picture, declared=5_000_000):
    """A connection on which part of an upload was sent."""
    address = urlsplit(base)
    connection = socket.create_connection((address.hostname, address.port), timeout=10)
    body = BOUNDARY + META + BOUNDARY + FILE + picture + bytes(2_000_000)
    head = (
        f"POST /v1/sightings HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {declared}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


def until(condition, what, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_a_client_that_vanishes_in_mid_upload(client, submit, picture, tmp_path, monkeypatch):
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    service = client.app.state.service
    connection = half_sent(str(client.base_url), picture())
    until(lambda: service.uploads.inside == 1, "the upload was not begun")
    connection.close()
    until(lambda: service.uploads.inside == 0, "the upload was not given up")
    assert list(spool.iterdir()) == []
    assert not (tmp_path / "data" / "media").exists()
    assert client.library.added == 0
    assert submit(client).status_code == 201


def test_an_upload_that_stalls_is_given_up(client, picture, monkeypatch):
    monkeypatch.setattr("service.uploads.UPLOAD_S", 0.2)
    with half_sent(str(client.base_url), picture()) as connection:
        answer = connection.recv(65536)
        while b"timeout" not in answer and (more := connection.recv(65536)):
            answer += more  # the head may arrive before the body
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"urn:leopard-reid:problem:timeout" in answer
    assert client.app.state.service.uploads.inside == 0
    assert client.library.added == 0


@pytest.fixture
def spawn(tmp_path):
    """Start the stand-in's server in a process of its own."""
    started = []

    def start(mode=""):
        command = [sys.executable, str(STAND_IN), str(tmp_path / "data"), *([mode] if mode else [])]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        started.append(process)
        base = process.stdout.readline().strip()

        def ready():
            return httpx.get(f"{base}/v1/ready").status_code == 200

        until(ready, "the server did not become ready")
        return process, base

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def posted_in_background(base, picture):
    """A client process that posts a sighting and waits for an answer that never comes."""
    address = urlsplit(base)
    body = BOUNDARY + META + BOUNDARY + FILE + picture + b"\r\n--b--\r\n"
    head = (
        f"POST /v1/sightings HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    connection = socket.create_connection((address.hostname, address.port), timeout=10)
    connection.sendall(head.encode() + body)
    return connection


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["receiving", "hold-add", "hold-store"])
def test_killed_in_mid_request(spawn, serve, submit, picture, tmp_path, moment):
    data = tmp_path / "data"
    process, base = spawn("" if moment == "receiving" else moment)
    if moment == "receiving":
        connection = half_sent(base, picture())
    else:
        connection = posted_in_background(base, picture())
    if moment == "hold-store":
        until((data / "placed").exists, "the files were not placed")
    else:
        time.sleep(0.3)
    kill(process)
    connection.close()
    with Catalogue.open(data) as catalogue:
        assert catalogue.sightings() == []
        swept = catalogue.sweep()
    assert (swept.files > 0) == (moment == "hold-store")
    assert files_in(data / "media") == []
    again = submit(serve())
    assert again.status_code == 201
    assert len(again.json()["annotations"]) == 1


@pytest.mark.slow
def test_told_to_stop_it_finishes_what_it_began(spawn, picture):
    process, base = spawn()
    parts = {"data": {"metadata": '{"id": "november"}'}, "files": {"media": ("a.jpg", picture())}}
    assert httpx.post(f"{base}/v1/sightings", **parts, timeout=30).status_code == 201
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) in (0, -signal.SIGTERM)
