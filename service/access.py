"""Around every request: an id, a line in the log, and an answer whatever happens."""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reid.telemetry import about
from service.meters import Meters
from service.table import kind_of
from service.web.troubles import answer_trouble

HEADER = "X-Request-ID"
FIT = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
CLIENT_GONE = 499  # nginx's number; never sent
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
"""Others are a client's own words, which neither log nor figures repeat."""

log = logging.getLogger("service.access")


class Access:
    """ASGI middleware, outermost.

    The log has the route's template instead of the address, so that nothing a client writes into
    an address (an id, a stray position) is kept.
    """

    def __init__(self, app: ASGIApp, *, meters: Meters) -> None:
        self.app, self.meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        with about(request_id=request_id):
            await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _head(message, request_id)
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            status = CLIENT_GONE
        except Exception as error:
            if status:  # half an answer is out: only breaking off says that it is wrong
                raise
            self.meters.problem(kind_of(error).code)
            await answer_trouble(scope, error)(scope, receive, sending)
        finally:
            self._tell(scope, status, time.perf_counter() - started, request_id)

    def _tell(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path_format", None) or "(no route)"
        method = scope["method"] if scope["method"] in METHODS else "(other)"
        self.meters.request(method, route, status, seconds)
        ms = round(1000 * seconds)
        told = {"method": method, "route": route, "status": status, "ms": ms}
        words = "%s %s %s %d %d ms"
        log.info(words, request_id, method, route, status, ms, extra={"fields": told})


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if FIT.match(given) else uuid.uuid4().hex


def _head(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers[HEADER] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store")
