"""/v1/identifications: who is this?"""

from __future__ import annotations

from fastapi import APIRouter

from service.admission import PersonNow, precision_for
from service.schemas.individuals import AnswerOut, IdentifyIn
from service.state import LibraryNow, ServiceNow
from service.told import answer_out

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
