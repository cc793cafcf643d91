"""/history: every decision, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.identities import DecisionKind, subjects
from reid.identities.event import Event
from reid.identities.words import LABELS
from service.state import LibraryNow, ServiceNow
from service.web.pages import page

PAGE = 50

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the history: "" is everything."""

    by: str
    kind: DecisionKind | None
    sighting: str
    individual: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of it: ``undone`` are the events that do not hold, each with the one that undid it."""

    events: list[Event]
    undone: dict[int, int]
    people: list[str]
    more: int | None
    last_event: int


@router.get("/history")
async def history(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    by: Annotated[str, Query(max_length=128)] = "",
    kind: Annotated[DecisionKind | Literal[""], Query()] = "",
    sighting: Annotated[str, Query(max_length=255)] = "",
    individual: Annotated[str, Query(max_length=255)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    about: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """Who decided what, when, why; ``about``: from that event on."""
    asked = Asked(by, DecisionKind(kind) if kind else None, sighting.strip(), individual.strip())
    start = before if about is None else about + 1
    found = await service.reads.run(lambda: _list(library.catalogue, asked, start))
    return page(
        request, "history.html", asked=asked, found=found, labels=LABELS, about=about, before=before
    )


def _list(catalogue: Catalogue, asked: Asked, start: int | None) -> Listed:
    last = catalogue.last_event()
    subject = [subjects.sighting(asked.sighting)] if asked.sighting else []
    if asked.individual:
        subject.append(subjects.individual(catalogue.number_of(asked.individual)))
    events = catalogue.events(
        about=subject,
        by=asked.by or None,
        kind=asked.kind,
        before=last + 1 if start is None else start,
        limit=PAGE + 1,
    )
    more = events[PAGE - 1].number if len(events) > PAGE else None
    return Listed(events[:PAGE], catalogue.undone(), catalogue.deciders(), more, last)
