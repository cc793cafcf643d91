"""What a person can decide. Individuals by name, sightings by id."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from reid.identities.facts import PatternWord


class DecisionKind(StrEnum):
    """The kinds of events."""

    CONFIRM = "confirm"
    REJECT = "reject"
    NEW = "new-individual"
    NOT_IDENTIFIABLE = "not-identifiable"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    PATTERN_CHANGE = "pattern-change"
    NO_MATCH = "no-match"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Confirm:
    """This sighting is that known individual."""

    sighting: str
    individual: str


@dataclass(frozen=True, slots=True)
class Reject:
    """These two sightings are two animals."""

    a: str
    b: str


@dataclass(frozen=True, slots=True)
class NewIndividual:
    """These sightings (or none yet) are an animal that nobody named; ``name`` None: make one."""

    sightings: tuple[str, ...] = ()
    name: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotIdentifiable:
    """Nobody will ever tell from these pictures who it is."""

    sighting: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """No longer believed of this sighting: who it is, or that it is not identifiable."""

    sighting: str


@dataclass(frozen=True, slots=True)
class Merge:
    """``gone`` is ``keep``: all its sightings are ``keep``'s."""

    keep: str
    gone: str


@dataclass(frozen=True, slots=True)
class Split:
    """These sightings of ``individual`` are another animal; ``name`` None: make one."""

    individual: str
    sightings: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name; the old one stays this individual's for good."""

    individual: str
    name: str


@dataclass(frozen=True, slots=True)
class PatternChanged:
    """The coat changed (``since`` None: nobody knows when): other pictures are no contradiction."""

    individual: str
    what: PatternWord
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Looked at, and no match: with this individual, or (None) with anybody known now."""

    sighting: str
    individual: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back a whole event; undoing an undo does it again."""

    event: int


Decision = (
    Confirm
    | Reject
    | NewIndividual
    | NotIdentifiable
    | Withdraw
    | Merge
    | Split
    | Rename
    | PatternChanged
    | NoMatch
    | Undo
)

KINDS: dict[type[Decision], DecisionKind] = {
    Confirm: DecisionKind.CONFIRM,
    Reject: DecisionKind.REJECT,
    NewIndividual: DecisionKind.NEW,
    NotIdentifiable: DecisionKind.NOT_IDENTIFIABLE,
    Withdraw: DecisionKind.WITHDRAW,
    Merge: DecisionKind.MERGE,
    Split: DecisionKind.SPLIT,
    Rename: DecisionKind.RENAME,
    PatternChanged: DecisionKind.PATTERN_CHANGE,
    NoMatch: DecisionKind.NO_MATCH,
    Undo: DecisionKind.UNDO,
}


def told(decision: Decision) -> dict[str, Any]:
    """The decision as JSON says it, without its kind."""
    return {name: _plain(value) for name, value in asdict(decision).items()}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, datetime) else value
