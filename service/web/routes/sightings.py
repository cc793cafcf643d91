"""/sightings: what was seen, and one sighting with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reid.catalogue import Catalogue, SightingRecord
from reid.catalogue.asked import Asked, Identifications
from reid.catalogue.comparison_pages import ComparisonPages, VerdictLine
from reid.catalogue.licences import Licences, Licensed
from reid.catalogue.sighting_pages import Chosen, SightingCard, SightingPages, Standing
from reid.identities import subjects
from reid.identities.event import Event
from reid.identities.words import LABELS
from reid.people import Shown, generalised
from service.admission import PersonNow, precision_for
from service.schemas.base import Known
from service.state import LibraryNow, ServiceNow
from service.web.pages import page

PAGE = 48
EVENTS = 50
ANSWERS = 10
MOST_NAMED = 100
WORDS = {
    Standing.UNNAMED: "nobody said who",
    Standing.NAMED: "identified",
    Standing.UNIDENTIFIABLE: "not identifiable",
    Standing.REJECTED: "with refused files",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    cards: list[SightingCard]
    count: int
    stations: list[tuple[str, int]]
    more: str | None


def query_of(chosen: Chosen, **more: str) -> str:
    """What is chosen as the end of an address."""
    given = {"station": chosen.station, "standing": chosen.standing, "named": chosen.named or None}
    told = {name: value for name, value in {**given, **more}.items() if value is not None}
    return f"?{urlencode(told)}" if told else ""


@router.get("/sightings")
async def listed(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    station: Annotated[str, Query(max_length=128)] = "",
    standing: Annotated[Standing | Literal[""], Query()] = "",
    named: Annotated[str, Query(max_length=MOST_NAMED)] = "",
    after: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Sightings, last stored first."""
    asked = Chosen(station or None, Standing(standing) if standing else None, named.strip())
    found = await service.reads.run(lambda: _list(library.catalogue, asked, after))
    return page(
        request,
        "sightings.html",
        asked=asked,
        found=found,
        standings=WORDS,
        after=after,
        query_of=query_of,
    )


def _list(catalogue: Catalogue, asked: Chosen, after: str) -> Listed:
    pages = SightingPages.of(catalogue)
    cards = pages.page(asked, limit=PAGE + 1, after=after)
    return Listed(
        cards[:PAGE],
        pages.count(asked),
        pages.stations(),
        cards[PAGE - 1].place if len(cards) > PAGE else None,
    )


@dataclass(frozen=True, slots=True)
class OnePage:
    """A sighting, what comparisons said, where (for these eyes), what people decided of it."""

    card: SightingCard
    verdicts: list[VerdictLine]
    place: Shown
    events: list[Event]
    undone: dict[int, int]
    licences: tuple[list[str], str]
    answers: list[Asked]


@router.get("/sightings/{sighting_id:known}")
async def one(
    request: Request,
    sighting_id: Known,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> Response:
    """One sighting."""
    precision = precision_for(service.settings, person)

    def work() -> OnePage:
        catalogue = library.catalogue
        record = catalogue.sighting(sighting_id)
        (card,) = SightingPages.of(catalogue).cards([sighting_id])
        return OnePage(
            card,
            ComparisonPages.of(catalogue).verdicts_on(sighting_id),
            generalised(record.position, precision),
            _decided(catalogue, sighting_id),
            catalogue.undone(),
            _licences(record, Licences.of(catalogue).told([sighting_id])[sighting_id]),
            Identifications.of(catalogue).page(sighting_id=sighting_id, limit=ANSWERS),
        )

    return page(request, "sighting.html", found=await service.reads.run(work), labels=LABELS)


def _licences(record: SightingRecord, told: Licensed) -> tuple[list[str], str]:
    """Of its files, each once, and of what is said of it; "": nobody stated one."""
    return sorted({told.media.get(sha256, "") for sha256 in record.media_sha256}), told.data


def _decided(catalogue: Catalogue, sighting_id: str) -> list[Event]:
    """The last decisions about a sighting, newest first."""
    about, before = [subjects.sighting(sighting_id)], catalogue.last_event() + 1
    return catalogue.events(about=about, before=before, limit=EVENTS)
