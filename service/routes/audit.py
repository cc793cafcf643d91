"""/v1/audit: who did what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from reid.catalogue.audit import AuditLog
from service.schemas.audit import AuditEntryOut, AuditOut, AuditPage
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/audit", tags=["service"])


@router.get("")
async def listed(
    page: Annotated[AuditPage, Query()], service: ServiceNow, library: LibraryNow
) -> AuditOut:
    """Who did what to what, when, with which key, oldest first; only ever added to."""
    log = AuditLog.of(library.catalogue)
    found = await service.reads.run(lambda: log.entries(after=page.after, limit=page.limit + 1))
    more = found[page.limit - 1].number if len(found) > page.limit else None
    entries = [AuditEntryOut(**asdict(entry)) for entry in found[: page.limit]]
    return AuditOut(entries=entries, next=more)
