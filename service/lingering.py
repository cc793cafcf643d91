"""A refusal that is sent before the body was read must still arrive.

A connection that is closed with unread bytes in it is reset, and a reset may take an answer that
is under way with it: the client that was told "busy, come back in 5 seconds" reads "connection
reset by peer" instead. So the rest of the body is read, within bounds, before the answer ends.
"""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16_000_000
MOST_S = 5.0


class Lingering:
    """ASGI middleware, outermost: reads what is left of a body after the answer was given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        left = True

        async def receiving() -> Message:
            nonlocal left
            message = await receive()
            left = left and message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def sending(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (last and left):
                await send(message)
                return
            await send({**message, "more_body": True})
            read = 0
            with anyio.move_on_after(MOST_S):
                while left and read < MOST_BYTES:
                    read += len((await receiving()).get("body", b""))
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self.app(scope, receiving, sending)


def _has_body(headers: Headers) -> bool:
    if "expect" in headers:  # who waits for leave to send, and is refused, sends nothing
        return False
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
