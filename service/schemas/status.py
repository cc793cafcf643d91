"""How the service is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from service.schemas.base import Out


class HealthOut(Out):
    """The process is up."""

    status: Literal["up"]
    version: str


class ReadyOut(Out):
    """Weights are verified, the database answers, the index loads."""

    status: Literal["ready"]


class RebuiltOut(Out):
    """What the new index holds."""

    vectors: dict[str, int] = Field(description="Number of vectors by part of the index.")
