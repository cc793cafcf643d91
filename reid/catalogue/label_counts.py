"""How much the labels of a catalogue could teach: individuals by flank and number of sightings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.schema import AnnotationRow, IdentityFactRow
from reid.identities import subjects
from reid.types import Flank

SIDES = (Flank.LEFT, Flank.RIGHT)


@dataclass(frozen=True, slots=True)
class FlankCount:
    """Individuals by the number of sightings in which they show a flank: ``one``, ``twice`` or
    more, of which training learns, and ``pictures`` of it.
    """

    flank: Flank
    one: int
    twice: int
    pictures: int


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """``individuals`` and ``sightings`` that people named; ``teaching``: individuals with two
    sightings of one flank or more; ``unknown``: pictures of named ones whose flank nobody knows.
    """

    individuals: int
    sightings: int
    teaching: int
    flanks: tuple[FlankCount, ...]
    unknown: int


def label_counts(catalogue: Catalogue) -> LabelCounts:
    """Counted at one moment."""
    return Core(catalogue.engine, catalogue.data_dir)._read(_counted)


def _counted(session: Session) -> LabelCounts:
    fact, row = IdentityFactRow, AnnotationRow
    named = (
        select(fact.individual_id, fact.sighting_id, row.flank)
        .join(row, row.sighting_id == fact.sighting_id, isouter=True)
        .where(fact.kind == subjects.SIGHTING, fact.individual_id.is_not(None))
    )
    who, seen, unknown = set(), set(), 0
    shown: dict[tuple[int, str], set[str]] = defaultdict(set)
    pictures: Counter[str] = Counter()
    for number, sighting, flank in session.execute(named):
        if number is None or sighting is None:
            continue
        who.add(number)
        seen.add(sighting)
        if flank in {side.value for side in SIDES}:
            shown[number, flank].add(sighting)
            pictures[flank] += 1
        elif flank is not None:
            unknown += 1
    flanks = tuple(_of(side, shown, pictures) for side in SIDES)
    teaching = {number for (number, _), names in shown.items() if len(names) > 1}
    return LabelCounts(len(who), len(seen), len(teaching), flanks, unknown)


def _of(side: Flank, shown: dict[tuple[int, str], set[str]], pictures: Counter[str]) -> FlankCount:
    counts = [len(names) for (_, flank), names in shown.items() if flank == side.value]
    twice = sum(count > 1 for count in counts)
    return FlankCount(side, len(counts) - twice, twice, pictures[side.value])
