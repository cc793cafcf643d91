"""What an importer is: one module a format, from a source into a survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reid.importers.columns import ColumnMeant
from reid.survey import Problems, Survey


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read. ``day_first``: what 3/4/2018 means, None: it is not read.

    ``prefix`` goes before every id, so that two projects' numbers do not meet. ``least``: boxes
    of a detector below this confidence are kept and not shown as animals. ``columns``: how the
    columns of a table that fits no format are meant; None: as they are recognised.
    ``deployments``: a table of them, for results that know none; ``files``: where files lie.
    """

    day_first: bool | None = None
    prefix: str = ""
    least: float = 0.2
    columns: Sequence[ColumnMeant] | None = None
    deployments: Path | None = None
    files: Path | None = None


class Importer(Protocol):
    """A format, coming in."""

    def matches(self, path: Path) -> bool:
        """Whether this looks like it, without reading it whole."""

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """Everything into the survey; returns what relative paths of files are relative to.

        What cannot be understood is a problem with its row and column, and the rest goes on.

        Raises:
            TableError: it cannot be read at all.
        """
