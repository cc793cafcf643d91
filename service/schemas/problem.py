"""The one shape of an error."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from service.schemas.base import Out


class FieldProblem(Out):
    """What is wrong with one field."""

    where: str = Field(description="Path of the field.", examples=["metadata.times.0.at"])
    what: str = Field(examples=["expected a year from 1900 to 2100"])
    code: str = Field(examples=["value_error"])


class Problem(Out):
    """A problem as RFC 9457 describes it; `type` is stable and names the kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:leopard-reid:problem:not-found",
                    "title": "Not found",
                    "status": 404,
                    "detail": "no sighting 'october' in the catalogue; list them or save it",
                    "request_id": "0b6f0d3c5f3d4a6e9a3f8d1f2f0c7b11",
                    "errors": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What was expected, what was found, what to do.")
    request_id: str = Field(description="Also in the header X-Request-ID; names it in the log.")
    errors: list[FieldProblem] = Field(description="Fields that cannot be used.")
