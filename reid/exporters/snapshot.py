"""The catalogue and the survey beside it as one survey, now or as of an event."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from reid.catalogue import Catalogue
from reid.catalogue.clock_book import ClockBook
from reid.catalogue.comparison_pages import ComparisonPages
from reid.catalogue.records import Identification, Individual
from reid.errors import InputError
from reid.exporters.catalogue_only import add_sighting
from reid.exporters.clock_notes import SurveyClocks
from reid.exporters.evidence import EVIDENCE, evidence_rows
from reid.exporters.measured import add_measured
from reid.exporters.places import Exactness, placed, record_placed, rows_placed, told
from reid.survey import Observation, Survey

SURVEY_FILE = "survey.db"
PLACES = "places"
GENERALISED = "reid:dataGeneralizations"
_PAGE = 500


def snapshot(catalogue: Catalogue, *, exactness: Exactness, event: int | None = None) -> Survey:
    """Everything that can go out, with positions as ``exactness`` shows them; close it.

    ``event``: who was whom after that event of the history; None: now.

    Raises:
        InputError: there is no such event.
    """
    last = catalogue.last_event()
    if event is not None and not 0 <= event <= last:
        raise InputError(f"event: expected 0 to {last}, the last one, found {event}")
    people = catalogue.individuals() if event is None else catalogue.individuals_at(event)
    names = {sighting: one.name for one in people for sighting in one.sighting_ids}
    said = {one.sighting_id: one for one in catalogue.identified()} if event is None else {}
    survey = Survey()
    try:
        linked = _imported(catalogue, survey, exactness, names, said)
        _others(catalogue, survey, exactness, names, said, linked)
        survey.keep("reid-individuals", _individual_rows(people))
        survey.keep("reid-verdicts", _verdict_rows(catalogue, event))
        survey.keep("reid-decisions", _decision_rows(catalogue, last if event is None else event))
        until = last if event is None else event
        survey.keep(EVIDENCE, evidence_rows(catalogue, set(names), until))
        survey.set_meta(GENERALISED, told(exactness))
        survey.set_meta(PLACES, exactness)
    except BaseException:
        survey.close()
        raise
    return survey


def _imported(
    catalogue: Catalogue,
    survey: Survey,
    exactness: Exactness,
    names: Mapping[str, str],
    said: Mapping[str, Identification],
) -> set[str]:
    """What came in by an import, with who it is believed to be; the sightings that are in it."""
    file = catalogue.data_dir / SURVEY_FILE
    if not file.is_file():
        return set()
    with Survey(file) as book:
        links = book.links()
        for name in book.names():
            survey.set_meta(name, book.meta(name))
        for name in book.resources():
            if not name.startswith("reid-"):
                survey.keep(name, rows_placed(book.kept(name), exactness))
        clocks = SurveyClocks(ClockBook.of(catalogue).ledger(), book.deployments())
        for deployment in book.deployments():
            survey.add(placed(clocks.deployment(deployment), exactness))
        for media in book.media():
            survey.add(record_placed(clocks.media(media), exactness))
        given = _given(book, links)
        for one in book.observations():
            one = clocks.observation(one)
            sighting = links.get(one.id)
            if sighting is not None:
                survey.link(one.id, sighting)
                if names.get(sighting, "") not in given.get(sighting, {""}):
                    one = _decided(one, names.get(sighting, ""), said.get(sighting))
            survey.add(record_placed(one, exactness))
        add_measured(catalogue, survey, links)
    return set(links.values())


def _given(book: Survey, links: Mapping[str, str]) -> dict[str, set[str]]:
    """Who each sighting is by its source's word, where it has one."""
    found: dict[str, set[str]] = {}
    for one in book.observations():
        if one.individual and one.id in links:
            found.setdefault(links[one.id], set()).add(one.individual)
    return found


def _decided(one: Observation, name: str, said: Identification | None) -> Observation:
    """The observation as people here see it; when the past is asked for, without who said so."""
    if said is None:
        return replace(one, individual=name)
    at = said.at.replace(microsecond=0)
    return replace(one, individual=name, method="human", by=said.by, at=at, probability=None)


def _others(
    catalogue: Catalogue,
    survey: Survey,
    exactness: Exactness,
    names: Mapping[str, str],
    said: Mapping[str, Identification],
    linked: set[str],
) -> None:
    """Sightings that came into the catalogue by another way."""
    after = ""
    while page := catalogue.sightings(limit=_PAGE, after=after):
        after = page[-1].id
        own = [record for record in page if record.id not in linked]
        add_sighting(catalogue, survey, own, exactness, names, said)


def _individual_rows(people: list[Individual]) -> Iterator[dict[str, str]]:
    for one in people:
        yield {
            "individualID": one.name,
            "number": str(one.number),
            "sightings": str(len(one.sighting_ids)),
            "note": one.note,
        }


def _verdict_rows(catalogue: Catalogue, event: int | None) -> Iterator[dict[str, str]]:
    """Verdicts of stored comparisons, each pair of each comparison once; none after the event."""
    until = None if event is None else catalogue.event(event).at if event else None
    pages, seen = ComparisonPages.of(catalogue), set[tuple[str, str, str]]()
    after = ""
    while page := catalogue.sightings(limit=_PAGE, after=after):
        after = page[-1].id
        for record in page:
            for one in pages.verdicts_on(record.id, limit=_PAGE):
                a, b = sorted((record.id, one.other))
                key = one.comparison_id, a, b
                late = event == 0 or (until is not None and one.created_at > until)
                if key in seen or late:
                    continue
                seen.add(key)
                chance = "" if one.probability is None else f"{one.probability:.6g}"
                yield {
                    "comparisonID": one.comparison_id,
                    "createdAt": one.created_at.isoformat(timespec="seconds"),
                    "eventID": a,
                    "otherEventID": b,
                    "verdict": one.kind,
                    "probabilitySame": chance,
                }


def _decision_rows(catalogue: Catalogue, last: int) -> Iterator[dict[str, str]]:
    after = 0
    while page := catalogue.events(after=after, limit=_PAGE):
        for one in page:
            if one.number > last:
                return
            yield {
                "decisionID": str(one.number),
                "decidedAt": one.at.isoformat(timespec="seconds"),
                "decidedBy": one.said.by,
                "kind": one.kind.value,
                "decision": json.dumps(one.told, sort_keys=True),
                "reason": one.said.why,
            }
        after = page[-1].number
