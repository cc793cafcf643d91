"""Who was photographed when, by which sides: what every count of animals starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

NEVER = datetime.min
"""When nobody knows when."""
APART = -30.0
"""The llr of two that a person called two animals: as sure as the numbers can hold."""
Links = Mapping[tuple[str, str], float]
"""Log-likelihood ratios, natural log, by pair of sightings, or of one and ``node_of`` a name."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A passage of an animal by a station; ``sighting`` is what it is called in the catalogue.

    ``individual`` "": nobody knows who. ``at``: `NEVER` where nobody knows when. ``sides``: the
    flanks that were seen. ``note``: what there is to say of its time.
    """

    individual: str
    station: str
    at: datetime
    sighting: str
    sides: frozenset[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """A time in which nobody comes or goes: which captures are in it, and in which occasion.

    ``members`` are places in a list of captures, ``occasion`` (as long) counts from 1.
    ``occasions``: how many there are; None: the effort is not known, so nothing can be estimated.
    """

    name: str
    members: tuple[int, ...]
    occasion: tuple[int, ...] = ()
    occasions: int | None = None


def node_of(individual: str) -> str:
    """A named animal among the names of sightings."""
    return f"individual:{individual}"


def sides_of(captures: Iterable[Capture]) -> dict[str, str]:
    """For every named animal: both, left, right, or unknown where no flank was told."""
    seen: dict[str, set[str]] = {}
    for one in captures:
        if one.individual:
            seen.setdefault(one.individual, set()).update(one.sides)
    return {
        name: "both" if len(sides) == 2 else next(iter(sides), "unknown")
        for name, sides in sorted(seen.items())
    }


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of named animals and unnamed sightings, both as nodes.

    ``sides`` of named animals by node; ``links`` between any two nodes that were compared, or that
    a person told apart (`APART`).
    """

    unnamed: tuple[str, ...]
    sides: Mapping[str, str]
    links: Links

    def named_apart(self, a: str, b: str) -> bool:
        """Whether two nodes are two animals by the word of whoever named them.

        They are, unless no more can have been seen than the left of one and the right of the other.
        """
        kinds = {self.sides.get(a, ""), self.sides.get(b, "")}
        return "" not in kinds and kinds != {"left", "right"}

    def link(self, a: str, b: str) -> float | None:
        """The evidence on two nodes; None where nobody compared them."""
        return self.links.get((min(a, b), max(a, b)))

    def could_be_one(self, a: str, b: str) -> bool:
        """Whether nothing that was looked at bears on two nodes being one animal."""
        return self.link(a, b) is None and not self.named_apart(a, b)


def nodes_of(captures: Sequence[Capture]) -> list[str]:
    """The node of every capture; somebody unnamed beside a named animal is a node of its own."""
    owner = _owners(captures)
    return [
        node_of(one.individual)
        if one.individual
        else one.sighting + ("/unnamed" if one.sighting in owner else "")
        for one in captures
    ]


def _owners(captures: Iterable[Capture]) -> dict[str, str]:
    return {one.sighting: node_of(one.individual) for one in captures if one.individual}


def ground_of(captures: Sequence[Capture], evidence: Links) -> Ground:
    """Evidence on sightings that are somebody counts for the animal: of several the strongest."""
    owner = _owners(captures)
    sides = {node_of(name): side for name, side in sides_of(captures).items()}
    unnamed = set(nodes_of(captures)) - set(sides)
    known = unnamed | set(sides)
    links: dict[tuple[str, str], float] = {}
    for (a, b), llr in evidence.items():
        one, two = sorted((owner.get(a, a), owner.get(b, b)))
        if one != two and one in known and two in known:
            links[one, two] = max(links.get((one, two), 0.0), llr, key=abs)
    return Ground(tuple(sorted(unnamed)), sides, links)
