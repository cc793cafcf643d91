"""/login and /logout: a key for a session, and its end."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import AccessKey, KeyStore
from reid.catalogue.audit import AuditLog
from reid.catalogue.browser_sessions import BrowserSessions
from reid.people import prefix_of
from service.cookies import give_token, take_token, token_in
from service.forgery import check_origin
from service.gatekeeper import address_of
from service.settings import lasting
from service.state import LibraryNow, Service, ServiceNow
from service.web.pages import page

ACTION = "POST /login"
NOT_PAGES = ("//", "/login", "/v1")
WRONG = "This key is wrong or was revoked. Check it for a missing character, or ask an admin."

router = APIRouter(include_in_schema=False)
log = logging.getLogger("service.access")


@router.get("/login")
async def ask(
    request: Request, service: ServiceNow, library: LibraryNow, next: str = "/"
) -> Response:
    """Ask for a key, where keys are asked for and nobody is signed in."""
    catalogue, token = library.catalogue, token_in(request.scope)
    if not await service.guards.run(lambda: _needed(service, catalogue, token)):
        return RedirectResponse(own_path(next), 303)
    return page(request, "login.html", next=own_path(next), wrong="")


def _needed(service: Service, catalogue: Catalogue, token: str | None) -> bool:
    if not service.keeper.close(catalogue):
        return False
    found = token and BrowserSessions.of(catalogue).find(token, lasting(service.settings))
    return not found


@router.post("/login")
async def sign_in(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    key: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """A key for a session: a new token at every sign-in, and the old one ends."""
    check_origin(request.scope)
    address = address_of(request.scope)
    service.keeper.charge(address)
    catalogue, request_id = library.catalogue, request.state.request_id
    found = await service.guards.run(lambda: _key(service, catalogue, key.strip()))
    if found is None:
        log.warning("%s a wrong or revoked key from %s at sign-in", request_id, address)
        await service.guards.run(lambda: _tell_failed(catalogue, address, request_id))
        return page(request, "login.html", status=401, next=own_path(next), wrong=WRONG)
    service.keeper.wrong.give_back(address)
    old, lasts = token_in(request.scope), lasting(service.settings)

    def begin() -> str:
        sessions = BrowserSessions.of(catalogue)
        if old is not None:
            sessions.end(old)
        return sessions.begin(found, lasts, action=ACTION, request_id=request_id)

    token = await service.guards.run(begin)
    response = RedirectResponse(own_path(next), 303)
    give_token(response, request.scope, token, seconds=lasts.most.total_seconds())
    return response


def _key(service: Service, catalogue: Catalogue, text: str) -> AccessKey | None:
    if service.keeper.person(catalogue, text) is None:
        return None
    return KeyStore.of(catalogue).find(prefix_of(text) or "")


def _tell_failed(catalogue: Catalogue, address: str, request_id: str) -> None:
    AuditLog.of(catalogue).add(
        f"somebody at {address}", ACTION, {}, key_prefix=None, status=401, request_id=request_id
    )


@router.post("/logout")
async def sign_out(request: Request, service: ServiceNow, library: LibraryNow) -> Response:
    """End the session."""
    token, catalogue = token_in(request.scope), library.catalogue
    if token is not None:
        await service.guards.run(lambda: BrowserSessions.of(catalogue).end(token))
    response = RedirectResponse("/login", 303)
    take_token(response, request.scope)
    return response


def own_path(text: str) -> str:
    """A page of this service, wherever somebody wanted to be led: "/" for anything else.

    Browsers read ``\\`` as ``/`` and skip control characters, so neither is taken.
    """
    fits = text.startswith("/") and text.isprintable() and "\\" not in text
    return text if fits and not text.startswith(NOT_PAGES) else "/"
