"""Keys in and out."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from reid.people import Role
from service.schemas.base import In, Name, Out


class KeyIn(In):
    """For whom a key is made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person": "Asel", "role": "viewer"}]}
    )

    person: Name = Field(description="Whose key; the 'who' of all that is done with it.")
    role: Role


class KeyOut(Out):
    """A key as it is kept: without its secret."""

    prefix: str = Field(description="Its public part.")
    person: str
    role: Role
    created_at: datetime
    revoked_at: datetime | None = Field(description="From then on it opens nothing.")


class NewKeyOut(KeyOut):
    """A key just made."""

    key: str = Field(description="The whole key, told this once: only a hash of it is kept.")


class KeysOut(Out):
    """Every key that was ever made, oldest first."""

    keys: list[KeyOut]
