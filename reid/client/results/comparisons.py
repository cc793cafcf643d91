"""Comparisons, and who a sighting is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from reid.client.results.base import Result


class Comparison(Result):
    """Are these sightings the same animal? Keys inside: `reid.evidence.comparison_json`.

    ``verdicts``: by pair ``verdict`` (same, different, inconclusive, not comparable),
    ``probability``, ``reasons``, ``would_settle``. ``groupings``: likeliest first.
    """

    schema_: str = Field(alias="schema")
    id: str
    created_at: datetime
    summary: str
    synthetic: bool
    flags: tuple[str, ...]
    exact: bool
    prior_same: float
    max_error: float
    verdicts: tuple[dict[str, Any], ...]
    groupings: tuple[dict[str, Any], ...]
    evidence: tuple[dict[str, Any], ...]
    journeys: tuple[dict[str, Any], ...]
    sightings: tuple[dict[str, Any], ...]
    submitted: tuple[str, ...]
    rejected: tuple[dict[str, Any], ...]
    provenance: dict[str, Any]
    bundle: dict[str, str] | None = None


class ComparisonLine(Result):
    """A stored comparison in a line."""

    id: str
    created_at: datetime
    sighting_ids: tuple[str, ...]
    summary: str


class Comparisons(Result):
    """A page of comparisons, newest first."""

    comparisons: tuple[ComparisonLine, ...]


class Candidate(Result):
    """An individual that was looked at; ``llr`` is a natural log-likelihood ratio."""

    individual: str | None
    sighting_ids: tuple[str, ...]
    llr: float
    probability: float | None
    retrieval_rank: int | None
    ranks: dict[str, int]
    reasons: tuple[str, ...]


class Route(Result):
    """A way to candidates, and what it did."""

    name: str
    searched: int
    ranked: int
    note: str


class KeptIdentificationLine(Result):
    """Who a sighting was said to be; ``individual`` by the name that the animal had then.

    ``bundle``: the weights that answered (name, version, fingerprint, sha256). ``up_to``: the last
    decision then known.
    """

    id: str
    created_at: datetime
    sighting_id: str
    kind: str
    individual: str | None
    probability: float | None
    prior_known: float
    max_error: float
    bundle: dict[str, str] | None
    up_to: int


class KeptCandidate(Result):
    """An individual that was looked at; ``llr`` is a natural log-likelihood ratio."""

    individual: str | None
    llr: float
    probability: float | None
    retrieval_rank: int | None


class KeptIdentification(KeptIdentificationLine):
    """Question and answer as they are kept."""

    candidates: tuple[KeptCandidate, ...]
    reasons: tuple[str, ...]
    would_settle: str
    searched: int
    proposed: int
    verified: int
    provenance: dict[str, Any]


class KeptIdentifications(Result):
    """A page of them, newest first."""

    identifications: tuple[KeptIdentificationLine, ...]


class Identification(Result):
    """Who a sighting is: ``kind`` is individual, new, inconclusive or not comparable.

    ``id`` goes into ``shown`` of a decision that rests on it; "" where the answer was not kept.
    """

    id: str
    sighting_id: str
    kind: str
    individual: str | None
    probability: float | None
    candidates: tuple[Candidate, ...]
    reasons: tuple[str, ...]
    would_settle: str
    searched: int
    proposed: int
    verified: int
    routes: tuple[Route, ...]
    comparison: dict[str, Any] | None
    provenance: dict[str, Any]
    bundle: dict[str, str] | None
