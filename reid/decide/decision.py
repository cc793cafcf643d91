"""What `reid.decide.decide` hands back, and one pair's case while its words are found."""

from __future__ import annotations

from dataclasses import dataclass, field

from reid.types import (
    Grouping,
    PairVerdict,
    PreparedAnnotation,
    PriorPoint,
    SightingPairEvidence,
    VerdictKind,
)


@dataclass(frozen=True, slots=True)
class AnimalCount:
    """How many animals the sightings show.

    ``at_least`` follows from "different" verdicts, ``at_most`` from "same" verdicts;
    ``probable`` is a number with a posterior of at least 0.8 where every sighting is tied to
    another by evidence, else None.
    """

    at_least: int
    at_most: int
    probable: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The answer for some sightings.

    ``groupings`` are the likeliest first (all of them up to five sightings); ``exact`` is false
    beyond ten sightings. ``flags``: ``"one-sighting"``, ``"approximate"``, ``"conflict"``,
    ``"withheld"``, ``"prior-sensitive"``.
    """

    sighting_ids: tuple[str, ...]
    groupings: tuple[Grouping, ...]
    exact: bool
    verdicts: tuple[PairVerdict, ...]
    animals: AnimalCount
    prior_same: float
    max_error: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PairCase:
    """Everything known of one pair when the verdict is given.

    ``evidence`` is natural log, all evidence without the prior; ``answers`` are the verdicts
    under other priors; ``conflicts`` the contradictions (a, b, c) in which the pair takes part.
    """

    pair: SightingPairEvidence
    kind: VerdictKind
    probability: float
    evidence: float
    bridged_by: tuple[str, ...]
    prior_same: float
    max_error: float
    prior_curve: tuple[PriorPoint, ...]
    answers: tuple[tuple[float, VerdictKind], ...]
    conflicts: tuple[tuple[str, str, str], ...] = ()
    annotations: tuple[PreparedAnnotation, ...] = field(default=(), repr=False)

    def pictures(self, sighting_id: str) -> tuple[PreparedAnnotation, ...]:
        """The annotations of one of the two sightings."""
        return tuple(a for a in self.annotations if a.sighting_id == sighting_id)
