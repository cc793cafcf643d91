"""What an exporter is: one module a format, from a snapshot into files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol

from reid.exporters.seasons import Span
from reid.importers.plan import SPECIES
from reid.survey import Survey


@dataclass(frozen=True, slots=True)
class Writing:
    """How to write. ``zone``: of times that were written without one; None: such are refused
    where the format needs a zone. ``draws`` and ``seed``: of uncertain groupings. Sessions as
    `reid.exporters.seasons.spans_of` makes them.
    """

    title: str = "Leopards of a camera-trap survey"
    by: str = ""
    zone: tzinfo | None = None
    species: tuple[str, ...] = SPECIES
    occasion_days: int = 1
    session_months: int = 0
    sessions: tuple[Span, ...] = ()
    crs: str = ""
    draws: int = 0
    seed: int = 0
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, and what the format could not say, in sentences."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


class Exporter(Protocol):
    """A format, going out."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """A snapshot into the folder ``target`` (or a file of that name, where one is enough).

        Raises:
            InputError: something that the format cannot do without is not known; it is named.
        """
