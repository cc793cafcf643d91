"""The audit log out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from service.schemas.base import In, Out


class AuditEntryOut(Out):
    """Something that somebody did, or was refused."""

    number: int
    at: datetime
    who: str
    key_prefix: str | None = Field(description="The public part of the key; none: without one.")
    action: str = Field(examples=["POST /v1/decisions/{number}/undo", "keys create"])
    about: dict[str, Any] = Field(description="Ids and names that it was about; never positions.")
    status: int = Field(description="Of the answer; 0 for the command line.")
    request_id: str


class AuditOut(Out):
    """A page of the log, oldest first; `next` goes into `after`."""

    entries: list[AuditEntryOut]
    next: int | None


class AuditPage(In):
    """Which part of the log."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: int = Field(default=100, ge=1, le=999)
