"""The answer to "are these sightings the same animal?"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reid.types.checks import require
from reid.types.evidence import SightingPairEvidence
from reid.types.sighting import PreparedAnnotation, Sighting


class VerdictKind(StrEnum):
    """The four answers."""

    SAME = "same"
    DIFFERENT = "different"
    INCONCLUSIVE = "inconclusive"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way of sharing the sightings among animals, with its posterior probability."""

    groups: tuple[tuple[str, ...], ...]
    probability: float


@dataclass(frozen=True, slots=True)
class PriorPoint:
    """The pair's posterior under another prior probability of "same"."""

    prior: float
    probability: float


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """The answer for two sightings.

    ``probability`` of "same" is the posterior under the stated prior, over all groupings, so it
    agrees with every other pair's; None when not comparable. ``direct_llr`` is the evidence of
    these two alone; ``bridged_by`` names sightings through which the answer came. ``reasons``
    explain it in words; ``would_settle`` says which picture would.
    """

    a: str
    b: str
    kind: VerdictKind
    probability: float | None
    direct_llr: float
    prior_curve: tuple[PriorPoint, ...]
    reasons: tuple[str, ...]
    would_settle: str = ""
    bridged_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(
            (self.probability is None) == (self.kind is VerdictKind.NOT_COMPARABLE),
            f"verdict {self.kind} of {self.a} and {self.b}: probability {self.probability}",
        )


@dataclass(frozen=True, slots=True)
class JourneyCheck:
    """Clock, date and travel speed between two sightings, for one choice of disputed times.

    ``status``: ``"possible"``, ``"unlikely"``, ``"impossible"`` or ``"unknown"``. It never
    changes the visual evidence.
    """

    a: str
    b: str
    a_time: datetime | None
    b_time: datetime | None
    days: float | None
    distance_km: float | None
    speed_km_per_day: float | None
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Everything found about some sightings, enough to explain and to replay it.

    ``provenance`` holds hashes and versions: inputs (sha256 by file), weights fingerprints,
    calibration, configuration, code version. ``rejected`` are files that could not be used:
    (sighting id, file name, reason). ``submitted`` are the sightings as submitted where
    ``sightings`` holds parts of them (cameras whose clocks disagree), otherwise empty.
    """

    id: str
    created_at: datetime
    sightings: tuple[Sighting, ...]
    annotations: tuple[PreparedAnnotation, ...] = field(repr=False)
    pairs: tuple[SightingPairEvidence, ...] = field(repr=False)
    groupings: tuple[Grouping, ...]
    exact: bool
    prior_same: float
    max_error: float
    verdicts: tuple[PairVerdict, ...]
    journeys: tuple[JourneyCheck, ...]
    summary: str
    flags: tuple[str, ...] = ()
    rejected: tuple[tuple[str, str, str], ...] = ()
    provenance: dict[str, object] = field(default_factory=dict, repr=False)
    submitted: tuple[Sighting, ...] = ()
