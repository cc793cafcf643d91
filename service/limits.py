"""Bodies are counted while they arrive, so that a large one fills neither memory nor disk."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import BodyTooLargeError

JSON_BYTES = 1_000_000


class BodyLimit:
    """ASGI middleware: ``upload_bytes`` for multipart bodies, ``JSON_BYTES`` for all others."""

    def __init__(self, app: ASGIApp, *, upload_bytes: int) -> None:
        self.app = app
        self.upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; reading its body raises BodyTooLargeError beyond the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        multipart = headers.get("content-type", "").lower().startswith("multipart/")
        limit = self.upload_bytes if multipart else JSON_BYTES
        declared = headers.get("content-length", "")
        received = int(declared) if declared.isdecimal() and int(declared) > limit else 0

        async def counting() -> Message:
            nonlocal received
            if received > limit:  # declared too large: not one byte is read
                raise BodyTooLargeError(limit)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLargeError(limit)
            return message

        await self.app(scope, counting, send)
