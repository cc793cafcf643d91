"""The hostile corpus sent to a running service, and what of the contract it broke.

The contract: an answer below 500 in the one shape of errors, nothing stored of what was refused,
every refusal in the log, the service alive and its memory bounded.
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

import httpx

from training.soak.hostile.pictures import Hostile, pictures, plain
from training.soak.hostile.requests import META, Raw, part, post, raw_requests
from training.soak.hostile.texts import bodies, metadata, names

ROUTES = (
    ("POST", "/v1/comparisons"),
    ("POST", "/v1/decisions"),
    ("POST", "/v1/decisions/preview"),
    ("POST", "/v1/identifications"),
    ("POST", "/v1/jobs"),
    ("POST", "/v1/review/next"),
    ("PATCH", "/v1/individuals/nobody"),
)
REFUSED = range(400, 500)
ANSWER_S = 60.0


@dataclass(slots=True)
class Found:
    """Answers by status, what was wrong, and the request ids of refusals."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Requests sent."""
        return self.statuses.total()


def send_all(url: str) -> Found:
    """Everything, one request after another."""
    found = Found()
    with httpx.Client(base_url=url, timeout=ANSWER_S, trust_env=False) as client:
        before = _stored(client)
        _bodies(client, found)
        _metadata(client, found)
        for raw in raw_requests(urlsplit(url).netloc):
            _raw(url, raw, found)
        if _stored(client) != before:
            found.broken.append("something of a refused request was stored")
        _names(url, client, found)
        for number, one in enumerate(pictures()):
            _picture(client, number, one, found)
        if client.get("/v1/health").status_code != 200:
            found.broken.append("the service does not answer any more")
    return found


def _stored(client: httpx.Client) -> object:
    every = ("sightings", "individuals", "jobs", "comparisons", "decisions")
    return [client.get(f"/v1/{name}").raise_for_status().json() for name in every]


def _note(found: Found, name: str, answer: httpx.Response) -> None:
    found.statuses[answer.status_code] += 1
    if answer.status_code in REFUSED:
        found.refused.append(answer.headers["x-request-id"])
    if answer.status_code >= 500:
        found.broken.append(f"{name}: {answer.status_code} {answer.text[:200]}")
    elif answer.status_code in REFUSED and not _is_problem(answer):
        found.broken.append(f"{name}: {answer.status_code} in another shape: {answer.text[:100]}")


def _is_problem(answer: httpx.Response) -> bool:
    if answer.headers.get("content-type") != "application/problem+json":
        return False
    told: dict[str, Any] = answer.json()
    return bool(told["detail"]) and told["request_id"] == answer.headers["x-request-id"]


def _bodies(client: httpx.Client, found: Found) -> None:
    for method, path in ROUTES:
        for name, body in bodies():
            headers = {"Content-Type": "application/json"}
            answer = client.request(method, path, content=body, headers=headers)
            _note(found, f"{path}, {name}", answer)
            # "nobody" may ask for the next pair: that body is right there, whatever else it says
            if answer.is_success and path != "/v1/review/next":
                found.broken.append(f"{path}, {name}: accepted")


def _metadata(client: httpx.Client, found: Found) -> None:
    for name, told in metadata():
        files = [("metadata", (None, told)), ("media", ("a.jpg", plain()))]
        answer = client.post("/v1/sightings", files=files)
        _note(found, f"metadata, {name}", answer)
        if answer.is_success:
            found.broken.append(f"metadata, {name}: accepted")


def _names(url: str, client: httpx.Client, found: Found) -> None:
    """As ids, names of files and of individuals: refused, or taken and given back as they were."""
    for number, (what, name) in enumerate(names()):
        told = json.dumps({"id": name}).encode()
        files = [("metadata", (None, told)), ("media", ("a.jpg", plain()))]
        _note(found, f"id, {what}", client.post("/v1/sightings", files=files))
        body = {"decision": {"kind": "new-individual", "name": name}, "by": "x"}
        headers = {"Content-Type": "application/json"}
        answer = client.post("/v1/decisions", content=json.dumps(body), headers=headers)
        _note(found, f"individual, {what}", answer)
        if "\ud800" not in name:
            _file_name(url, client, f"name-{number}", what, name, found)


def _file_name(
    url: str, client: httpx.Client, sighting: str, what: str, name: str, found: Found
) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').encode()
    media = part(b'name="media"; filename="' + quoted + b'"', plain())
    meta = b"--b\r\n" + META.replace(b"hostile", sighting.encode())
    host = urlsplit(url).netloc
    content = post(host, meta + media + b"--b--\r\n", b"multipart/form-data; boundary=b")
    status = exchange(url, content)
    found.statuses[status] += 1
    if status >= 500:
        found.broken.append(f"file name, {what}: {status}")
    elif status == 201:
        stored = client.get(f"/v1/sightings/{sighting}").json()["media"][0]["file_name"]
        if stored.strip('"') not in _kept(name):
            found.broken.append(f"file name, {what}: kept as {stored!r}")


def _kept(name: str) -> set[str]:
    """What may be left of a file name: all, the last part of a Windows path, or its first line."""
    return {name, name.replace("\\", ""), PureWindowsPath(name).name, name.partition("\r")[0]}


def _picture(client: httpx.Client, number: int, one: Hostile, found: Found) -> None:
    told = json.dumps({"id": f"hostile-{number}"})
    media = [("media", (one.name, one.content, "image/jpeg"))]
    answer = client.post("/v1/sightings", data={"metadata": told}, files=media)
    _note(found, one.name, answer)
    if answer.status_code != 201:
        found.broken.append(f"{one.name}: {answer.status_code}")
        return
    rejected = answer.json()["rejected"]
    if one.usable is not None and one.usable == bool(rejected):
        found.broken.append(f"{one.name}: rejected {rejected}")


def _raw(url: str, raw: Raw, found: Found) -> None:
    status = exchange(url, raw.content)
    found.statuses[status] += 1
    if status not in raw.statuses:
        found.broken.append(f"{raw.name}: {status}, expected {sorted(raw.statuses)}")


def exchange(url: str, content: bytes) -> int:
    """The status of the answer to a request as it stands; 0: closed without one."""
    address = urlsplit(url)
    place = (address.hostname or "127.0.0.1", address.port or 80)
    answer = b""
    with socket.create_connection(place, timeout=ANSWER_S) as connection:
        # refused before it was all sent, the answer may be there all the same
        with suppress(OSError):
            connection.sendall(content)
        with suppress(OSError):
            while more := connection.recv(65536):
                answer += more
    head = answer.split(b"\r\n", 1)[0].split()
    return int(head[1]) if len(head) > 1 and head[1].isdigit() else 0


def not_in_log(log: Path, found: Found) -> list[str]:
    """Refused requests that a service's log says nothing of."""
    told = log.read_text(errors="replace")
    return [name for name in found.refused if name not in told]
