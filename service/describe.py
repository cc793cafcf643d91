"""The OpenAPI document: what FastAPI cannot know by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from service.needs import need_of
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
IMPORT_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["metadata", "media"],
                "properties": {
                    "metadata": {"$ref": REF.format(model="ImportIn")},
                    "media": {"type": "string", "format": "binary"},
                    "deployments": {"type": "string", "format": "binary"},
                },
            },
            "encoding": {"metadata": {"contentType": "application/json"}},
            "example": {"metadata": {"by": "Asel"}, "media": "survey.zip"},
        }
    },
}
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key as `reid keys create` shows it; not asked for while no key was made, and "
    "then only this machine is answered. `x-role` is the role that an operation needs.",
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
    made["components"]["securitySchemes"] = {"key": KEY}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _say_need(operation, method, path)
    return made


def _say_need(operation: dict[str, Any], method: str, path: str) -> None:
    need = need_of(method, path)
    operation["security"] = [] if need.role is None else [{"key": []}]
    operation["x-role"] = need.role.value if need.role else "none"
    if need.limit:
        operation["x-limit"] = need.limit
