"""What a decision stands on, the changes that it makes, and how they are gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reid.identities import subjects
from reid.identities.facts import Belonging, Fact, Held
from reid.identities.subjects import Subject


class Role(StrEnum):
    """What an event does to a subject."""

    SET = "set"  # another fact
    TOUCH = "touch"  # the same fact, but who looks at it sees something else: a new version
    MENTION = "mention"  # in its history only


@dataclass(frozen=True, slots=True)
class Change:
    """One subject in one event; after it is undone it is ``before`` again, writer and all."""

    subject: Subject
    before: Held
    after: Held
    role: Role = Role.SET


class Ground(Protocol):
    """What is believed now. Names and numbers that were given are never given to another."""

    def held(self, subject: Subject) -> Held:
        """What is believed of a subject."""

    def last_set(self, subject: Subject) -> int:
        """The last event that gave the subject another fact; 0: none did."""

    def members(self, number: int) -> Sequence[str]:
        """The sightings that are this individual."""

    def merged_into(self, number: int) -> Sequence[int]:
        """The individuals whose sightings this one took."""

    def number_of(self, name: str) -> int | None:
        """Whose name this is, or was."""

    def reserve(self, name: str | None, note: str) -> tuple[int, str]:
        """A number for a new individual and its name, made when None."""

    def take_name(self, name: str, number: int) -> None:
        """Keep a name for an individual for good."""

    def need_sighting(self, sighting_id: str) -> None:
        """Raise NotFoundError unless it is stored."""

    def changes(self, event: int) -> Sequence[Change]:
        """What an event changed; raises NotFoundError for none of that number."""


class Draft:
    """Changes of one event, as they are gathered."""

    def __init__(self, ground: Ground, event: int) -> None:
        self.ground, self.event = ground, event
        self._set: dict[Subject, Change] = {}
        self._other: dict[Subject, Change] = {}

    def put(self, subject: Subject, fact: Fact | None) -> None:
        """The subject is this from now on, by this event."""
        self.restore(subject, Held(fact, self.event))

    def restore(self, subject: Subject, after: Held) -> None:
        """The subject is this from now on, whoever said so."""
        before = self.ground.held(subject)
        self._set[subject] = Change(subject, before, after)
        for held in (before, after):
            if isinstance(held.fact, Belonging) and held.fact.individual is not None:
                self.touch(subjects.individual(held.fact.individual))

    def touch(self, subject: Subject) -> None:
        """Its version changes, the fact stays."""
        held = self.ground.held(subject)
        self._other[subject] = Change(subject, held, held, Role.TOUCH)

    def mention(self, *about: Subject) -> None:
        """The event is part of their history."""
        for subject in about:
            held = self.ground.held(subject)
            self._other.setdefault(subject, Change(subject, held, held, Role.MENTION))

    def now(self, subject: Subject) -> Held:
        """What is believed of a subject when this event is over."""
        change = self._set.get(subject)
        return self.ground.held(subject) if change is None else change.after

    def placed(self) -> list[Change]:
        """The changes of facts so far."""
        return list(self._set.values())

    def done(self) -> tuple[Change, ...]:
        """All changes; none when no fact changes."""
        others = [c for s, c in self._other.items() if s not in self._set]
        return (*self._set.values(), *others) if self._set else ()
