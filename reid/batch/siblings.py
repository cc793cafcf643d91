"""Sightings of a batch, read back from the catalogue and compared with each other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from reid.batch.measure import reopened
from reid.catalogue import Catalogue
from reid.pipeline import Engine, PreparedSighting
from reid.pipeline.pairs import A_MATCH
from reid.pipeline.passages import one_clock
from reid.pipeline.sighting_pairs import compare_sightings
from reid.pipeline.usable import usable
from reid.types import PreparedAnnotation, Sighting, SightingPairEvidence

KEPT = 64
"""Sightings kept in memory without their pictures: those that are compared lie near in time."""

Offsets = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Sibling:
    """The animals of a sighting that may speak for it, without pictures, and why others may not."""

    id: str
    station: str | None
    animals: tuple[PreparedAnnotation, ...]
    flags: tuple[str, ...]


class Siblings:
    """The sightings of one batch; ``offsets`` [sighting][camera] is taken from pictures' times.

    So two cameras whose clocks were brought together count as one clock here, as they do nowhere
    else: the pictures' own times stay in the catalogue.
    """

    def __init__(
        self, engine: Engine, catalogue: Catalogue, offsets: Mapping[str, Offsets]
    ) -> None:
        self._engine, self._catalogue, self._offsets = engine, catalogue, offsets
        self._kept: OrderedDict[str, Sibling] = OrderedDict()

    def find(self, sighting_id: str) -> Sibling:
        """The sighting, from memory or the catalogue.

        Raises:
            NotFoundError: it is not stored, or was not measured with these models.
        """
        found = self._kept.get(sighting_id) or self._read(sighting_id)
        self._kept[sighting_id] = found
        self._kept.move_to_end(sighting_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _read(self, sighting_id: str) -> Sibling:
        engine = self._engine
        stored = self._catalogue.load_prepared(
            sighting_id, fingerprint=engine.embedder.fingerprint, method=engine.local.method
        )
        offsets = self._offsets.get(sighting_id, {})
        animals = one_clock([_corrected(a, offsets) for a in stored])
        able, flags = usable(animals, engine.config.frames_per_flank)
        station = self._catalogue.sighting(sighting_id).station
        return Sibling(sighting_id, station, tuple(able), flags)

    def opened(self, sibling: Sibling) -> PreparedSighting:
        """The sighting with the pixels of those pictures alone that speak for it."""
        animals = reopened(sibling.animals, self._catalogue.read_media)
        return PreparedSighting(Sighting(sibling.id, (), sibling.station), tuple(animals))

    def compare(self, query: PreparedSighting, other_id: str) -> SightingPairEvidence:
        """Evidence of an opened sighting against another; a claimed match is checked with pixels.

        Raises:
            NotFoundError: as ``find``.
        """
        other, mine = self.find(other_id), query.annotations
        found = compare_sightings(self._engine, query.sighting.id, mine, other_id, other.animals)
        if all(pair.llr <= A_MATCH for pair in found.pairs):
            return found
        theirs = self.opened(other).annotations
        return compare_sightings(self._engine, query.sighting.id, mine, other_id, theirs)


def _corrected(animal: PreparedAnnotation, offsets: Offsets) -> PreparedAnnotation:
    """The batch brings clocks together by itself, so recorded corrections do not count twice."""
    if not offsets:
        return animal
    at, offset = animal.image.clock_at or animal.image.captured_at, offsets.get(animal.camera or "")
    moved = at and at - timedelta(seconds=offset or 0.0)
    image = replace(animal.image, captured_at=moved, clock_at=None)
    return replace(animal, image=image)


def edge_of(evidence: SightingPairEvidence) -> dict[str, Any]:
    """Evidence of a pair as plain values; ``b`` is the other sighting."""
    return {
        "b": evidence.b,
        "llr": evidence.llr,
        "comparable": evidence.comparable,
        "withheld": list(evidence.withheld),
        "flags": list(evidence.flags),
        "missing": evidence.missing,
    }


def counts(edge: Mapping[str, Any]) -> bool:
    """Whether an edge says anything for or against sameness."""
    return bool(edge["comparable"]) and not edge["withheld"]
