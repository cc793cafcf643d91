"""Ids in addresses: whatever is stored can be asked for, also what has a slash in its name.

Pages and the client write an id's slash as ``%2F``, but an ASGI server decodes the whole path, and
nobody can tell any more where an id ends. So of ids it is kept apart until they are read.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send

PLACES = ("/v1/sightings/", "/v1/individuals/", "/sightings/", "/individuals/")
_SLASH = "\0"
"""In a path, a slash that belongs to an id; no stored text has this character."""


class Addresses:
    """ASGI middleware, the innermost: an id is one part of the path, whatever is in it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"].startswith(PLACES):
            parts = written(scope).split("/")
            scope["path"] = "/".join(unquote(part).replace("/", _SLASH) for part in parts)
        await self.app(scope, receive, send)


def written(scope: Scope) -> str:
    """The path as it was sent, with its escapes, without the query."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return quote(scope["path"])
    return raw.partition(b"?")[0].decode("latin-1")


class _Known(Convertor[str]):
    """``{name:known}``: one part of the path, its own slashes put back."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return value.replace(_SLASH, "/")

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


class _Below(_Known):
    """``{name:below}``: all that follows, also where its slashes were sent as they are."""

    regex = r"[\s\S]+"


register_url_convertor("known", _Known())
register_url_convertor("below", _Below())
