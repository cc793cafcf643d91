"""/settings: my session; for admins keys, limits, positions, the index, the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from reid.catalogue.access_keys import AccessKey, KeyStore
from reid.catalogue.audit import AuditEntry, AuditLog
from reid.catalogue.browser_sessions import BrowserSession, BrowserSessions
from reid.people import Role
from service.admission import PersonNow, precision_for
from service.cookies import take_token, token_in
from service.ports import IndexNow
from service.settings import lasting
from service.state import LibraryNow, ServiceNow
from service.web.pages import page

PAGE = 100

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: ``session`` None without keys, ``keys`` None for all but admins."""

    session: BrowserSession | None
    keys: list[AccessKey] | None
    index: IndexNow | None
    problem: str


@router.get("/settings")
async def settings(
    request: Request, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> Response:
    """Settings as they are; what can be changed here is keys and the session."""
    token, lasts = token_in(request.scope), lasting(service.settings)

    def work() -> Shown:
        sessions = BrowserSessions.of(library.catalogue)
        session = sessions.find(token, lasts) if token and person.key_prefix else None
        admin = person.role.may(Role.ADMIN)
        keys = KeyStore.of(library.catalogue).keys() if admin else None
        try:
            return Shown(session, keys, service.door.opened().check(), "")
        except Exception as error:  # shown, for this is the page to look at when something is wrong
            return Shown(session, keys, None, type(error).__name__)

    return page(
        request,
        "settings.html",
        shown=await service.reads.run(work),
        settings=service.settings,
        lasts=lasts,
        precision=precision_for(service.settings, person),
        roles=tuple(Role),
    )


@router.post("/settings/sign-out-everywhere")
async def sign_out_everywhere(
    request: Request, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> Response:
    """End every session of my key, this one too."""
    prefix = person.key_prefix
    if prefix is not None:
        sessions = BrowserSessions.of(library.catalogue)
        await service.guards.run(lambda: sessions.end_all(prefix))
    response = RedirectResponse("/login", 303)
    take_token(response, request.scope)
    return response


@router.get("/settings/audit")
async def audit(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    before: Annotated[int, Query(ge=0, le=2**53)] = 0,
    who: Annotated[str, Query(max_length=128)] = "",
) -> Response:
    """Who did what, newest first."""
    log = AuditLog.of(library.catalogue)

    def work() -> list[AuditEntry]:
        return log.newest(before=before or None, who=who or None, limit=PAGE + 1)

    found = await service.guards.run(work)
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return page(request, "audit.html", entries=found[:PAGE], more=more, who=who, before=before)
