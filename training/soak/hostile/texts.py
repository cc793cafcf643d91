"""Names and JSON that try every border."""

from __future__ import annotations

import json
from collections.abc import Iterator

NAMES = {
    "up": "../../../../etc/passwd",
    "up for Windows": "..\\..\\..\\windows\\system32\\x.jpg",
    "absolute": "/etc/cron.d/x",
    "drive": "C:\\x.jpg",
    "dots": "..",
    "NUL": "a\0.jpg",
    "line": "a\r\nX-Injected: yes.jpg",
    "turned": "invoice\u202egpj.exe",
    "isolated": "\u2066a\u2069.jpg",
    "nothing to see": "\u200b",
    "combining": "e" + "\u0301" * 200,
    "emoji": "\U0001f406\U0001f3fd\u200d.jpg",
    "half": "a\ud800.jpg",
    "device": "/dev/stdin",
    "script": "<img src=x onerror=alert(1)>.jpg",
    "shell": "$(touch x);`id`|&.jpg",
    "query": "a' OR '1'='1; DROP TABLE sightings;--.jpg",
    "template": "{{7*7}}{0.__class__}%s%n.jpg",
    "long": "x" * 10_000,
    "empty": "",
    "blank": "   ",
    "percent": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
}


def names() -> Iterator[tuple[str, str]]:
    """What a file, sighting or person might call itself."""
    yield from NAMES.items()


def bodies() -> Iterator[tuple[str, bytes]]:
    """Request bodies that call themselves JSON, by what is wrong with them."""
    yield "nothing", b""
    yield "nul", b"\0" * 100
    yield "half a word", b'{"sighting_ids": ["a", "b'
    yield "deep list", b"[" * 100_000
    yield "deep list, closed", b"[" * 50_000 + b"]" * 50_000
    yield "deep object", b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    yield "deep inside", _with("shown", "[" * 20_000 + "]" * 20_000)
    yield "huge number", _with("prior_same", "1" + "0" * 400)
    yield "number of 10,000 digits", _with("prior_same", "9" * 10_000)
    yield "huge exponent", _with("prior_same", "1e999999999")
    yield "not a number", _with("prior_same", "NaN")
    yield "infinity", _with("prior_same", "-Infinity")
    yield "minus nothing", _with("prior_same", "-0.0")
    yield "true for a number", _with("prior_same", "true")
    yield "same key twice", b'{"sighting_ids": ["a", "b"], "sighting_ids": ["c", "d"]}'
    yield "key of a prototype", _with("__proto__", '{"admin": true}')
    yield "half a character", b'{"sighting_ids": ["\\ud800", "\\udc00"]}'
    yield "not utf-8", b'{"sighting_ids": ["\xff\xfe", "b"]}'
    yield "overlong utf-8", b'{"sighting_ids": ["\xc0\xaf", "b"]}'
    yield "utf-16", '{"sighting_ids": ["a", "b"]}'.encode("utf-16")
    yield "byte order mark", b'\xef\xbb\xbf{"sighting_ids": ["a", "b"]}'
    yield "nul in a text", b'{"sighting_ids": ["a\\u0000", "b"]}'
    yield "text of 900,000", json.dumps({"sighting_ids": ["a" * 900_000, "b"]}).encode()
    yield "70,000 keys", json.dumps({f"k{n}": n for n in range(70_000)}).encode()
    yield "list for an object", b"[1, 2, 3]"
    yield "text for an object", b'"text"'
    yield "null", b"null"
    yield "two documents", b'{"sighting_ids": ["a", "b"]}{"sighting_ids": ["a", "b"]}'


def _with(key: str, value: str) -> bytes:
    return f'{{"sighting_ids": ["a", "b"], "by": "x", "{key}": {value}}}'.encode()


def metadata() -> Iterator[tuple[str, bytes]]:
    """The metadata of a sighting that cannot be: all to be refused."""
    many = ",".join(['{"at": "2018-11-11T06:57:00"}'] * 3000)
    wrong = {
        "latitude over the pole": '"latitude": 90.0001, "longitude": 0',
        "huge latitude": '"latitude": 1e308, "longitude": 0',
        "latitude that is none": '"latitude": NaN, "longitude": 0',
        "infinite longitude": '"latitude": 0, "longitude": Infinity',
        "half a place": '"latitude": 0',
        "place in words": '"latitude": "north", "longitude": "east"',
        "year 0": '"times": [{"at": "0000-01-01T00:00:00"}]',
        "year 9999": '"times": [{"at": "9999-12-31T23:59:59"}]',
        "year -1": '"times": [{"at": "-001-01-01T00:00:00"}]',
        "time as a number": '"times": [{"at": 1e308}]',
        "no such day": '"times": [{"at": "2018-02-30T06:57:00"}]',
        "offset of days": '"times": [{"at": "2018-11-11T06:57:00+99:99"}]',
        "thousands of times": f'"times": [{many}]',
        "box beyond": _box("1e308", "1e308"),
        "box of nothing": _box("0", "-1"),
        "box that is none": _box("NaN", "1"),
        "flank of a snake": '"media": [{"file_name": "a.jpg", "flank": "top"}]',
        "camera with a line": '"media": [{"file_name": "a.jpg", "camera": "A\\r\\nB"}]',
    }
    for name, more in wrong.items():
        yield name, f'{{"id": "hostile", {more}}}'.encode()


def _box(width: str, height: str) -> str:
    box = f'{{"x_px": 0, "y_px": 0, "width_px": {width}, "height_px": {height}}}'
    return f'"media": [{{"file_name": "a.jpg", "boxes": [{box}]}}]'
