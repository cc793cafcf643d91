"""Darwin Core occurrences (https://dwc.tdwg.org/terms): one row a sighting of an animal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path

from reid.exporters.contract import Writing, Written
from reid.exporters.snapshot import GENERALISED, PLACES
from reid.exporters.tables import write_rows
from reid.importers.plan import DISPUTED, wanted
from reid.survey import Deployment, Observation, Survey
from reid.survey.licences import address_of
from reid.types.licences import together

COLUMNS = (
    *("occurrenceID", "basisOfRecord", "eventID", "eventDate", "scientificName", "organismID"),
    *("individualCount", "identifiedBy", "dateIdentified", "locationID", "decimalLatitude"),
    *("decimalLongitude", "geodeticDatum", "coordinateUncertaintyInMeters", "coordinatePrecision"),
    *("dataGeneralizations", "informationWithheld", "occurrenceStatus", "associatedMedia"),
    *("occurrenceRemarks", "license"),
)
WITHHELD = "position withheld: an endangered animal; ask the data's owner"


class DarwinCore:
    """``occurrence.csv``; empty cells are what nobody knows."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        places = {one.id: one for one in survey.deployments()}
        rows = _rows(survey, places, writing)
        return Written((write_rows(target / "occurrence.csv", COLUMNS, rows),))


def _rows(
    survey: Survey, places: Mapping[str, Deployment], writing: Writing
) -> Iterator[dict[str, object]]:
    shown = _shown(survey)
    for key, group in groupby(survey.by_event(), lambda o: o.event or o.media or o.id):
        animals = [one for one in group if wanted(one, writing.species)]
        names = {one.individual for one in animals} - {""}
        for name in sorted(names) or ([""] if animals else []):
            own = [one for one in animals if one.individual == name or len(names) < 2]
            row = _occurrence(key, name, own, survey, len(names) > 1)
            yield row | _place(places.get(own[0].deployment), shown)


def _occurrence(
    key: str, name: str, own: list[Observation], survey: Survey, several: bool
) -> dict[str, object]:
    said = next((one for one in own if one.individual == name and one.by), own[0])
    media = [m for o in own if o.media and (m := survey.medium(o.media)) and m.remote]
    times = [one.start for one in own if one.start]
    counts = [one.count for one in own if one.count]
    disputed = sorted({t for one in own for t in one.tags if t.startswith(DISPUTED)})
    remarks = [one.comments for one in own if one.comments]
    remarks += [f"time disputed: also {tag.removeprefix(DISPUTED)}" for tag in disputed]
    return {
        "occurrenceID": f"{key}/{name}" if several else key,
        "basisOfRecord": "MachineObservation",
        "eventID": key,
        "eventDate": _dates(times, own),
        "scientificName": next((one.species for one in own if one.species), ""),
        "organismID": name,
        "individualCount": 1 if name else max(counts, default=""),
        "identifiedBy": said.by if name else "",
        "dateIdentified": said.at.isoformat() if name and said.at else "",
        "occurrenceStatus": "present",
        "associatedMedia": " | ".join(dict.fromkeys(one.path for one in media)),
        "occurrenceRemarks": " | ".join(dict.fromkeys(remarks)),
        "license": _license(own, survey),
    }


def _license(own: list[Observation], survey: Survey) -> str:
    """Of the record; where nobody stated one, of its files."""
    said = together(one.licence for one in own)
    media = (survey.medium(one.media) for one in own if one.media and not said)
    return address_of(said or together(one.licence for one in media if one))


def _dates(times: list[datetime], own: list[Observation]) -> str:
    """A time, or from / to; as the clock showed it."""
    if not times:
        return ""
    first = min(times, key=lambda at: at.replace(tzinfo=None))
    ends = [one.end for one in own if one.end]
    last = max([first, *ends], key=lambda at: at.replace(tzinfo=None))
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def _place(one: Deployment | None, shown: Mapping[str, object]) -> dict[str, object]:
    if one is None:
        return {}
    if one.latitude is None:
        withheld = WITHHELD if shown["withheld"] else ""
        return {"locationID": one.station, "informationWithheld": withheld}
    return {
        "locationID": one.station,
        "decimalLatitude": one.latitude,
        "decimalLongitude": one.longitude,
        "geodeticDatum": "EPSG:4326",
        "coordinateUncertaintyInMeters": one.extra.get("coordinateUncertainty", ""),
        "coordinatePrecision": shown["precision"],
        "dataGeneralizations": shown["words"],
    }


def _shown(survey: Survey) -> dict[str, object]:
    places = survey.meta(PLACES) or "exact"
    rounded = places not in ("exact", "withheld")
    return {
        "withheld": places == "withheld",
        "precision": places if rounded else "",
        "words": survey.meta(GENERALISED) or "",
    }
