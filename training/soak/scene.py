"""A running service to which something happens, and the small disk that it may happen on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from reid.catalogue import Catalogue
from training.soak.checks import Check, check_all
from training.soak.database import Missing
from training.soak.ledger import Ledger
from training.soak.media import upload
from training.soak.processes import Service, Site

DISK_MIB = 200
DISK = "/mnt"
_DROP = "setpriv --bounding-set=-all --inh-caps=-all"  # so that the rights of folders count
_MOUNT = f'mount -t tmpfs -o size={DISK_MIB}m soak {DISK} && exec {_DROP} "$@"'
RECOVERY_S = 60.0
NOTICED_S = 10.0
"""Readiness looks at the disk every other second; the rest is for a busy machine."""


@dataclass(slots=True)
class Accident:
    """What happened: answers by status while it lasted, seconds until all was well, what broke."""

    name: str
    statuses: dict[int, int] = field(default_factory=dict)
    recovered_s: float | None = None
    broken: list[str] = field(default_factory=list)
    skipped: str = ""


class Scene:
    """A service and its ledger; ``number`` of the next upload."""

    def __init__(self, service: Service, accident: Accident) -> None:
        self.service, self.accident, self.ledger = service, accident, Ledger()
        self._number = 0
        self._http = httpx.Client(base_url=service.url, timeout=60.0, trust_env=False)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """An answer; None when the connection broke."""
        with suppress(httpx.TransportError):
            return self._http.request(method, path, **more)
        return None

    def upload(self) -> int:
        """A new sighting; the status of the answer."""
        self._number += 1
        sent = upload(f"accident-{self._number:04}", self._number, files=2)
        answer = self.ask("POST", "/v1/sightings", **sent.request())
        status = 0 if answer is None else answer.status_code
        if answer is not None and answer.is_success:
            self.ledger.uploaded(sent.sent(), answer.headers["x-request-id"])
        return status

    def decide(self) -> int:
        """A new individual without sightings; the status of the answer."""
        word = f"accident {time.monotonic_ns()}"
        self.ledger.asking(word)
        body = {"decision": {"kind": "new-individual"}, "by": "soak", "why": word}
        answer = self.ask("POST", "/v1/decisions", json=body)
        if answer is not None and answer.is_success:
            event = answer.json()["event"]
            self.ledger.decision(word, event["number"], answer.headers["x-request-id"])
        return 0 if answer is None else answer.status_code

    def during(self, right: set[int], times: int = 4) -> None:
        """Upload, decide and read while it lasts; answers outside of ``right`` are broken words."""
        for _ in range(times):
            for what, status in (("upload", self.upload()), ("decision", self.decide())):
                self._note(what, status, right | {200, 201})
            answer = self.ask("GET", "/v1/sightings")
            self._note("read", 0 if answer is None else answer.status_code, right | {200})
        health = self.ask("GET", "/v1/health")
        self._note("health", 0 if health is None else health.status_code, {200})

    def _note(self, what: str, status: int, right: set[int]) -> None:
        self.accident.statuses[status] = self.accident.statuses.get(status, 0) + 1
        if status not in right:
            self.accident.broken.append(f"{what}: {status}, expected {sorted(right)}")

    def turns_unready(self) -> bool:
        """Whether the service comes to say that it is not ready."""
        end = time.monotonic() + NOTICED_S
        while time.monotonic() < end:
            ready = self.ask("GET", "/v1/ready")
            if ready is not None and ready.status_code == 503:
                return True
            time.sleep(0.2)
        return False

    def recover(self) -> None:
        """Ask until everything is done again, without any help."""
        began = time.monotonic()
        while time.monotonic() - began < RECOVERY_S:
            ready = self.ask("GET", "/v1/ready")
            if ready is not None and ready.is_success and self.upload() == 201:
                self.accident.recovered_s = time.monotonic() - began
                if self.decide() != 201:
                    self.accident.broken.append("no decision was taken after it")
                return
            time.sleep(0.2)
        self.accident.broken.append(f"did not recover within {RECOVERY_S:.0f} s")


@contextmanager
def scene_of(site: Site, accident: Accident) -> Iterator[Scene]:
    """A scene with a running service, which is killed at the end."""
    service = Service(site)
    try:
        service.start()
        service.wait_ready()
        yield Scene(service, accident)
    finally:
        service.kill()


@contextmanager
def on_disk(accident: Accident) -> Iterator[tuple[Scene, Path]]:
    """A scene whose data lie on a small disk, and that disk as seen from here."""
    with tempfile.TemporaryDirectory(prefix="soak") as name, small_disk() as before:
        site = Site(Path(name), before=before, settings={"LEOPARD_REID_DATA_DIR": f"{DISK}/d"})
        with scene_of(site, accident) as scene:
            seen = Path(f"/proc/{scene.service.pid}/root{DISK}")
            yield scene, seen
            shutil.copytree(seen / "d", site.data_dir)
        look(site, scene)


@contextmanager
def small_disk() -> Iterator[tuple[str, ...]]:
    """Words before a command that give it a small disk of its own at ``DISK``.

    Raises:
        Missing: the kernel lets nobody have one.
    """
    words = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _MOUNT, "sh")
    try:
        done = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Missing(f"no unshare: {error}") from error
    if done.returncode:
        raise Missing(f"no mount namespace can be had: {done.stderr.strip()}")
    yield words


def fill(ballast: Path) -> None:
    """Write into a file until the disk is full."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def look(site: Site, scene: Scene) -> None:
    """Compare the ledger with what is stored; broken promises go to the accident."""
    where = site.database_url or site.data_dir
    with Catalogue.open(where, data_dir=site.data_dir) as catalogue:
        checks = check_all(catalogue, scene.ledger, site.folder / "commits.log")
        checks.append(_nothing_left(catalogue))
    scene.accident.broken += [f"{c.name}: {w}" for c in checks for w in c.wrong]


def _nothing_left(catalogue: Catalogue) -> Check:
    """No half-written file stays; nobody was killed here, so nothing needs sweeping."""
    beside = [p.name for p in (catalogue.data_dir / "media" / ".incoming").glob("*")]
    swept = catalogue.sweep().files
    return Check("nothing left beside", 1, tuple(beside) + (f"{swept} files swept",) * (swept > 0))
