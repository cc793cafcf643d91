"""The one shape of an error: application/problem+json (RFC 9457)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from reid.errors import ReidError
from service.errors import ServiceError, UnauthorizedError, UnavailableError
from service.schemas.problem import FieldProblem, Problem
from service.table import INVALID, MALFORMED, URN, Kind, kind_of

MEDIA_TYPE = "application/problem+json"
MOST_FIELDS = 20

log = logging.getLogger("service.problems")


def problem_response(
    kind: Kind,
    detail: str,
    request_id: str,
    *,
    fields: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    problem = Problem(
        type=URN + kind.code,
        title=kind.title,
        status=kind.status,
        detail=detail,
        request_id=request_id,
        errors=list(fields),
    )
    content = problem.model_dump(mode="json")
    return JSONResponse(content, kind.status, headers, media_type=MEDIA_TYPE)


def answer_error(error: BaseException, request_id: str) -> JSONResponse:
    """Any error as a problem; what the client may not read is logged under the request id."""
    kind = kind_of(error)
    _log(error, kind, request_id)
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
    if kind.retry_after_s is not None:
        headers["Retry-After"] = str(kind.retry_after_s)
    if isinstance(error, UnavailableError):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(kind, said_of_error(error), request_id, headers=headers)


def said_of_error(error: BaseException) -> str:
    """What a client may read of an error."""
    said = str(error.detail) if isinstance(error, HTTPException) else str(error)
    return kind_of(error).public or said


def answer_validation(error: RequestValidationError, request_id: str) -> JSONResponse:
    """What is wrong with which field, without repeating what was sent (it may be a position)."""
    found = error.errors()
    kind = MALFORMED if any(e["type"] == "json_invalid" for e in found) else INVALID
    fields = [_field(one) for one in found[:MOST_FIELDS]]
    detail = "; ".join(f"{field.where}: {field.what}" for field in fields[:3])
    more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
    return problem_response(kind, detail + more, request_id, fields=fields)


def _field(error: Mapping[str, Any]) -> FieldProblem:
    where = ".".join(str(part) for part in error["loc"])
    return FieldProblem(where=where, what=str(error["msg"]), code=str(error["type"]))


def _log(error: BaseException, kind: Kind, request_id: str) -> None:
    """Names and places; the words of an unforeseen error may hold what was sent, so not those."""
    name = type(error).__name__
    if kind.status < 500:
        log.debug("%s %s: %s", request_id, name, kind.code)
    elif isinstance(error, ReidError | ServiceError):
        log.warning("%s %s: %s", request_id, name, error)
    else:
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s %s\n%s", request_id, name, frames)


def _methods(app: FastAPI, scope: Scope) -> set[str]:
    """Of every route at an address; the router names those of the first one alone."""
    at = [route for route in app.routes if route.matches(scope)[0] is not Match.NONE]
    return {method for route in at for method in getattr(route, "methods", None) or ()}


def install(app: FastAPI, answer: Callable[[Scope, BaseException], Response]) -> None:
    """Answer every error by ``answer``; what nobody expects is caught in ``access``."""

    async def expected(request: Request, error: Exception) -> Response:
        request.app.state.service.meters.problem(kind_of(error).code)
        found = answer(request.scope, error)
        if found.status_code == 405:
            found.headers["Allow"] = ", ".join(sorted(_methods(app, request.scope)))
        return found

    async def invalid(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return answer_validation(error, request.state.request_id)

    for kind in (ReidError, HTTPException, UnavailableError, ServiceError):
        app.add_exception_handler(kind, expected)
    app.add_exception_handler(RequestValidationError, invalid)
