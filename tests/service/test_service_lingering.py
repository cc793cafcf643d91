"""A refusal that is sent while the client is still sending arrives all the same."""

import socket
import time
from urllib.parse import urlsplit

PIECE = bytes(64_000)
PIECES = 30


def sent_slowly(client, headers=b""):
    """An upload in pieces; the answer, or the error that came in its place."""
    address = urlsplit(str(client.base_url))
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        head = f"POST /v1/sightings HTTP/1.1\r\nHost: {address.netloc}\r\n".encode()
        length = b"Content-Length: %d\r\n" % (len(PIECE) * PIECES)
        kind = b"Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n"
        connection.sendall(head + length + kind + headers + b"\r\n")
        answer = b""
        for _ in range(PIECES):
            connection.sendall(PIECE)
            time.sleep(0.01)
        while more := connection.recv(65536):
            answer += more
    return answer


def test_busy(client, monkeypatch):
    monkeypatch.setattr(client.app.state.service.uploads, "places", 0)
    answer = sent_slowly(client)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: " in answer.lower()
    assert answer.endswith(b"}")


def test_a_stranger(client):
    answer = sent_slowly(client, b"X-Forwarded-For: 10.0.0.1\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_who_waits_is_not_waited_for_long(client, monkeypatch):
    monkeypatch.setattr("service.lingering.MOST_S", 0.2)
    monkeypatch.setattr(client.app.state.service.uploads, "places", 0)
    address = urlsplit(str(client.base_url))
    began = time.monotonic()
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        head = f"POST /v1/sightings HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        connection.sendall(f"{head}Content-Length: 99\r\n\r\n".encode())
        answer = connection.recv(65536)
        while more := connection.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert time.monotonic() - began < 5
