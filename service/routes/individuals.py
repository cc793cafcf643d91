"""/v1/individuals: who is known, and which sightings are whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response, status

from service.errors import ConflictError
from service.ports import LibraryPort
from service.schemas.base import ID_PATTERN, Known
from service.schemas.individuals import (
    EnrolIn,
    EnrolledOut,
    IdentificationOut,
    IndividualOut,
    IndividualsOut,
    WithdrawIn,
)
from service.state import LibraryNow, ServiceNow
from service.told import enrolled_out, identification_out, individual_out

router = APIRouter(prefix="/v1/individuals", tags=["individuals"])
NewName = Annotated[str, Path(max_length=128, pattern=ID_PATTERN, examples=["Aidar"])]


@router.get("")
async def listed(service: ServiceNow, library: LibraryNow) -> IndividualsOut:
    """Everybody known, by name."""
    found = await service.reads.run(library.catalogue.individuals)
    return IndividualsOut(individuals=[individual_out(one) for one in found])


@router.get("/{name}")
async def one(name: Known, service: ServiceNow, library: LibraryNow) -> IndividualOut:
    """One individual and the sightings believed to be it now."""
    return individual_out(await service.reads.run(lambda: library.catalogue.individual(name)))


@router.post(
    "/{name}/sightings",
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
            )
        )
    response.status_code = status.HTTP_201_CREATED if enrolled.appended else status.HTTP_200_OK
    return enrolled_out(enrolled)


@router.post("/{name}/sightings/{sighting_id}/withdraw")
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
