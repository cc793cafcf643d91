"""What a decision can be about, by a name that every database can look up."""

from __future__ import annotations

import json
from dataclasses import dataclass

SIGHTING, INDIVIDUAL, PAIR = "sighting", "individual", "pair"
NO_MATCH, PATTERN_CHANGE = "no-match", "pattern-change"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing that events change: ``kind`` and what names it."""

    kind: str
    key: tuple[str, ...]

    @property
    def text(self) -> str:
        """The same text for the same subject, whatever characters its ids hold."""
        return json.dumps([self.kind, *self.key], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Subject:
        """The subject of a text."""
        kind, *key = json.loads(text)
        return cls(kind, tuple(key))


def sighting(sighting_id: str) -> Subject:
    """Who a sighting is."""
    return Subject(SIGHTING, (sighting_id,))


def individual(number: int) -> Subject:
    """A known animal; its number never changes and is never used again."""
    return Subject(INDIVIDUAL, (str(number),))


def pair(a: str, b: str) -> Subject:
    """What people said of two sightings, in either order."""
    return Subject(PAIR, (min(a, b), max(a, b)))


def no_match(sighting_id: str, number: int | None = None) -> Subject:
    """That a sighting is not an individual; without one, nobody whom the catalogue knew."""
    return Subject(NO_MATCH, (sighting_id,) if number is None else (sighting_id, str(number)))


def pattern_change(event: int) -> Subject:
    """A change of the coat, named by the event that noted it."""
    return Subject(PATTERN_CHANGE, (str(event),))
