"""/v1/individuals: who is known, and which sightings are whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response, status

from reid.catalogue import Catalogue, Individual
from reid.catalogue.individual_pages import IndividualPages
from reid.identities import Rename, subjects
from reid.identities.event import Said
from reid.identities.json_form import contradiction_json
from service.deciding import check_match, etag, event_as_of
from service.errors import ConflictError
from service.ports import LibraryPort
from service.schemas.base import ID_PATTERN, Known
from service.schemas.decisions import AsOf, ContradictionOut, ContradictionsOut, RenamedIn
from service.schemas.individuals import (
    EnrolIn,
    EnrolledOut,
    IdentificationOut,
    IndividualOut,
    IndividualsOut,
    IndividualsPage,
    WithdrawIn,
)
from service.state import LibraryNow, ServiceNow
from service.told import enrolled_out, identification_out, individual_out

router = APIRouter(prefix="/v1/individuals", tags=["individuals"])
NewName = Annotated[str, Path(max_length=128, pattern=ID_PATTERN, examples=["Aidar"])]


@router.get("")
async def listed(
    asked: Annotated[IndividualsPage, Query()], service: ServiceNow, library: LibraryNow
) -> IndividualsOut:
    """Everybody known, by name, a page at a time: now, after an event, or at a time."""
    found = await service.reads.run(lambda: _some(library.catalogue, asked))
    more = found[asked.limit - 1].name if len(found) > asked.limit else None
    shown = [individual_out(one) for one in found[: asked.limit]]
    return IndividualsOut(individuals=shown, next=more)


@router.get("/{name:known}")
async def one(
    name: Known,
    asked: Annotated[AsOf, Query()],
    response: Response,
    service: ServiceNow,
    library: LibraryNow,
) -> IndividualOut:
    """One individual and the sightings believed to be it: now, after an event, or at a time.

    The ETag of what is so now goes into If-Match of a change.
    """
    found = await service.reads.run(lambda: _one(library.catalogue, name, asked))
    if asked.event is None and asked.at is None:
        response.headers["ETag"] = etag(found.version)
    return individual_out(found)


def _some(catalogue: Catalogue, asked: IndividualsPage) -> list[Individual]:
    """One more than the page holds, if there is one."""
    event = event_as_of(catalogue, asked.event, asked.at)
    pages = IndividualPages.of(catalogue)
    limit = asked.limit + 1
    return pages.individuals(limit=limit, after=asked.after, q=asked.q.strip(), event=event)


def _one(catalogue: Catalogue, name: str, asked: AsOf) -> Individual:
    event = event_as_of(catalogue, asked.event, asked.at)
    if event is None:
        return catalogue.individual(name)
    return IndividualPages.of(catalogue).one_at(name, event)


@router.patch("/{name:known}")
async def rename(
    name: Known,
    told: RenamedIn,
    response: Response,
    service: ServiceNow,
    library: LibraryNow,
    if_match: Annotated[str | None, Header(max_length=64)] = None,
) -> IndividualOut:
    """Another name; the old one stays this individual's for good. Needs If-Match."""
    found = await service.reads.run(lambda: _rename(library.catalogue, name, told, if_match))
    response.headers["ETag"] = etag(found.version)
    return individual_out(found)


def _rename(catalogue: Catalogue, name: str, told: RenamedIn, if_match: str | None) -> Individual:
    known = catalogue.individual(name)
    check_match(if_match, known.version)
    seen = {subjects.individual(known.number): known.version}
    catalogue.decide(Rename(name, told.name), Said(told.by, told.why, seen=seen))
    return catalogue.individual(told.name)


@router.get("/{name:known}/contradictions")
async def contradicting(name: Known, service: ServiceNow, library: LibraryNow) -> ContradictionsOut:
    """What people, pictures and clocks say against its sightings being one animal."""
    from reid.pipeline.previewing import contradictions

    found = await service.reads.run(lambda: contradictions(library.catalogue, name))
    forms = [ContradictionOut.model_validate(contradiction_json(one)) for one in found]
    return ContradictionsOut(contradictions=forms)


@router.post(
    "/{name:known}/sightings",
    status_code=201,
    responses={200: {"model": EnrolledOut, "description": "It was that individual already."}},
)
async def enrol(
    name: NewName, told: EnrolIn, response: Response, service: ServiceNow, library: LibraryNow
) -> EnrolledOut:
    """Say that a sighting is this individual, new or known.

    Pictures flagged as no leopard, no animal or several are refused unless `accept_flags`.
    """
    async with service.turns.turn("index"):
        enrolled = await service.heavy.run(
            lambda: library.enrol(
                told.sighting_id,
                name,
                by=told.by,
                why=told.why,
                accept_flags=told.accept_flags,
                shown=told.shown,
            )
        )
    response.status_code = status.HTTP_201_CREATED if enrolled.appended else status.HTTP_200_OK
    return enrolled_out(enrolled)


@router.post("/{name:known}/sightings/{sighting_id:known}/withdraw")
async def withdraw(
    name: Known, sighting_id: Known, told: WithdrawIn, service: ServiceNow, library: LibraryNow
) -> IdentificationOut:
    """Take back that a sighting is this individual; the history keeps both events."""
    async with service.turns.turn("index"):
        return await service.reads.run(lambda: _withdraw(library, name, sighting_id, told))


def _withdraw(
    library: LibraryPort, name: str, sighting_id: str, told: WithdrawIn
) -> IdentificationOut:
    library.catalogue.individual(name)
    library.catalogue.sighting(sighting_id)
    who = library.catalogue.individuals_of([sighting_id]).get(sighting_id)
    if who != name:
        believed = "nobody" if who is None else repr(who)
        raise ConflictError(
            f"sighting {sighting_id!r} is believed to be {believed} now, not {name!r}: nothing "
            "to withdraw"
        )
    return identification_out(library.catalogue.withdraw(sighting_id, by=told.by, why=told.why))
