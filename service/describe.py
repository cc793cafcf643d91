"""The OpenAPI document: what FastAPI cannot know by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from service.schemas.problem import Problem
from service.schemas.sightings import EXAMPLE, SightingIn

REF = "#/components/schemas/{model}"
UPLOAD_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["metadata", "media"],
                "properties": {
                    "metadata": {"$ref": REF.format(model="SightingIn")},
                    "media": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "format": "binary"},
                    },
                },
            },
            "encoding": {"metadata": {"contentType": "application/json"}},
            "example": {"metadata": EXAMPLE, "media": ["IMG_0001.JPG", "IMG_0002.JPG"]},
        }
    },
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem: every error has this one shape (RFC 9457).",
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}},
    }
}


def describe(app: FastAPI) -> None:
    """Make ``app.openapi`` hold the schemas of uploads and problems too."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    _, more = models_json_schema(
        [(SightingIn, "validation"), (Problem, "serialization")], ref_template=REF
    )
    made["components"]["schemas"].update(more["$defs"])
    made["components"]["schemas"] = dict(sorted(made["components"]["schemas"].items()))
    return made
