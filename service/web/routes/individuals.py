"""/individuals: who is known, one of them, and two that may be one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame
from reid.catalogue.individual_pages import IndividualLine, IndividualPage, IndividualPages
from reid.errors import InputError
from reid.identities import subjects
from reid.identities.event import Event
from reid.identities.words import LABELS
from reid.paper.drawn_map import Map, map_of
from reid.paper.file_names import file_name
from service.admission import PersonNow, precision_for
from service.deciding import event_as_of
from service.papers import after_address, made_dossier, made_sheet
from service.papers import paper as printed
from service.schemas.base import Known
from service.schemas.papers import DossierAsked, SheetAsked
from service.state import LibraryNow, ServiceNow
from service.web.maps import Timeline, timeline_of
from service.web.pages import page

PAGE = 60
EVENTS = 30
FIRST_SHOWN = 12
FLANKS = {"left": "Left flank", "right": "Right flank", "front": "Front", "back": "Back"}
LIGHTS = {"colour": "daylight", "infrared": "infrared"}
Event_ = Annotated[int | None, Query(ge=0, le=2**53)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    lines: list[IndividualLine]
    count: int
    more: str | None
    event: int | None
    last_event: int


@router.get("/individuals")
async def listed(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    q: Annotated[str, Query(max_length=128)] = "",
    after: Annotated[str, Query(max_length=255)] = "",
    event: Event_ = None,
    at: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Individuals by name, now or as they were."""

    def work() -> Listed:
        number = event_as_of(library.catalogue, None if at else event, _time(at))
        return _list(library.catalogue, q.strip(), after, number)

    found = await service.reads.run(work)
    return page(request, "individuals.html", found=found, q=q, after=after, at=at)


def _time(text: str) -> datetime | None:
    """A time of the service's clock (UTC), as a field of a form gives it."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"at: expected a time such as 2026-01-02T03:04, found {text!r}") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _list(catalogue: Catalogue, q: str, after: str, event: int | None) -> Listed:
    pages = IndividualPages.of(catalogue)
    lines = pages.lines(limit=PAGE + 1, after=after, q=q, event=event)
    more = lines[PAGE - 1].name if len(lines) > PAGE else None
    return Listed(lines[:PAGE], pages.count(q=q, event=event), more, event, catalogue.last_event())


@dataclass(frozen=True, slots=True)
class Group:
    """Frames of one flank in one light, those that show most first."""

    words: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class OnePage:
    """An individual, drawn."""

    shown: IndividualPage
    groups: list[Group]
    map: Map | None
    timeline: Timeline | None
    events: list[Event]
    undone: dict[int, int]


@router.get("/individuals/{name:known}")
async def one(
    request: Request,
    name: Known,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
    event: Event_ = None,
) -> Response:
    """One individual, now or as it was after an event."""
    precision = precision_for(service.settings, person)

    def work() -> OnePage:
        catalogue = library.catalogue
        found = IndividualPages.of(catalogue).page(
            name, event_as_of(catalogue, event, None) if event is not None else None
        )
        about = [subjects.individual(found.individual.number)]
        before = catalogue.last_event() + 1 if event is None else event + 1
        return OnePage(
            found,
            list(grouped(frame for seen in found.seen for frame in seen.frames)),
            map_of(found.seen, precision),
            timeline_of(found.seen),
            catalogue.events(about=about, before=before, limit=EVENTS),
            catalogue.undone(),
        )

    found = await service.reads.run(work)
    return page(
        request, "individual.html", found=found, event=event, most=FIRST_SHOWN, labels=LABELS
    )


@router.get("/individuals/{name:known}/dossier")
async def paper(
    request: Request,
    name: Known,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
    asked: Annotated[DossierAsked, Query()],
) -> Response:
    """Its dossier to print, positions as the reader may see them."""
    precision = precision_for(service.settings, person)

    made = await service.heavy.run(lambda: made_dossier(library.catalogue, name, asked, precision))
    return printed(request, made, file_name(name))


@router.get("/id-sheet")
async def sheet(
    request: Request,
    asked: Annotated[SheetAsked, Query()],
    service: ServiceNow,
    library: LibraryNow,
) -> Response:
    """Everybody to print, by both flanks."""
    address = after_address(request)
    made, _ = await service.heavy.run(lambda: made_sheet(library.catalogue, asked, address))
    return printed(request, made, file_name(asked.title))


def grouped(frames: Iterable[Frame]) -> Iterable[Group]:
    """Frames by flank and light, what shows a coat before what does not."""
    found: dict[tuple[str, str], list[Frame]] = {}
    for frame in frames:
        found.setdefault((frame.flank.value, frame.light.value), []).append(frame)
    order = [*FLANKS, "unknown"]
    for flank, light in sorted(found, key=lambda key: (order.index(key[0]), key[1])):
        words = f"{FLANKS.get(flank, 'Flank not known')}, {LIGHTS[light]}"
        best = sorted(found[flank, light], key=lambda frame: -frame.usable)
        yield Group(words, tuple(best))


@router.get("/individuals/{name:known}/merge")
async def merge(
    request: Request,
    name: Known,
    service: ServiceNow,
    library: LibraryNow,
    gone: Annotated[str, Query(max_length=255)] = "",
) -> Response:
    """Two individuals that may be one: what a merge would change, and what speaks against it."""
    catalogue = library.catalogue

    def work() -> tuple[IndividualPage, IndividualPage | None]:
        pages = IndividualPages.of(catalogue)
        return pages.page(name), pages.page(gone) if gone else None

    keep, other = await service.reads.run(work)
    if other is not None and other.individual.number == keep.individual.number:
        return RedirectResponse(f"/individuals/{quote(name, safe='')}/merge", 303)
    sides = [keep] if other is None else [keep, other]
    groups = [list(grouped(f for seen in side.seen for f in seen.frames)) for side in sides]
    return page(request, "merge.html", keep=keep, gone=other, sides=sides, groups=groups)
