"""/v1/decisions: who is who, as a history that is only added to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status

from reid.catalogue import Catalogue
from reid.identities import Undo, subjects
from reid.identities.event import Event, Said
from reid.identities.json_form import numbers_seen, preview_json
from service.deciding import decision_of, event_forms, merge_or_split, said_of
from service.schemas.decisions import (
    DecidedOut,
    DecisionIn,
    EventOut,
    EventsOut,
    EventsPage,
    PreviewIn,
    PreviewOut,
    UndoIn,
)
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/decisions", tags=["identities"])
Number = Annotated[int, Path(ge=1, le=2**53)]


@router.post(
    "",
    status_code=201,
    responses={200: {"model": DecidedOut, "description": "It was so already."}},
)
async def decide(
    told: DecisionIn, response: Response, service: ServiceNow, library: LibraryNow
) -> DecidedOut:
    """Decide who is who: one event is added, or nothing and a 409 that says what stands against it.

    `seen` is needed for every sighting or individual that the decision changes.
    """
    catalogue = library.catalogue

    def work() -> DecidedOut:
        said = said_of(catalogue, told)
        return _decided(catalogue, catalogue.decide(decision_of(told.decision), said))

    done = await service.reads.run(work)
    response.status_code = status.HTTP_200_OK if done.event is None else status.HTTP_201_CREATED
    return done


@router.get("")
async def listed(
    page: Annotated[EventsPage, Query()], service: ServiceNow, library: LibraryNow
) -> EventsOut:
    """The history: all of it, of one sighting or individual, of one person, of one kind.

    Oldest first; with `before`, newest first.
    """
    catalogue = library.catalogue

    def work() -> EventsOut:
        about = [] if page.sighting_id is None else [subjects.sighting(page.sighting_id)]
        if page.individual is not None:
            about.append(subjects.individual(catalogue.number_of(page.individual)))
        found = catalogue.events(
            about=about,
            by=page.by,
            kind=page.kind,
            after=page.after,
            before=page.before,
            limit=page.limit + 1,
        )
        more = found[page.limit - 1].number if len(found) > page.limit else None
        return EventsOut(events=event_forms(catalogue, found[: page.limit]), next=more)

    return await service.reads.run(work)


@router.post("/preview")
async def preview(told: PreviewIn, service: ServiceNow, library: LibraryNow) -> PreviewOut:
    """What a merge or split would change and what speaks against it; nothing is changed.

    `seen` of the answer is `seen` of the decision: whatever changes in between makes it a 409.
    """
    from reid.pipeline.previewing import preview as look

    catalogue = library.catalogue

    def work() -> PreviewOut:
        found = look(catalogue, merge_or_split(told.decision))
        names = catalogue.names_of(numbers_seen(found.seen))
        return PreviewOut.model_validate(preview_json(found, names))

    return await service.reads.run(work)


@router.get("/{number:int}")
async def one(number: Number, service: ServiceNow, library: LibraryNow) -> EventOut:
    """One decision: who, when, why, what they were shown and which versions they saw."""
    catalogue = library.catalogue
    return await service.reads.run(lambda: event_forms(catalogue, [catalogue.event(number)])[0])


@router.post("/{number:int}/undo", status_code=201)
async def undo(
    number: Number, told: UndoIn, service: ServiceNow, library: LibraryNow
) -> DecidedOut:
    """Take a decision back, whole; a 409 names the later ones that depend on it.

    Undo the undo to do it again.
    """
    catalogue = library.catalogue
    said = Said(told.by, told.why)
    return await service.reads.run(
        lambda: _decided(catalogue, catalogue.decide(Undo(number), said))
    )


def _decided(catalogue: Catalogue, event: Event | None) -> DecidedOut:
    return DecidedOut(event=None if event is None else event_forms(catalogue, [event])[0])
