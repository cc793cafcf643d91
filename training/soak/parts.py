"""The parts of the soak: what is measured, and how it is told."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reid.config import Settings
from training.evaluation.tables import table
from training.soak.accidents import ACCIDENTS, happen
from training.soak.brute import try_keys
from training.soak.contract import contract
from training.soak.crowd import crowd
from training.soak.database import Missing
from training.soak.hostile.over_http import not_in_log, send_all
from training.soak.kills import Killed, kill_often
from training.soak.memory import MIB
from training.soak.processes import Service, Site
from training.soak.retraining import retraining_storm
from training.soak.switching import storm, unlike
from training.soak.telling import (
    CROWD,
    GROWING,
    HOSTILE,
    KILLS,
    RETRAINING,
    STILL,
    told_accidents,
    told_crowd,
    told_kills,
)

ON_SERVER = 0.6
"""The share of the kills that PostgreSQL's side gets; SQLite's gets the rest."""

CHILD_S = 3600
ROOM_GIB = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """How much of everything."""

    kills: int
    real_kills: int
    minutes: float
    fuzz_minutes: float
    clients: int
    seed: int
    retraining_kills: int = 50


Told = tuple[str, list[str]]


def kills(asked: Asked) -> Told:
    """Kills on both databases with light models, and some with the real ones."""
    server = round(ON_SERVER * asked.kills)
    runs: list[Killed] = []
    missing = ""
    try:
        runs.append(kill_often(server, seed=asked.seed, server=True))
    except Missing as reason:
        missing, server = f"\n\nWithout PostgreSQL: {reason}.", 0
    runs.append(kill_often(asked.kills - server, seed=asked.seed + 1, server=False))
    if asked.real_kills:
        runs.append(kill_often(asked.real_kills, seed=asked.seed + 2, server=False, light=False))
    return KILLS + "\n\n" + told_kills(runs) + missing, [w for run in runs for w in run.broken]


def the_crowd(asked: Asked) -> Told:
    """Many clients."""
    return _crowd(asked, still=False)


def the_still_crowd(asked: Asked) -> Told:
    """Many clients, none of whom sends anything new: memory that grows now is lost."""
    return _crowd(asked, still=True)


def _crowd(asked: Asked, *, still: bool) -> Told:
    seen = crowd(asked.clients, asked.minutes, seed=asked.seed, still=still)
    words = CROWD.format(clients=asked.clients, meanwhile=STILL if still else GROWING)
    return f"{words}\n\n{told_crowd(seen)}", seen.broken


def accidents(_asked: Asked) -> Told:
    """Disks, database, clocks."""
    found = [happen(one) for one in ACCIDENTS]
    return told_accidents(found), [f"{one.name}: {w}" for one in found for w in one.broken]


def hostile(asked: Asked) -> Told:
    """Files through the door, requests through HTTP, keys by force."""
    words = ["--seconds", str(60 * asked.fuzz_minutes), "--seed", str(asked.seed)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "training.soak.hostile.child", *words],
        capture_output=True,
        text=True,
        timeout=CHILD_S,
        check=False,
    )
    if done.returncode:
        return "The process died.", [f"fuzzing died: {done.returncode} {done.stderr[-500:]}"]
    door = json.loads(done.stdout)
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        site = Site(Path(name), before=("prlimit", f"--as={ROOM_GIB << 30}"))
        service = Service(site)
        try:
            service.start()
            service.wait_ready()
            http = send_all(service.url)
        finally:
            service.kill()
        silent = not_in_log(site.folder / "service.log", http)
    keys = try_keys()
    broken = [*door["broken"], *http.broken, *(f"not in the log: {s}" for s in silent)]
    rows = [
        ("files through the door", door["tried"], door["refused"], len(door["broken"])),
        ("requests over HTTP", http.tried, len(http.refused), len(http.broken) + len(silent)),
        ("wrong keys", keys.tried, keys.refused, len(keys.broken)),
    ]
    head = ("", "tried", "refused", "contract broken")
    peak = f"Most memory of the door: {door['peak_bytes'] / MIB:.0f} MiB."
    return f"{HOSTILE}\n\n{table(head, rows)}\n\n{peak}", [*broken, *keys.broken]


def the_contract(asked: Asked) -> Told:
    """Schemathesis."""
    return contract(asked.seed, asked.fuzz_minutes)


def retraining(asked: Asked) -> Told:
    """Kills of training, and of re-embedding and switching."""
    half = asked.retraining_kills // 2
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        folder = Path(name)
        trained = retraining_storm(
            Settings(data_dir=folder / "trained"), kills=half, seed=asked.seed
        )
        bundles = [unlike(folder / f"unlike-{seed}", seed) for seed in (1, 2)]
        rest = asked.retraining_kills - half
        switched = storm(Settings(data_dir=folder / "switched"), bundles, kills=rest, seed=5)
    rows = [
        ("a training run", trained.kills, trained.runs, len(trained.wrong)),
        ("re-embedding and the switch", switched.kills, switched.promoted, len(switched.wrong)),
    ]
    head = ("killed while at", "kills", "came to their end all the same", "broken")
    return f"{RETRAINING}\n\n{table(head, rows)}", [*trained.wrong, *switched.wrong]


PARTS: dict[str, tuple[str, Callable[[Asked], Told]]] = {
    "kills": ("Kills", kills),
    "crowd": ("A crowd", the_crowd),
    "still": ("A crowd that sends nothing new", the_still_crowd),
    "accidents": ("Accidents", accidents),
    "hostile": ("Hostile input", hostile),
    "retraining": ("Killed while it trains and switches", retraining),
    "contract": ("Requests made from the document", the_contract),
}
