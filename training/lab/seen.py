"""What could train: labelled animals of a catalogue and of tables, and why others are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from reid.labels.excluded import NO_FLANK
from reid.types import Flank
from training.data import Dataset, Row
from training.lab.rejected import Rejected

CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One labelled animal in one picture.

    ``row`` has path, box, flank, light; its identity and sighting carry the source's name in
    front. ``rank`` orders the individuals of a source for dealing them out: a catalogue's own
    number, so that an individual stays where it was dealt when others come. ``mask`` (height,
    width) bool of the box, None: not known yet. ``licence``: an SPDX expression.
    """

    source: str
    row: Row
    rank: int
    station: str = ""
    usable: float | None = None
    by: str = ""
    mask: NDArray[np.bool_] | None = field(default=None, repr=False)
    licence: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An animal that does not train, and why."""

    source: str
    id: str
    identity: str
    sighting: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Everything that was looked at; ``event`` is the catalogue's last decision, ``rejected`` what
    people called two animals.
    """

    seen: tuple[Seen, ...]
    left_out: tuple[LeftOut, ...]
    event: int = 0
    rejected: tuple[Rejected, ...] = ()

    def with_more(self, other: Gathered) -> Gathered:
        """Both together."""
        return Gathered(
            (*self.seen, *other.seen),
            (*self.left_out, *other.left_out),
            self.event or other.event,
            (*self.rejected, *other.rejected),
        )


def of_table(dataset: Dataset) -> Gathered:
    """The labelled rows of a table.

    Where a table names any flank, rows without one are left out; where it names none, each of
    its identities is one flank of one animal.
    """
    sided = any(row.flank in (Flank.LEFT, Flank.RIGHT) for row in dataset.rows)
    ranks = {name: k for k, name in enumerate(dataset.identities)}
    seen, left_out = [], []
    for row in dataset.rows:
        reason = _row_reason(row, sided)
        if reason:
            left_out.append(LeftOut(dataset.name, row.image_id, row.identity, row.sighting, reason))
        else:
            named = _named(dataset.name, row)
            station = row.extra.get("station", "")
            one = Seen(dataset.name, named, ranks[row.identity], station)
            seen.append(replace(one, licence=dataset.rights.licence))
    return Gathered(tuple(seen), tuple(left_out))


def _row_reason(row: Row, sided: bool) -> str:
    if not row.identity:
        return "no identity"
    if sided and row.flank not in (Flank.LEFT, Flank.RIGHT):
        return NO_FLANK
    return ""


def _named(source: str, row: Row) -> Row:
    sighting = f"{source}/{row.sighting}" if row.sighting else ""
    return replace(row, identity=f"{source}/{row.identity}", sighting=sighting)


def identities(seen: Iterable[Seen]) -> list[str]:
    """Names of the individuals, sorted."""
    return sorted({one.row.identity for one in seen})


def rows_of(seen: Sequence[Seen]) -> list[Row]:
    """Their rows."""
    return [one.row for one in seen]
