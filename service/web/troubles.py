"""What went wrong, as a page: for browsers that asked for one."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from service.addresses import written
from service.errors import NotReadyError, UnauthorizedError
from service.problems import answer_error, said_of_error
from service.table import kind_of
from service.web.pages import page

API = "/v1"


def wants_page(scope: Scope) -> bool:
    """Whether a person looks at the answer, and not a program."""
    path: str = scope["path"]
    return path.partition("/v1")[0] != "" and "text/html" in Headers(scope=scope).get("accept", "")


def answer_trouble(scope: Scope, error: BaseException) -> Response:
    """Any error as its reader can use it: a page, or application/problem+json."""
    request_id: str = scope["state"]["request_id"]
    if not wants_page(scope):
        return answer_error(error, request_id)
    request = Request(scope)
    if isinstance(error, UnauthorizedError):
        return RedirectResponse(f"/login?next={quote(_asked(request), safe='')}", 303)
    problem = answer_error(error, request_id)  # logs it, and knows the headers
    kind = kind_of(error)
    response = page(
        request,
        "trouble.html",
        status=kind.status,
        title=kind.title,
        detail=_said(error),
        request_id=request_id,
        again=isinstance(error, NotReadyError),
    )
    for name in ("retry-after", "allow"):
        if name in problem.headers:
            response.headers[name] = problem.headers[name]
    return response


def _said(error: BaseException) -> str:
    if isinstance(error, HTTPException) and error.status_code == 404:
        return "There is no such page here."
    return said_of_error(error)


def _asked(request: Request) -> str:
    """Where to go on after signing in: what was asked for, if it can be asked for again."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    query = request.url.query
    return written(request.scope) + (f"?{query}" if query else "")
