"""Values of the catalogue as the service's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from reid.catalogue import NOT_LOADED, Catalogue, Identification, Individual, SightingRecord
from reid.catalogue.licences import Licences
from reid.config import Precision
from reid.evidence import comparison_json
from reid.evidence.json_form import plain
from reid.evidence.json_pictures import annotation_json
from reid.people import FINEST, WITHHELD, generalised
from reid.pipeline.identifiable import KEY, chance_of
from reid.types import CandidateTime, PreparedAnnotation
from service.ports import Candidate, Enrolled, Identified
from service.schemas.individuals import (
    AnswerOut,
    CandidateOut,
    EnrolledOut,
    IdentificationOut,
    IndividualOut,
)
from service.schemas.sightings import (
    AnnotationOut,
    MediaOut,
    RejectedOut,
    SightingLine,
    SightingOut,
    TimeOut,
)


def sighting_out(catalogue: Catalogue, sighting_id: str, precision: Precision) -> SightingOut:
    """A stored sighting with its annotations, without opening its pictures.

    Raises:
        NotFoundError: no such sighting.
    """
    record = catalogue.sighting(sighting_id)
    animals = [_annotation(animal) for animal in catalogue.load_prepared(sighting_id)]
    place = generalised(record.position, precision)
    licences = Licences.of(catalogue).told([record.id])[record.id]
    return SightingOut(
        id=record.id,
        content_sha256=None if record.position else record.content_sha256,
        created_at=record.created_at,
        station=record.station,
        times=[time_out(time) for time in record.times],
        latitude=place.latitude,
        longitude=place.longitude,
        coordinate_precision=place.precision,
        data_generalizations=place.generalizations,
        information_withheld=place.withheld,
        media=[
            MediaOut(file_name=name, sha256=sha256, licence=licences.media.get(sha256, ""))
            for name, sha256 in zip(record.file_names, record.media_sha256, strict=True)
        ],
        annotations=animals,
        flags=sorted({flag for animal in animals for flag in animal.flags}),
        rejected=[RejectedOut(file_name=name, reason=why) for name, why in record.rejected],
        licence=licences.data,
        individual=record.individual,
        version=record.version,
    )


def comparison_out(result: Mapping[str, Any], precision: Precision) -> dict[str, Any]:
    """A comparison's JSON form as somebody with this precision is told it.

    Distances are withheld from all but those with the finest: with sightings of one's own making,
    they lead to the position of another.
    """
    sightings = []
    for sighting in result["sightings"]:
        place = generalised(sighting["position"], precision)
        known = None if place.latitude is None else [place.latitude, place.longitude]
        words = {"data_generalizations": place.generalizations, "withheld": place.withheld}
        sightings.append({**sighting, "position": known, **words})
    journeys = result["journeys"]
    if precision != FINEST:
        journeys = [withheld_form(journey) for journey in journeys]
    return {**result, "sightings": sightings, "journeys": journeys}


def withheld_form(journey: dict[str, Any]) -> dict[str, Any]:
    """A journey's JSON form without its distance."""
    if not journey["distance_km"]:  # unknown, or one station
        return journey
    told = {"distance_km": None, "speed_km_per_day": None, "status": "unknown", "note": WITHHELD}
    return {**journey, **told}


def _annotation(animal: PreparedAnnotation) -> AnnotationOut:
    found = annotation_json(animal)
    found["view"][KEY] = chance_of(animal.view.quality, animal.annotation.flags)
    found["flags"] = [flag for flag in found["flags"] if flag != NOT_LOADED]
    owner, name = quote(animal.sighting_id, safe=""), quote(animal.id, safe="")
    found["picture"] = f"/v1/sightings/{owner}/annotations/{name}/picture"
    return AnnotationOut.model_validate(found)


def sighting_line(record: SightingRecord) -> SightingLine:
    """A stored sighting in a line."""
    return SightingLine(
        id=record.id,
        station=record.station,
        created_at=record.created_at,
        media_count=len(record.file_names),
        annotation_count=len(record.annotation_ids),
        rejected_count=len(record.rejected),
        individual=record.individual,
        version=record.version,
    )


def individual_out(individual: Individual) -> IndividualOut:
    """An individual."""
    return IndividualOut(
        name=individual.name,
        note=individual.note,
        created_at=individual.created_at,
        sighting_ids=list(individual.sighting_ids),
        version=individual.version,
    )


def identification_out(event: Identification) -> IdentificationOut:
    """An event of identity."""
    return IdentificationOut.model_validate(_event(event))


def enrolled_out(enrolled: Enrolled) -> EnrolledOut:
    """What an enrolment did."""
    more = {"appended": enrolled.appended, "flags": list(enrolled.flags)}
    return EnrolledOut.model_validate({**_event(enrolled.identification), **more})


def _event(event: Identification) -> dict[str, Any]:
    return {
        "sighting_id": event.sighting_id,
        "individual": event.individual,
        "kind": event.kind.value,
        "by": event.by,
        "why": event.why,
        "at": event.at,
    }


def answer_out(answer: Identified, precision: Precision) -> AnswerOut:
    """Who a sighting is."""
    compared = answer.comparison
    return AnswerOut.model_validate(
        {
            "id": answer.id,
            "sighting_id": answer.sighting_id,
            "kind": answer.kind,
            "individual": answer.individual,
            "probability": answer.probability,
            "candidates": [_candidate(candidate) for candidate in answer.candidates],
            "reasons": list(answer.reasons),
            "would_settle": answer.would_settle,
            "searched": answer.searched,
            "proposed": answer.proposed,
            "verified": answer.verified,
            "routes": [asdict(route) for route in answer.routes],
            "comparison": None
            if compared is None
            else comparison_out(comparison_json(compared), precision),
            "bundle": answer.provenance.get("bundle"),
            "provenance": plain(answer.provenance),
        }
    )


def _candidate(candidate: Candidate) -> CandidateOut:
    return CandidateOut(
        individual=candidate.individual,
        sighting_ids=list(candidate.sighting_ids),
        llr=candidate.llr,
        probability=candidate.probability,
        retrieval_rank=candidate.retrieval_rank,
        ranks=dict(candidate.ranks),
        reasons=list(candidate.reasons),
    )


def time_out(time: CandidateTime) -> TimeOut:
    """A time, with what the clock wrote where it was corrected."""
    return TimeOut(at=time.at, source=time.source, written=time.written, correction=time.correction)
