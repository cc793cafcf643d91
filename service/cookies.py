"""The cookie of a browser: a random token that no script and no other site sees."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from service.gatekeeper import plain_loopback

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def token_in(scope: Scope) -> str | None:
    """The token that a browser sends; None for none, or for what has not the form of one."""
    found = cookie_parser(Headers(scope=scope).get("cookie", "")).get(_name(scope), "")
    return found if _TOKEN.match(found) else None


def give_token(response: Response, scope: Scope, token: str, *, seconds: float | None) -> None:
    """Let the browser keep a token for so long; None: until it is closed."""
    response.set_cookie(
        _name(scope),
        token,
        max_age=None if seconds is None else int(seconds),
        path="/",
        secure=not plain_loopback(scope),
        httponly=True,
        samesite="strict",
    )


def take_token(response: Response, scope: Scope) -> None:
    """Let the browser forget its token."""
    response.delete_cookie(
        _name(scope), path="/", secure=not plain_loopback(scope), httponly=True, samesite="strict"
    )


def _name(scope: Scope) -> str:
    """``__Host-`` keeps other hosts of a domain from setting it; it needs TLS.

    Cookies know no ports: on loopback the port is in the name, so that two services on one machine
    leave each other's alone.
    """
    if not plain_loopback(scope):
        return "__Host-leopard-reid"
    port = Headers(scope=scope).get("host", "").rpartition("]")[2].partition(":")[2]
    return f"leopard-reid-{port if port.isdecimal() else '80'}"
