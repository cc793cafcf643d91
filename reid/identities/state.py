"""What is believed, in memory: the projection of some events, made again from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reid.errors import NotFoundError
from reid.identities import subjects
from reid.identities.facts import NOTHING, Belonging, Held, Known
from reid.identities.ground import Change, Role
from reid.identities.subjects import Subject

NAME = "L{:04d}"
"""Names that nobody chose: the individual's number, which is never used again."""


@dataclass(frozen=True, slots=True)
class Versioned:
    """What is believed of a subject; ``version`` is the last event after which it looks other."""

    held: Held
    version: int


class State:
    """Facts by subject; ``apply`` takes the next event's changes."""

    def __init__(self, sightings: Iterable[str] = ()) -> None:
        self.sightings = set(sightings)
        self._facts: dict[Subject, Versioned] = {}
        self._names: dict[str, int] = {}
        self._changes: dict[int, tuple[Change, ...]] = {}
        self._last_set: dict[Subject, int] = {}

    def apply(self, event: int, changes: Iterable[Change]) -> None:
        """Believe what an event changed."""
        self._changes[event] = tuple(changes)
        for change in self._changes[event]:
            if change.role is not Role.MENTION:
                self._facts[change.subject] = Versioned(change.after, event)
            if change.role is Role.SET:
                self._last_set[change.subject] = event

    def facts(self) -> Mapping[Subject, Versioned]:
        """Everything that was ever believed, with what it is now."""
        return self._facts

    def held(self, subject: Subject) -> Held:
        """What is believed of a subject."""
        found = self._facts.get(subject)
        return NOTHING if found is None else found.held

    def version(self, subject: Subject) -> int:
        """The last event after which the subject looks other; 0: none."""
        found = self._facts.get(subject)
        return 0 if found is None else found.version

    def last_set(self, subject: Subject) -> int:
        """The last event that gave the subject another fact; 0: none did."""
        return self._last_set.get(subject, 0)

    def members(self, number: int) -> Sequence[str]:
        """The sightings that are this individual, by id."""
        held = ((s, v.held.fact) for s, v in self._facts.items() if s.kind == subjects.SIGHTING)
        return sorted(
            s.key[0] for s, f in held if isinstance(f, Belonging) and f.individual == number
        )

    def merged_into(self, number: int) -> Sequence[int]:
        """The individuals whose sightings this one took."""
        held = ((s, v.held.fact) for s, v in self._facts.items() if s.kind == subjects.INDIVIDUAL)
        return sorted(
            int(s.key[0]) for s, f in held if isinstance(f, Known) and f.merged_into == number
        )

    def names(self) -> Mapping[str, int]:
        """Whose every name is or was, in the order in which they were given."""
        return self._names

    def number_of(self, name: str) -> int | None:
        """Whose name this is, or was."""
        return self._names.get(name)

    def reserve(self, name: str | None, note: str) -> tuple[int, str]:  # noqa: ARG002
        """A number for a new individual and its name, made when None."""
        number = max(self._names.values(), default=0) + 1
        chosen = free_name(number, self._names.__contains__) if name is None else name
        self._names[chosen] = number
        return number, chosen

    def take_name(self, name: str, number: int) -> None:
        """Keep a name for an individual for good."""
        self._names[name] = number

    def need_sighting(self, sighting_id: str) -> None:
        """Raise NotFoundError unless it is stored."""
        if sighting_id not in self.sightings:
            raise NotFoundError(f"no sighting {sighting_id!r} in the catalogue; save it first")

    def changes(self, event: int) -> Sequence[Change]:
        """What an event changed."""
        if event not in self._changes:
            raise NotFoundError(f"no event {event} in the history; list them")
        return self._changes[event]


def free_name(number: int, taken: Callable[[str], bool]) -> str:
    """A name made from a number that nobody has or had."""
    name, plain = NAME.format(number), NAME.format(number)
    again = 1
    while taken(name):
        again += 1
        name = f"{plain}-{again}"
    return name
