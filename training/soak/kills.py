"""``kill -9`` of API, workers and database at random moments, under upload, job and review."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from reid.catalogue import Catalogue
from training.soak.checks import Check, check_all
from training.soak.database import Database, database
from training.soak.ledger import Ledger
from training.soak.media import render_all
from training.soak.processes import Actor, Service, Site, SoakError, Worker
from training.soak.traffic import Traffic

APIS, WORKERS = 2, 2
PAUSE_S = (0.3, 2.0)
STARTED_AGAIN_S = (0.0, 0.5)
ALL = 0.05
"""In so many of the cases everything dies at once."""
AGAIN_WHILE_STARTING = 0.3
"""In so many the next comes before the services are up again."""
QUIET_S = 600.0


class Victim(Protocol):
    """What can be killed and started again."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def alive(self) -> bool:
        """Whether it runs."""

    def kill(self) -> None:
        """``kill -9``."""

    def start(self) -> None:
        """Start it, unless it runs."""


@dataclass(slots=True)
class Killed:
    """What happened: kills by victim, what was acknowledged, which promises were broken."""

    database: str
    light: bool
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    ledger: Ledger = field(default_factory=Ledger)
    checks: list[Check] = field(default_factory=list)
    swept: int = 0

    @property
    def broken(self) -> list[str]:
        """Everything that must not be."""
        return [*self.ledger.wrong, *(f"{c.name}: {w}" for c in self.checks for w in c.wrong)]


def kill_often(
    count: int, *, seed: int, server: bool, light: bool = True, most_s: float = 1e9
) -> Killed:
    """Kill ``count`` times (or for ``most_s`` seconds), let everything come to rest, look.

    Raises:
        SoakError: something did not start again.
    """
    killed = Killed("PostgreSQL" if server else "SQLite", light)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak")))
        store = stack.enter_context(database()) if server else None
        site = Site(folder, store.url if store else None, light)
        with _running(site, store) as (services, victims):
            _storm(killed, services, victims, count, seed, most_s)
            _rest(services)
            for victim in victims:
                victim.kill()
        if store is not None:
            store.start()
        _look(killed, site)
    return killed


@contextmanager
def _running(site: Site, store: Database | None) -> Iterator[tuple[list[Service], list[Victim]]]:
    with Catalogue.open(site.database_url or site.data_dir, data_dir=site.data_dir):
        pass  # the tables are made once, not by four processes at a time
    services = [Service(site, f"api {k}") for k in range(APIS)]
    workers = [Worker(site, f"worker {k}") for k in range(WORKERS)]
    actors: list[Actor] = [*services, *workers]
    try:
        for actor in actors:
            actor.start()
        for service in services:
            service.wait_ready()
        yield services, [*actors, *([store] if store else [])]
    finally:
        for actor in actors:
            actor.kill()


def _storm(
    killed: Killed,
    services: list[Service],
    victims: list[Victim],
    count: int,
    seed: int,
    most_s: float,
) -> None:
    chance = random.Random(seed)
    traffic = Traffic([s.url for s in services], killed.ledger, seed)
    render_all()
    began = time.monotonic()
    traffic.start()
    try:
        while killed.kills.total() < count and time.monotonic() - began < most_s:
            time.sleep(chance.uniform(*PAUSE_S))
            chosen = victims if chance.random() < ALL else [chance.choice(victims)]
            _kill(killed, chosen)
            time.sleep(chance.uniform(*STARTED_AGAIN_S))
            for victim in victims:
                victim.start()
            if chance.random() > AGAIN_WHILE_STARTING:
                for service in services:
                    service.wait_ready()
    finally:
        traffic.stop()
    killed.seconds = time.monotonic() - began


def _kill(killed: Killed, chosen: list[Victim]) -> None:
    for victim in chosen:
        if victim.alive:
            victim.kill()
            killed.kills[victim.name.split()[0]] += 1


def _rest(services: list[Service]) -> None:
    """Wait until everything answers and every job has ended."""
    for service in services:
        service.wait_ready()
    end = time.monotonic() + QUIET_S
    while time.monotonic() < end:
        answer = httpx.get(f"{services[0].url}/v1/jobs?limit=1000", trust_env=False, timeout=30)
        jobs = answer.raise_for_status().json()["jobs"]
        if all(j["state"] in ("done", "failed", "cancelled") for j in jobs):
            return
        time.sleep(1)
    raise SoakError("jobs did not come to an end after the last kill")


def _look(killed: Killed, site: Site) -> None:
    with Catalogue.open(site.database_url or site.data_dir, data_dir=site.data_dir) as catalogue:
        killed.checks = check_all(catalogue, killed.ledger, site.folder / "commits.log")
        killed.swept = catalogue.sweep().files
