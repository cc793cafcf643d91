"""Individuals, and who a sighting is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from service.schemas.base import Id, In, Name, Out, Text
from service.schemas.comparisons import Error, Open
from service.schemas.decisions import SHOWN, AsOf


class EnrolIn(In):
    """Somebody says that a sighting is this individual."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"sighting_id": "november", "by": "Asel", "why": "rosettes of the right flank"}
            ]
        }
    )

    sighting_id: Id
    by: Name = Field(description="Who says it.")
    why: Text = ""
    accept_flags: bool = Field(
        default=False,
        description="Enrol although the pictures are flagged: not a leopard, no animal, several.",
    )
    shown: dict[str, JsonValue] = Field(default={}, description=SHOWN)


class WithdrawIn(In):
    """Somebody takes it back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "Asel", "why": "mixed up two stations"}]}
    )

    by: Name
    why: Text = ""


class IdentificationOut(Out):
    """One event in the history of who a sighting is."""

    sighting_id: str
    individual: str
    kind: Literal["new", "confirmed", "withdrawn"]
    by: str
    why: str
    at: datetime


class EnrolledOut(IdentificationOut):
    """The event, whether it changed anything, and what was odd about the pictures."""

    appended: bool
    flags: list[str]


class IndividualOut(Out):
    """A known animal and the sightings believed to be it now, or as asked."""

    name: str
    note: str
    created_at: datetime
    sighting_ids: list[str]
    version: int = Field(description="Goes into `seen` of a decision; its ETag.")


class IndividualsOut(Out):
    """A page of those known, by name; `next` goes into `after` for the page that follows."""

    individuals: list[IndividualOut]
    next: str | None


class IndividualsPage(AsOf):
    """Which of them, and when."""

    limit: int = Field(default=1000, ge=1, le=1000)
    after: str = Field(default="", max_length=255, description="Names that come after this one.")
    q: str = Field(
        default="", max_length=128, description="Part of a name, also of one that it had."
    )


class IdentifyIn(In):
    """Who is this?"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"sighting_id": "december", "prior_known": 0.5}]}
    )

    sighting_id: Id
    prior_known: Open = Field(
        default=0.5, description="Prior probability that the animal is in the catalogue."
    )
    max_error: Error | None = Field(default=None, description="As in a comparison.")


class CandidateOut(Out):
    """An individual that was looked at."""

    individual: str | None
    sighting_ids: list[str]
    llr: float
    probability: float | None
    retrieval_rank: int | None = Field(description="The better of its ranks, from 1.")
    ranks: dict[str, int] = Field(description="Its place in each route that found it, from 1.")
    reasons: list[str]


class RouteOut(Out):
    """A way to candidates, and what it did."""

    name: str = Field(description="embedding, or votes: of local descriptors.")
    searched: int = Field(description="How many annotations it searched.")
    ranked: int = Field(description="How many known sightings it ranked.")
    note: str = Field(description="Why it could not propose, or not among all; else empty.")


class AnswerOut(Out):
    """Who the sighting is, as far as the pictures tell. A failed search is a 503, never this."""

    id: str = Field(
        description="Of question and answer as they are kept: goes into `shown.identification` of "
        "a decision that rests on it. Empty where they could not be kept."
    )
    sighting_id: str
    kind: Literal["individual", "new", "inconclusive", "not comparable"]
    individual: str | None
    probability: float | None
    candidates: list[CandidateOut]
    reasons: list[str]
    would_settle: str
    searched: int = Field(description="How many annotations were searched.")
    proposed: int = Field(description="How many known sightings the routes proposed.")
    verified: int = Field(
        description="How many of them were looked at: without a match among the others the answer "
        "stays the same, and they keep their prior."
    )
    routes: list[RouteOut]
    comparison: dict[str, Any] | None = Field(description="The evidence, as in a comparison.")
    bundle: dict[str, str] | None = Field(
        description="The weights that answered: name, version, fingerprint, sha256."
    )
    provenance: dict[str, Any]
