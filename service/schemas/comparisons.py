"""Comparisons in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from service.schemas.base import Id, In, Out

Open = Annotated[float, Field(ge=0.001, le=0.999)]
Error = Annotated[float, Field(ge=0.0001, le=0.4)]
EXAMPLE: dict[str, Any] = {
    "sighting_ids": ["september", "november", "december"],
    "prior_same": 0.5,
    "max_error": 0.01,
    "distances_km": [{"a": "september", "b": "december", "km": 18.6}],
}


class DistanceIn(In):
    """How far two sightings are apart, where no positions say it."""

    a: Id
    b: Id
    km: float = Field(ge=0, le=20_100)


class ComparisonIn(In):
    """Which stored sightings to compare."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    sighting_ids: list[Id] = Field(min_length=2, max_length=50)
    prior_same: Open | None = Field(
        default=None, description="Prior probability that two are the same; default 0.5."
    )
    max_error: Error | None = Field(
        default=None, description="Highest accepted error rate of a verdict; default 0.01."
    )
    distances_km: list[DistanceIn] = Field(default=[], max_length=1225)

    @model_validator(mode="after")
    def _agrees(self) -> ComparisonIn:
        if len(set(self.sighting_ids)) < len(self.sighting_ids):
            raise ValueError("sighting_ids: expected every sighting once")
        pairs = [frozenset((d.a, d.b)) for d in self.distances_km]
        if any(len(pair) < 2 or not pair <= set(self.sighting_ids) for pair in pairs):
            raise ValueError("distances_km: expected two different sightings of sighting_ids")
        if len(set(pairs)) < len(pairs):
            raise ValueError("distances_km: expected every pair once")
        return self

    def distances(self) -> dict[tuple[str, str], float] | None:
        """As the library takes them; None when none are given."""
        return {(d.a, d.b): d.km for d in self.distances_km} or None


class ComparisonOut(Out):
    """The answer; `reid.evidence.comparison_json` documents every key inside.

    Keys are added over time, never renamed.
    """

    model_config = ConfigDict(extra="allow")

    schema_: str = Field(alias="schema", examples=["leopard-reid/comparison/1"])
    id: str
    created_at: datetime
    summary: str = Field(description="The answer in words.")
    synthetic: bool = Field(description="True for pictures that no camera took.")
    flags: list[str]
    exact: bool = Field(description="False: the groupings are approximated.")
    prior_same: float
    max_error: float
    verdicts: list[dict[str, Any]] = Field(
        description="By pair: verdict (same, different, inconclusive, not comparable), "
        "probability of same, reasons, would_settle, prior_curve."
    )
    groupings: list[dict[str, Any]] = Field(description="Likeliest first.")
    evidence: list[dict[str, Any]] = Field(
        description="By pair: llr by flank, pairs of annotations, names of pictures, controls."
    )
    journeys: list[dict[str, Any]] = Field(description="Clock and travel, apart from pictures.")
    sightings: list[dict[str, Any]]
    submitted: list[str] = Field(
        description="Ids as asked for. Where the clocks of a sighting's cameras disagree, what "
        "each clock saw is compared as a sighting of its own, named `november (camera A)`."
    )
    rejected: list[dict[str, Any]]
    bundle: dict[str, str] | None = Field(
        default=None, description="The weights that answered: name, version, fingerprint, sha256."
    )
    provenance: dict[str, Any] = Field(description="Hashes and versions to run it again.")


class ComparisonLine(Out):
    """A stored comparison in a line."""

    id: str
    created_at: datetime
    sighting_ids: list[str]
    summary: str


class ComparisonsOut(Out):
    """A page of comparisons, newest first."""

    comparisons: list[ComparisonLine]


class ComparisonsPage(In):
    """Which page."""

    limit: int = Field(default=100, ge=1, le=1000)
    skip: int = Field(default=0, ge=0, le=1_000_000)
