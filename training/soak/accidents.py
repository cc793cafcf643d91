"""A full disk, a read-only disk, a lost database, clocks that jump: clear answers, nothing lost.

Each accident happens to a running service, which must recover by itself. Disks are small file
systems in a mount namespace of the service's own (`unshare`), so no special rights are needed
where the kernel lets everybody have one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reid.catalogue import Catalogue
from training.soak.database import Missing, database
from training.soak.processes import Site, Worker
from training.soak.scene import Accident, Scene, fill, look, on_disk, scene_of

LIBFAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
)
JOB_S = 180.0


def full_disk() -> Accident:
    """The disk fills while files are uploaded; then there is room again."""
    accident = Accident("full disk")
    with on_disk(accident) as (scene, disk):
        scene.during(set(), 1)
        ballast = disk / "ballast"
        fill(ballast)
        scene.during({507, 503})
        if 507 not in accident.statuses:
            accident.broken.append("nobody was told that the disk is full")
        ballast.unlink()
        scene.recover()
    return accident


def read_only() -> Accident:
    """The folders turn read-only under the service; then they can be written again."""
    accident = Accident("read-only folders")
    with on_disk(accident) as (scene, disk):
        scene.during(set(), 1)
        folders = [disk / "d", *(p for p in (disk / "d").rglob("*") if p.is_dir())]
        for folder in folders:
            folder.chmod(0o555)
        scene.during({503})
        if 503 not in accident.statuses or not scene.turns_unready():
            accident.broken.append("nobody was told that nothing can be written")
        for folder in folders:
            folder.chmod(0o755)
        scene.recover()
    return accident


def lost_database() -> Accident:
    """The database server stops, and starts again; a worker lives through it."""
    accident = Accident("lost database")
    with tempfile.TemporaryDirectory(prefix="soak") as name, database() as store:
        site = Site(Path(name), store.url)
        worker = Worker(site)
        with scene_of(site, accident) as scene:
            worker.start()
            try:
                scene.during(set(), 1)
                store.stop()
                scene.during({503})
                store.start()
                scene.recover()
                _job(scene)
                if not worker.alive:
                    accident.broken.append("the worker did not survive")
            finally:
                worker.kill()
        look(site, scene)
    return accident


def clock_jumps() -> Accident:
    """The clock of service and worker jumps by days, ahead and back."""
    accident = Accident("clock jumps")
    library = next((path for path in LIBFAKETIME if Path(path).exists()), None)
    if library is None:
        raise Missing("libfaketime is not installed")
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        clock = Path(name) / "clock"
        clock.write_text("+0d\n")
        fake = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        site = Site(Path(name), settings=fake)
        worker = Worker(site)
        with scene_of(site, accident) as scene:
            worker.start()
            try:
                for days in ("+3d", "-2d", "+400d", "-30d", "+0d"):
                    clock.write_text(f"{days}\n")
                    time.sleep(2)  # it is read once a second
                    scene.during(set(), 1)
                    _job(scene)
                scene.recover()
            finally:
                worker.kill()
        look(site, scene)
        _in_order(site, accident)
    return accident


ACCIDENTS: tuple[Callable[[], Accident], ...] = (full_disk, read_only, lost_database, clock_jumps)


def happen(accident: Callable[[], Accident]) -> Accident:
    """One accident; skipped with the reason where this machine cannot have it."""
    try:
        return accident()
    except Missing as reason:
        return Accident(accident.__name__.replace("_", " "), skipped=str(reason))


def _job(scene: Scene) -> None:
    """A job is asked for and done."""
    known = scene.ledger.known()[-3:]
    answer = scene.ask("POST", "/v1/jobs", json={"kind": "group", "sighting_ids": known})
    if answer is None or answer.status_code not in (200, 201):
        scene.accident.broken.append("no job was taken after it")
        return
    job = answer.json()["id"]
    scene.ledger.asked(job, answer.headers["x-request-id"])
    end = time.monotonic() + JOB_S
    while time.monotonic() < end:
        now = scene.ask("GET", f"/v1/jobs/{job}")
        if now is not None and now.is_success and now.json()["state"] == "done":
            return
        time.sleep(0.5)
    scene.accident.broken.append("a job was not done")


def _in_order(site: Site, accident: Accident) -> None:
    with Catalogue.open(site.data_dir) as catalogue:
        times = [event.at for event in catalogue.events(limit=1000)]
    if times != sorted(times):
        accident.broken.append("the history is out of order")


__all__ = ["ACCIDENTS", "happen"]
