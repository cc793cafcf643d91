"""What all results share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Result(BaseModel):
    """An answer of the service: cannot be changed; fields of a newer service are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
