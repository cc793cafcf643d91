"""The machine: Python, packages, threads, room, clock."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import reid
from reid.catalogue.catalogue import LEAST_FREE_BYTES
from reid.config import Settings
from reid.doctor.finding import Finding, bad, look, ok

OLDEST_PYTHON = (3, 11)
LITTLE_BYTES = 2 << 30
MEMORY_BYTES = 3 << 30
"""What two requests to the models take at once."""

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def python() -> Iterator[Finding]:
    """The interpreter."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield ok("python", found)
    else:
        yield bad("python", found, "install Python 3.11 or later")


def packages() -> Iterator[Finding]:
    """What leopard-reid asks for and is not there; extras are optional."""
    wanted = metadata.requires("leopard-reid") or []
    named = [match[0] for w in wanted if "extra ==" not in w and (match := _NAME.match(w))]
    missing = [name for name in named if not _there(name)]
    if missing:
        yield bad("packages", f"missing: {', '.join(missing)}", "pip install leopard-reid again")
    else:
        yield ok("packages", f"leopard-reid {reid.__version__}, {len(named)} packages")


def _there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def references(settings: Settings) -> Iterator[Finding]:
    """Tables that judge every other bundle, where some are named."""
    lacking = [
        t for t in settings.references if not (t / "metadata.csv" if t.is_dir() else t).is_file()
    ]
    for table in lacking:
        yield bad(
            "references",
            f"expected a table, or a folder with metadata.csv, at {table}",
            "mend LEOPARD_REID_REFERENCES: no bundle can be trained or tried until then",
        )
    if settings.references and not lacking:
        yield ok("references", f"{len(settings.references)} tables judge other bundles")


def threads(settings: Settings) -> Iterator[Finding]:
    """Cores against what was asked for, and memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    words = f"{settings.threads} for the models, {cores or 'unknown'} cores"
    if cores and settings.threads > cores:
        yield look("threads", words, f"set LEOPARD_REID_THREADS to {cores} or less")
    else:
        yield ok("threads", words)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if memory < MEMORY_BYTES:
        yield look("memory", _size(memory), "3 GB keep the models of two requests; expect slowness")


def room(settings: Settings) -> Iterator[Finding]:
    """Free space where data and uploads go."""
    for what, folder in (("room for data", settings.data_dir), ("room for uploads", _temporary())):
        there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
        free = shutil.disk_usage(there).free
        if free < LEAST_FREE_BYTES:
            yield bad(what, f"{_size(free)} in {folder}", "make room: nothing can be stored")
        elif free < LITTLE_BYTES:
            yield look(what, f"{_size(free)} in {folder}", "make room soon")
        else:
            yield ok(what, f"{_size(free)} in {folder}")


def _temporary() -> Path:
    import tempfile

    return Path(tempfile.gettempdir())


def clock(last_written: datetime | None, now: datetime | None = None) -> Iterator[Finding]:
    """The clock against what is known: it cannot be before the last decision."""
    now = now or datetime.now(UTC)
    if now < EARLIEST or (last_written is not None and last_written > now):
        yield bad(
            "clock",
            f"{now:%Y-%m-%d %H:%M} UTC; the catalogue was written at "
            f"{last_written or EARLIEST:%Y-%m-%d %H:%M}",
            "set the clock: decisions and jobs are dated by it",
        )
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _size(count: float) -> str:
    return f"{count / 1e9:,.1f} GB"
