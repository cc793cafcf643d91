"""Before a body is read: who asks. Before an answer is sent: what they did, in the audit log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reid.catalogue import Catalogue
from reid.catalogue.audit import AuditLog
from reid.catalogue.browser_sessions import BrowserSessions
from reid.errors import CatalogueError
from service.cookies import token_in
from service.errors import UnauthorizedError
from service.forgery import SAFE, check_proof, from_browser
from service.gatekeeper import LOCAL, Person, address_of, carries_key, check_local, key_in
from service.needs import is_public
from service.settings import lasting
from service.state import Service

UNTOLD = (429, 503)
"""Refusals for a while: a flood of them must not become a flood of entries."""

log = logging.getLogger("service.access")


class Entrance:
    """ASGI middleware: puts ``person`` into the request's state, or raises."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request.

        Raises:
            UnauthorizedError, ForbiddenError, TooManyError: who asks may not come in, or
            a page asks that shows no proof of being ours.
            NotReadyError: the keys cannot be read yet.
        """
        if scope["type"] != "http" or is_public(scope["path"]):
            await self.app(scope, receive, send)
            return
        catalogue = self.service.door.opened().library.catalogue
        person = await self._person(catalogue, scope)
        scope["state"]["person"] = person
        if scope["method"] not in SAFE and not carries_key(scope) and from_browser(scope):
            receive = await check_proof(scope, receive, token_in(scope))
        told = _Told(send, lambda status: self._tell(catalogue, person, scope, status))
        await self.app(scope, receive, told)
        if told.failed is not None:
            raise told.failed

    async def _person(self, catalogue: Catalogue, scope: Scope) -> Person:
        keeper = self.service.keeper
        if not keeper.closed and not await self.service.guards.run(lambda: keeper.close(catalogue)):
            check_local(scope)
            return LOCAL
        token = None if carries_key(scope) else token_in(scope)
        if token is not None:
            return await self.service.guards.run(lambda: self._signed_in(catalogue, token))
        text, address = key_in(scope), address_of(scope)
        known = keeper.remembers(text)
        if not known:
            keeper.charge(address)
        person = await self.service.guards.run(lambda: keeper.person(catalogue, text))
        if person is None:
            if known:  # revoked since: trying it is as wrong as any other
                keeper.charge(address)
            log.warning("%s a wrong or revoked key from %s", scope["state"]["request_id"], address)
            raise UnauthorizedError("the key is wrong or was revoked; ask an admin for another")
        if not known:
            keeper.wrong.give_back(address)
        return person

    def _signed_in(self, catalogue: Catalogue, token: str) -> Person:
        sessions, settings = BrowserSessions.of(catalogue), self.service.settings
        found = sessions.find(token, lasting(settings))
        if found is None:
            raise UnauthorizedError("your session has ended; sign in again")
        with suppress(CatalogueError):  # a full disk does not keep anybody from reading
            sessions.touch(token, found)
        return Person(found.key.person, found.key.role, found.key.prefix)

    async def _tell(self, catalogue: Catalogue, who: Person, scope: Scope, status: int) -> None:
        state: dict[str, Any] = scope["state"]
        action = state.get("action")
        told = scope["method"] not in SAFE or status == 403
        if action is None or not told or status in UNTOLD:
            return
        about = state.get("about", {}) if status < 400 else {}
        await self.service.guards.run(
            lambda: AuditLog.of(catalogue).add(
                who.name or state.get("by") or "this machine",
                action,
                about,
                key_prefix=who.key_prefix,
                status=status,
                request_id=state["request_id"],
            )
        )


class _Told:
    """Sends an answer after it was told of; where that fails, nothing is sent."""

    def __init__(self, send: Send, tell: Callable[[int], Any]) -> None:
        self._send, self._tell = send, tell
        self.failed: Exception | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            try:
                await self._tell(message["status"])
            except Exception as error:
                self.failed = error
        if self.failed is None:
            await self._send(message)
