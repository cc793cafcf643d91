"""Many clients at once for many minutes: answers, how long they took, what the service holds."""

from __future__ import annotations

import itertools
import random
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.people import Role
from training.soak.media import render_all, upload
from training.soak.memory import Sample, resident_bytes
from training.soak.processes import Service, Site, Worker

THINK_S = 2.0
"""Mean pause of a client between two requests."""

SAMPLE_S = 5.0
FIRST = 12
"""Sightings that are there before the crowd comes."""

NOT_NOW = frozenset({429, 503})


@dataclass(slots=True)
class Crowd:
    """Seconds by operation, statuses by operation, what must not be, the service's memory.

    ``still``: nobody uploads, so that the catalogue holds what it held.
    """

    clients: int
    minutes: float
    light: bool
    still: bool = False
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    broken: list[str] = field(default_factory=list)
    memory: list[Sample] = field(default_factory=list)


def crowd(
    clients: int, minutes: float, *, seed: int, light: bool = False, still: bool = False
) -> Crowd:
    """Let ``clients`` threads ask one service for ``minutes``, each with a key of its own."""
    seen = Crowd(clients, minutes, light, still)
    render_all()
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        site = Site(Path(name), light=light)
        keys = _keys(site, clients)
        service, worker = Service(site), Worker(site)
        try:
            service.start()
            worker.start()
            service.wait_ready()
            _first(service, keys[0])
            _run(seen, service, keys, seed)
        finally:
            service.kill()
            worker.kill()
    return seen


def _keys(site: Site, count: int) -> list[str]:
    with Catalogue.open(site.data_dir) as catalogue:
        store = KeyStore.of(catalogue)
        return [store.create(f"client {k}", Role.REVIEWER).text for k in range(count)]


def _first(service: Service, key: str) -> None:
    with _client(service, key) as client:
        for number in range(FIRST):
            sent = upload(f"first-{number}", number)
            client.post("/v1/sightings", **sent.request()).raise_for_status()
            page = client.get(f"/v1/sightings/first-{number}").raise_for_status().json()
            body = {
                "decision": {"kind": "new-individual", "sighting_ids": [page["id"]]},
                "seen": [{"sighting_id": page["id"], "version": page["version"]}],
                "by": "client 0",
            }
            if number % 2:
                client.post("/v1/decisions", json=body).raise_for_status()


def _client(service: Service, key: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=service.url, headers=headers, timeout=120.0, trust_env=False)


def _run(seen: Crowd, service: Service, keys: list[str], seed: int) -> None:
    end = time.monotonic() + 60 * seen.minutes
    lock, numbers = threading.Lock(), itertools.count()
    members = [
        Member(seen, _client(service, key), f"client {k}", random.Random(seed + k), lock, numbers)
        for k, key in enumerate(keys)
    ]
    threads = [threading.Thread(target=m.stay, args=(end,), daemon=True) for m in members]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    while time.monotonic() < end:
        time.sleep(min(SAMPLE_S, max(0.1, end - time.monotonic())))
        with lock:
            tried = seen.statuses["upload"].total()
        seen.memory.append(Sample(time.monotonic() - began, resident_bytes(service.pid), tried))
    for thread in threads:
        thread.join(180)


@dataclass(slots=True)
class Member:
    """One client: uploads, looks, compares, asks who it is, reviews; comes back when told to."""

    seen: Crowd
    client: httpx.Client
    name: str
    chance: random.Random
    lock: threading.Lock
    numbers: Any

    def stay(self, end: float) -> None:
        """Ask until the end."""
        steps: list[tuple[int, Callable[[], None]]] = [
            (0 if self.seen.still else 2, self._upload),
            (10, self._read),
            (1, self._compare),
            (2, self._identify),
            (3, self._review),
        ]
        every = [step for weight, step in steps for _ in range(weight)]
        while time.monotonic() < end:
            time.sleep(min(self.chance.expovariate(1 / THINK_S), max(0.0, end - time.monotonic())))
            try:
                self.chance.choice(every)()
            except (httpx.HTTPError, KeyError, ValueError) as error:
                self._complain(f"{type(error).__name__}: {error}")
        self.client.close()

    def _upload(self) -> None:
        number = next(self.numbers)
        sent = upload(f"{self.name.replace(' ', '-')}-{number}", number)
        self._ask("upload", "POST", "/v1/sightings", (200, 201), **sent.request())

    def _read(self) -> None:
        path = self.chance.choice(
            (
                "/v1/sightings?limit=50",
                f"/v1/sightings/first-{self.chance.randrange(FIRST)}",
                "/v1/individuals",
                "/v1/decisions?limit=50",
                "/v1/review/queue?limit=20",
            )
        )
        self._ask("read", "GET", path, (200,))

    def _compare(self) -> None:
        chosen = [f"first-{k}" for k in self.chance.sample(range(FIRST), 2)]
        self._ask("compare", "POST", "/v1/comparisons", (200, 201), json={"sighting_ids": chosen})

    def _identify(self) -> None:
        body = {"sighting_id": f"first-{self.chance.randrange(FIRST)}"}
        self._ask("identify", "POST", "/v1/identifications", (200,), json=body)

    def _review(self) -> None:
        handed = self._ask("review", "POST", "/v1/review/next", (200,), json={"by": self.name})
        item = handed and handed["item"]
        if item:
            said = {"by": self.name, "answer": self.chance.choice(("same", "different"))}
            path = f"/v1/review/items/{item['id']}/answer"
            self._ask("review", "POST", path, (200, 409), json=said)

    def _ask(self, what: str, method: str, path: str, right: tuple[int, ...], **more: Any) -> Any:
        began = time.monotonic()
        answer = self.client.request(method, path, **more)
        took = time.monotonic() - began
        with self.lock:
            self.seen.statuses[what][answer.status_code] += 1
            if answer.status_code in right:
                self.seen.seconds[what].append(took)
        if answer.status_code in right:
            return answer.json() if answer.status_code < 400 else None
        if answer.status_code in NOT_NOW and answer.headers.get("retry-after", "").isdigit():
            time.sleep(min(int(answer.headers["retry-after"]), 10) * self.chance.uniform(0.5, 1.0))
            return None
        self._complain(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return None

    def _complain(self, what: str) -> None:
        with self.lock:
            self.seen.broken.append(f"{self.name}: {what}")
