"""Bundles of weights in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from service.schemas.base import In, Out, Text
from service.schemas.jobs import JobOut


class BundleOut(Out):
    """A bundle of weights, and where it comes from."""

    name: str
    version: str
    fingerprint: str = Field(description="Vectors are compared under equal ones only.")
    sha256: str = Field(description="Of all its files; names it.")
    parent: str | None = Field(description="sha256 of the bundle that training started from.")
    data_manifest_sha256: str = Field(description="Of the list of what it was trained on.")
    code_version: str
    figures: dict[str, Any] = Field(description="What its maker measured.")
    licence: str = Field(description="SPDX, of the weights.")
    data_licences: list[str] = Field(description="SPDX, of the training data.")
    state: Literal["default", "registered", "active", "former", "forgotten"]
    registered_at: datetime | None = Field(description="None: configured, not registered.")
    by: str
    signer: str = Field(description="Public key; empty for the configured one.")
    gate: dict[str, Any] | None = Field(
        description="The newest trial: `champion_sha256` against which bundle, `regression` "
        "whether it refused, `reasons`, `notes`, `lines`; `overridden_by` who took it at its "
        "training."
    )
    trial: Literal["serves", "none", "other", "refused", "passed"] = Field(
        description="How it stands now: never tried, tried against another bundle than the one "
        "that serves, refused or passed. All but passed need an override to be promoted."
    )
    trial_words: str = Field(description="What speaks against a promotion; empty: nothing.")


class BundlesOut(Out):
    """The configured default first, then all that were registered, oldest first."""

    active: BundleOut
    why: str = Field(description="Why it is that one that serves.")
    bundles: list[BundleOut]


class BundleDetailOut(BundleOut):
    """All of a bundle."""

    lacking: int = Field(description="Stored annotations without its embedding; 0: it may serve.")
    warnings: list[str] = Field(
        description="What to know before it is promoted: nobody looked at what it would change."
    )


class WhyIn(In):
    """A reason; who says it is the key's person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "fewer misses at night"}]})

    why: Text = Field(min_length=1)


class PromoteIn(WhyIn):
    """Why this bundle is to serve."""

    override: bool = Field(
        default=False,
        description="Although no trial against the bundle that serves passed; the reason is `why`.",
    )


class ReEmbedIn(In):
    """How a bundle is made ready."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"promote": "better at night"}]})

    promote: Text | None = Field(
        default=None, min_length=1, description="Why it serves once it is ready; else it waits."
    )
    override: bool = Field(
        default=False,
        description="Although no trial against the bundle that serves passed; the reason is "
        "`promote`.",
    )


class TrialIn(In):
    """Who judges a bundle beside the reference tables of the service."""

    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**31 - 1,
        description="Which individuals are held out; null: those of the bundle's own training.",
    )


class ReEmbedOut(JobOut):
    """The job that makes a bundle ready."""

    warnings: list[str] = Field(
        description="Where it is to serve then: nobody looked at what it would change."
    )


class PromotionOut(Out):
    """A change of the bundle that serves."""

    number: int
    at: datetime
    by: str
    why: str
    kind: Literal["promote", "roll-back"]
    before: dict[str, str] = Field(description="name, version, fingerprint and sha256.")
    after: dict[str, str]
    overridden: str = Field(
        description="What of its trial was set aside: none, against another bundle, or refused; "
        "the reason is `why`. Else empty."
    )
    warnings: list[str] = Field(
        default=[], description="Of a promotion just made: nobody had looked at what it changes."
    )


class PromotionsOut(Out):
    """All of them, oldest first; nothing is ever taken out."""

    promotions: list[PromotionOut]
