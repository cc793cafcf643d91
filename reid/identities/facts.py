"""What is believed of a subject: small values, and their form in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from reid.identities import subjects
from reid.identities.subjects import Subject


@dataclass(frozen=True, slots=True)
class Belonging:
    """Who a sighting is: the individual's number, or nobody yet (or not identifiable at all)."""

    individual: int | None
    identifiable: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """An individual: its name now; ``merged_into`` is the one that took its sightings."""

    name: str
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Different:
    """Somebody looked at two sightings and said: two animals."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Somebody looked and found no match; ``up_to`` is the last event that they could know of."""

    up_to: int


class PatternWord(StrEnum):
    """Why a coat looks different now."""

    SCAR = "scar"
    GROWTH = "growth"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CoatChange:
    """An individual's coat changed; ``since`` None: nobody knows when."""

    individual: int
    what: PatternWord
    since: datetime | None = None


Fact = Belonging | Known | Different | Unmatched | CoatChange


@dataclass(frozen=True, slots=True)
class Held:
    """A fact and the event that it rests on; ``Held()``: nobody ever said anything."""

    fact: Fact | None = None
    writer: int = 0


NOTHING = Held()
OF_KIND: dict[str, type[Fact]] = {
    subjects.SIGHTING: Belonging,
    subjects.INDIVIDUAL: Known,
    subjects.PAIR: Different,
    subjects.NO_MATCH: Unmatched,
    subjects.PATTERN_CHANGE: CoatChange,
}


def plain(fact: Fact | None) -> dict[str, Any] | None:
    """The fact as JSON says it."""
    if fact is None:
        return None
    values = asdict(fact)
    if isinstance(fact, CoatChange):
        values["since"] = None if fact.since is None else fact.since.isoformat()
    return values


def fact_of(subject: Subject, values: Mapping[str, Any] | None) -> Fact | None:
    """The fact of a subject from its JSON form."""
    if values is None:
        return None
    if subject.kind == subjects.PATTERN_CHANGE:
        since = values["since"]
        since = None if since is None else datetime.fromisoformat(since)
        return CoatChange(values["individual"], PatternWord(values["what"]), since)
    return OF_KIND[subject.kind](**values)
