"""Individuals, and the decisions that say who is who."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reid.client.results.base import Result


class Individual(Result):
    """A known animal and the sightings believed to be it."""

    name: str
    note: str
    created_at: datetime
    sighting_ids: tuple[str, ...]
    version: int


class Individuals(Result):
    """A page of those known, by name."""

    individuals: tuple[Individual, ...]
    next: str | None


class IdentityChange(Result):
    """One event in the history of who a sighting is: new, confirmed or withdrawn."""

    sighting_id: str
    individual: str
    kind: str
    by: str
    why: str
    at: datetime


class Enrolment(IdentityChange):
    """The event, whether it changed anything, and what was odd about the pictures."""

    appended: bool
    flags: tuple[str, ...]


class Seen(Result):
    """A version of a sighting or an individual; goes into `seen` of a decision as it is."""

    sighting_id: str | None = None
    individual: str | None = None
    version: int


class Event(Result):
    """A decision in the history."""

    number: int
    at: datetime
    kind: str
    by: str
    why: str
    told: dict[str, Any]
    shown: dict[str, Any]
    seen: tuple[Seen, ...]
    words: str
    undone_by: int | None


class Decided(Result):
    """The event of a decision; None when it was so already."""

    event: Event | None


class Events(Result):
    """A page of the history, oldest first; `next` goes into `after`."""

    events: tuple[Event, ...]
    next: int | None


class Move(Result):
    """A sighting that would be somebody else."""

    sighting: str
    before: str | None
    after: str | None


class StoredVerdict(Result):
    """A stored verdict on two sightings that would come together or be parted."""

    comparison: str
    a: str
    b: str
    kind: str
    probability: float | None
    llr: float


class Contradiction(Result):
    """Something that speaks against it."""

    kind: str
    a: str
    b: str
    words: str
    event: int | None
    comparison: str | None


class Contradictions(Result):
    """What speaks against the sightings of an individual being one animal."""

    contradictions: tuple[Contradiction, ...]


class Export(Result):
    """A table that went out and says otherwise."""

    number: int
    name: str
    by: str
    at: datetime
    sightings: tuple[str, ...]


class Preview(Result):
    """What a merge or split would change, and what speaks against it."""

    moves: tuple[Move, ...]
    verdicts: tuple[StoredVerdict, ...]
    explained: tuple[StoredVerdict, ...]
    contradictions: tuple[Contradiction, ...]
    exports: tuple[Export, ...]
    seen: tuple[Seen, ...]
