"""Keys by force: wrong ones are refused, then slowed down; right ones go on working."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.people import Role
from training.soak.processes import Service, Site

TRIES = 200


@dataclass(slots=True)
class Tried:
    """Wrong keys tried and refused, and what must not be."""

    tried: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)


def try_keys(tries: int = TRIES) -> Tried:
    """Try wrong keys of every kind against a service of our own."""
    found = Tried()
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        site = Site(Path(name))
        with Catalogue.open(site.data_dir) as catalogue:
            right = KeyStore.of(catalogue).create("Asel", Role.VIEWER).text
        service = Service(site)
        try:
            service.start()
            service.wait_ready()
            _force(service.url, right, tries, found)
        finally:
            service.kill()
        log = (site.folder / "service.log").read_text(errors="replace")
    if "wrong or revoked key" not in log:
        found.broken.append("wrong keys are not in the log")
    if right in log or right.rpartition("_")[2] in log:
        found.broken.append("a key is in the log")
    return found


def _force(url: str, right: str, tries: int, found: Tried) -> None:
    prefix = right.rpartition("_")[0]
    with httpx.Client(base_url=url, timeout=60.0, trust_env=False) as client:
        if _status(client, right) != 200:
            found.broken.append("the right key was refused")
        statuses = []
        for number in range(tries):
            wrong = f"{prefix}_{secrets.token_urlsafe(32)}" if number % 2 else right[:-1]
            statuses.append(_status(client, wrong))
        found.tried, found.refused = tries, sum(s in (401, 429) for s in statuses)
        if found.refused < tries:
            found.broken.append(f"{tries - found.refused} wrong keys were not refused")
        if 429 not in statuses:
            found.broken.append("nobody was slowed down")
        if _status(client, right) != 200:
            found.broken.append("the right key does not work any more")


def _status(client: httpx.Client, key: str) -> int:
    return client.get("/v1/sightings", headers={"Authorization": f"Bearer {key}"}).status_code
