"""/v1/identifications: who is this?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from reid.catalogue.asked import Identifications
from reid.errors import NotFoundError
from service.admission import PersonNow, precision_for
from service.schemas.base import Known
from service.schemas.identifications import (
    IdentificationsPage,
    KeptIdentificationOut,
    KeptIdentificationsOut,
)
from service.schemas.individuals import AnswerOut, IdentifyIn
from service.state import LibraryNow, ServiceNow
from service.told import answer_out
from service.told_asked import kept_line, kept_out

router = APIRouter(prefix="/v1/identifications", tags=["identifications"])


@router.post("")
async def identify(
    wanted: IdentifyIn, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> AnswerOut:
    """Ask who a stored sighting is: a known individual, a new one, or what is missing to tell.

    Question and answer are kept, to be asked again of another model; nobody is named by it: enrol
    the sighting to say who it is.
    """
    precision = precision_for(service.settings, person)
    answer = await service.heavy.run(
        lambda: answer_out(
            library.identify(
                wanted.sighting_id, prior_known=wanted.prior_known, max_error=wanted.max_error
            ),
            precision,
        )
    )
    service.meters.identified(answer.kind)
    return answer


@router.get("")
async def listed(
    page: Annotated[IdentificationsPage, Query()], service: ServiceNow, library: LibraryNow
) -> KeptIdentificationsOut:
    """Answers that were given, newest first; the same answer to the same question is one."""
    found = await service.reads.run(
        lambda: Identifications.of(library.catalogue).page(**page.model_dump())
    )
    return KeptIdentificationsOut(identifications=[kept_line(one) for one in found])


@router.get("/{identification_id}")
async def one(
    identification_id: Known, service: ServiceNow, library: LibraryNow
) -> KeptIdentificationOut:
    """An answer that was given: what was asked, who was looked at, and by which weights."""
    found = await service.reads.run(
        lambda: Identifications.of(library.catalogue).load(identification_id)
    )
    if found is None:
        raise NotFoundError(
            f"no identification {identification_id!r}; GET /v1/identifications lists them"
        )
    return kept_out(found)
