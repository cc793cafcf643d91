"""Stored identifications out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from service.schemas.base import In, Out

Kind = Literal["individual", "new", "inconclusive", "not comparable"]


class KeptIdentificationLine(Out):
    """Who a sighting was said to be, in a line."""

    id: str
    created_at: datetime
    sighting_id: str
    kind: Kind
    individual: str | None = Field(description="By the name that the animal had then.")
    probability: float | None
    prior_known: float = Field(description="Prior probability that it is in the catalogue.")
    max_error: float
    bundle: dict[str, str] | None = Field(
        description="The weights that answered: name, version, fingerprint, sha256."
    )
    up_to: int = Field(description="The last decision that was known; 0: none.")


class KeptCandidateOut(Out):
    """An individual that was looked at."""

    individual: str | None
    llr: float
    probability: float | None
    retrieval_rank: int | None


class KeptIdentificationOut(KeptIdentificationLine):
    """Question and answer as they are kept; the evidence is made again by asking again."""

    candidates: list[KeptCandidateOut] = Field(description="Likeliest first.")
    reasons: list[str]
    would_settle: str
    searched: int = Field(description="How many annotations were searched.")
    proposed: int
    verified: int
    provenance: dict[str, Any]


class KeptIdentificationsOut(Out):
    """A page of them, newest first."""

    identifications: list[KeptIdentificationLine]


class IdentificationsPage(In):
    """Which of them."""

    sighting_id: str | None = Field(
        default=None, max_length=1024, description="Of this sighting alone."
    )
    limit: int = Field(default=100, ge=1, le=1000)
    skip: int = Field(default=0, ge=0, le=1_000_000)
