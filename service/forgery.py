"""Against forged requests: what a browser sends by itself is not enough to change anything.

A cookie goes along with every request to its host, whoever wrote the page. So an unsafe request
without a key in its header has to show a token that only pages of this service know, and to come
from a page of this service (OWASP: a token derived from the session, and the Origin).
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from service.errors import ForbiddenError, StalePageError

HEADER, FIELD = "x-csrf-token", "csrf"
SAFE = ("GET", "HEAD", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
FORM_BYTES = 64_000
FROM_BROWSERS = ("origin", "sec-fetch-site", "cookie")
"""Headers of which a browser sends at least one with every unsafe request."""

STALE = "nothing was changed; load the page again and repeat what you did"


def proof_of(token: str) -> str:
    """What a page shows to act for the browser with this cookie; it does not tell the cookie."""
    return hmac.new(token.encode(), b"leopard-reid csrf 1", hashlib.sha256).hexdigest()


def from_browser(scope: Scope) -> bool:
    """Whether a page may have sent this: it needs a proof then."""
    headers = Headers(scope=scope)
    return any(name in headers for name in FROM_BROWSERS)


def check_origin(scope: Scope) -> None:
    """Raise ForbiddenError for what another site's page sent."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    foreign = origin is not None and origin.partition("://")[2] != headers.get("host")
    if foreign or headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise ForbiddenError("another site's page sent this; nothing was changed")


async def check_proof(scope: Scope, receive: Receive, token: str | None) -> Receive:
    """Raise unless the request shows the proof of its browser's token.

    A form may carry it in the field ``csrf``; its body is read for that, and can be read again
    from the ``receive`` that is returned.

    Raises:
        StalePageError: no proof, or another's.
        ForbiddenError: from elsewhere.
    """
    check_origin(scope)
    shown = Headers(scope=scope).get(HEADER)
    if shown is None and _is_form(scope):
        body = await _body(receive)
        shown = _field(body)
        receive = _again(body, receive)
    if (
        token is None
        or shown is None
        or not hmac.compare_digest(shown.encode(), proof_of(token).encode())
    ):
        raise StalePageError(STALE)
    return receive


def _is_form(scope: Scope) -> bool:
    kind = Headers(scope=scope).get("content-type", "")
    return kind.partition(";")[0].strip().lower() == FORM


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > FORM_BYTES:
            raise ForbiddenError(f"a form: expected at most {FORM_BYTES:,} bytes, found more")
        if not message.get("more_body", False):
            return bytes(body)


def _field(body: bytes) -> str | None:
    found = parse_qs(body.decode("latin-1"), max_num_fields=100).get(FIELD)
    return found[0] if found else None


def _again(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
