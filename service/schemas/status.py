"""How the service is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from service.schemas.base import Out


class HealthOut(Out):
    """The process is up."""

    status: Literal["up"]
    version: str


class IndexOut(Out):
    """The search index against the catalogue."""

    state: Literal["current", "behind", "empty", "other-weights"] = Field(
        description="current: holds every stored vector of these weights; behind: the next search "
        "takes in what is new; empty: nothing is stored; other-weights: all that is stored was "
        "measured with other weights and cannot be found until it is measured again."
    )
    fingerprint: str = Field(description="Of the weights that the index is for.")
    indexed: int = Field(description="Vectors in the index.")
    stored: int = Field(description="Vectors of these weights in the catalogue.")
    other_weights: int = Field(description="Vectors of other weights, which no search sees.")


class ChecksOut(Out):
    """What was looked at; where one is not well the answer is a problem of that kind instead."""

    models: Literal["ok"] = Field(description="Loaded, and every file as pinned; else `weights`.")
    database: Literal["ok"] = Field(description="It answers; else `catalogue`.")
    tables: Literal["ok"] = Field(description="Of this version; else `schema`.")
    writes: Literal["ok"] = Field(
        description="Disk and database take them; else `storage-full` or `read-only`."
    )
    index: Literal["ok"] = Field(description="It can be searched; else `search`.")


class ServingOut(Out):
    """The bundle of weights that this process answers with."""

    name: str
    version: str
    fingerprint: str = Field(description="Vectors are compared under equal ones only.")
    sha256: str = Field(description="Of all its files; what registers it.")
    why: str = Field(description="Configured, promoted or rolled back to: when, by whom, why.")
    problem: str = Field(
        description="What keeps this process from the bundle that was promoted; else empty."
    )


class ReadyOut(Out):
    """The service can answer and keep what it is sent."""

    status: Literal["ready"]
    access: Literal["open", "keys"] = Field(
        description="open: no key was ever made, and everybody on this machine (and nobody else) "
        "is admin; keys: a key is needed."
    )
    checks: ChecksOut
    workers: int = Field(
        description="Worker processes that live; none: jobs wait, and all else is answered."
    )
    index: IndexOut
    bundle: ServingOut | None


class RebuiltOut(Out):
    """What the new index holds."""

    vectors: dict[str, int] = Field(description="Number of vectors by part of the index.")
