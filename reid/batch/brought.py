"""Kinds of jobs that other installed distributions bring, found by entry point."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from reid.jobs import JobKind

if TYPE_CHECKING:
    from reid.pipeline import Library

GROUP = "leopard_reid.jobs"
"""Entry points of this group are functions of (open library, data directory) that give kinds."""

log = logging.getLogger("reid.jobs")


def brought_kinds(library: Callable[[], Library], data_dir: Path) -> dict[str, JobKind]:
    """Kinds by name; of two of one name the first found counts. One that cannot be loaded is a
    warning: its jobs wait for a worker that can.
    """
    found: dict[str, JobKind] = {}
    for point in entry_points(group=GROUP):
        try:
            make: Callable[[Callable[[], Library], Path], Iterable[JobKind]] = point.load()
            kinds = tuple(make(library, data_dir))
        except (ImportError, AttributeError, TypeError) as error:
            log.warning("kinds of jobs at %s cannot be loaded: %s", point.value, error)
            continue
        for kind in kinds:
            found.setdefault(kind.name, kind)
    return found
