"""Whole requests as bytes, so that no library mends them on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from training.soak.hostile.pictures import plain

META = b'Content-Disposition: form-data; name="metadata"\r\n\r\n{"id": "hostile"}\r\n'


@dataclass(frozen=True, slots=True)
class Raw:
    """A request; ``statuses`` are the answers that are right (0: the connection is closed)."""

    name: str
    content: bytes = field(repr=False)
    statuses: frozenset[int]


def raw_requests(host: str) -> Iterator[Raw]:
    """Requests that must all be refused; none stores anything."""
    yield from _multipart(host)
    yield from _heads(host)


def post(
    host: str, body: bytes, kind: bytes, more: bytes = b"", path: bytes = b"sightings"
) -> bytes:
    """A POST with these headers and body."""
    return (
        b"POST /v1/" + path + b" HTTP/1.1\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n"
        b"Content-Type: "
        + kind
        + b"\r\n"
        + more
        + b"Content-Length: "
        + str(len(body)).encode()
        + b"\r\n\r\n"
        + body
    )


def part(disposition: bytes, content: bytes, kind: bytes = b"image/jpeg") -> bytes:
    """A part of a body with the boundary ``b``."""
    head = b"--b\r\nContent-Disposition: form-data; " + disposition
    return head + b"\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n"


def _multipart(host: str) -> Iterator[Raw]:
    form, jpeg = b"multipart/form-data; boundary=b", plain()
    meta, end = b"--b\r\n" + META, b"--b--\r\n"
    media = part(b'name="media"; filename="a.jpg"', jpeg)
    made = {
        "no boundary": (b"multipart/form-data", meta + media + end),
        "empty boundary": (b"multipart/form-data; boundary=", meta + media + end),
        "boundary of a megabyte": (b"multipart/form-data; boundary=" + b"b" * 60_000, meta),
        "boundary elsewhere": (b"multipart/form-data; boundary=c", meta + media + end),
        "never ended": (form, meta + b"--b\r\nContent-Disposition: form-data; name=media; filen"),
        "10,000 fields": (form, part(b'name="x"', b"1", b"text/plain") * 10_000 + end),
        "10,000 files": (form, meta + media[:120] * 10_000 + end),
        "10,000 metadata": (form, meta * 10_000 + end),
        "100,000 headers": (form, b"--b\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\n\r\n" + end),
        "header of a megabyte": (form, b"--b\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n" + end),
        "name with a line": (form, meta + part(b'name="media"; filename="a\r\nX: y.jpg"', jpeg)),
        "no name": (form, meta + part(b'filename="a.jpg"', jpeg) + end),
        "name of a path": (form, meta + part(b'name="../../x"; filename="a.jpg"', jpeg) + end),
        "html that says jpeg": (b"text/html", b"<html>"),
        "svg that says multipart": (form, b"<svg/>"),
        "mixed": (b"multipart/mixed; boundary=b", meta + media + end),
        "json": (b"application/json", b'{"id": "hostile"}'),
        "xml": (b"application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
    }
    refused = frozenset({400, 413, 415, 422})
    for name, (kind, body) in made.items():
        yield Raw(f"multipart: {name}", post(host, body, kind), refused)


def _heads(host: str) -> Iterator[Raw]:
    refused = frozenset({0, 400, 404, 405, 413, 414, 415, 422, 431, 403})
    get = b" HTTP/1.1\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n"
    for name, path in {
        "path up": b"/v1/sightings/../../../etc/passwd",
        "path up, escaped": b"/v1/sightings/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "file of a job, up": b"/v1/jobs/x/files/..%2f..%2fcatalogue.db",
        "picture, up": b"/v1/comparisons/x/pictures/..%2f..%2f..%2fcatalogue.db",
        "nul in a path": b"/v1/sightings/a%00b",
        "half a character": b"/v1/sightings/%ff%fe",
        "path of 60,000": b"/v1/sightings/" + b"a" * 60_000,
        "line in a path": b"/v1/sightings/a%0d%0aX-Injected:%20yes",
    }.items():
        yield Raw(name, b"GET " + path + get + b"\r\n", refused)
    chunked = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
    raw = {
        "two lengths": post(host, b"{}", b"application/json", b"Content-Length: 99\r\n"),
        "negative length": b"POST /v1/comparisons" + get + b"Content-Length: -5\r\n\r\n{}",
        "length of words": b"POST /v1/comparisons" + get + b"Content-Length: ten\r\n\r\n{}",
        "chunk of words": b"POST /v1/comparisons" + get + chunked + b"zz\r\n{}\r\n0\r\n\r\n",
        "header of 200,000": b"GET /v1/sightings" + get + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
        "header with nul": b"GET /v1/sightings" + get + b"X-Request-ID: a\0b\r\n\r\n",
        "no http": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(200),
        "old http": b"GET /v1/sightings/none\r\n\r\n",
    }
    for name, content in raw.items():
        yield Raw(f"head: {name}", content, refused)
