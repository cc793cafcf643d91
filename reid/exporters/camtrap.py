"""Camtrap DP 1.0.2, with who is who, verdicts and decisions as resources of our own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reid.errors import InputError
from reid.exporters.camtrap_metadata import metadata, species_of
from reid.exporters.camtrap_rows import Row, beside, deployment_row, media_row, observation_row
from reid.exporters.contract import Writing, Written
from reid.exporters.licences import licence_rows
from reid.exporters.spans import spanned
from reid.exporters.tables import write_rows, write_text
from reid.survey import Deployment, Observation, Survey
from reid.survey.camtrap import BASE, names

OWN: dict[str, list[tuple[str, str]]] = {
    "reid-individuals": [
        ("individualID", "The name; observations refer to it."),
        ("number", "Never changes, names may."),
        ("sightings", "How many sightings are believed to be this animal."),
        ("note", ""),
    ],
    "reid-verdicts": [
        ("comparisonID", "The stored comparison; it can be run again."),
        ("createdAt", "UTC."),
        ("eventID", "One sighting."),
        ("otherEventID", "The other."),
        ("verdict", "same, different, inconclusive or not-comparable."),
        ("probabilitySame", "Calibrated, under the prior of the comparison; may be empty."),
    ],
    "reid-decisions": [
        ("decisionID", "In the order of deciding."),
        ("decidedAt", "UTC."),
        ("decidedBy", "Who said so."),
        ("kind", "confirm, reject, new-individual, merge, split, undo ..."),
        ("decision", "JSON."),
        ("reason", ""),
    ],
    "reid-evidence": [
        ("eventID", "A sighting that nobody named."),
        ("otherEventID", "Another sighting; individual:NAME where a person ruled that one out."),
        ("llr", "Calibrated log-likelihood ratio, natural log, for one animal against two."),
        ("source", "The comparison or job it is from."),
    ],
    "reid-kept": [
        ("table", "deployments, media or observations."),
        ("id", "Of the row there."),
        ("column", "As the source wrote it; unread:COLUMN could not be understood."),
        ("value", "As it stands."),
    ],
}
"""Our resources: their columns, all text, and what they say."""


class CamtrapPackage:
    """A folder with datapackage.json and its tables."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`.

        Raises:
            InputError: a deployment without a position, or a time without a zone and none given.
        """
        spans, notes = spanned(survey)
        _check(spans)
        files = [*_tables(survey, target, writing, spans)]
        others = [name for name in survey.resources() if name not in OWN]
        for name in [*OWN, *others]:
            rows = _kept(survey, spans) if name == "reid-kept" else survey.kept(name)
            columns = [c for c, _ in OWN[name]] if name in OWN else _columns(survey, name)
            files.append(write_rows(target / f"{name}.csv", columns, rows))
        resources = [*map(_standard, ("deployments", "media", "observations")), *map(_own, OWN)]
        resources += [{"name": name, "path": f"{name}.csv"} for name in others]
        created = writing.created or datetime.now(UTC)
        told = metadata(survey, spans, writing, created) | {"resources": resources}
        text = json.dumps(told, indent=2, ensure_ascii=False)
        files.append(write_text(target / "datapackage.json", text + "\n"))
        return Written(tuple(files), (*notes, *_unspecified(survey, writing), *_untimed(survey)))


def _tables(
    survey: Survey, target: Path, writing: Writing, spans: dict[str, Deployment]
) -> Iterator[Path]:
    zone = writing.zone
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "deployments": lambda: (deployment_row(one, zone) for one in spans.values()),
        "media": lambda: (media_row(one, zone) for one in survey.media()),
        "observations": lambda: (
            observation_row(_told(one, survey, writing), zone) for one in survey.observations()
        ),
    }
    for table, made in rows.items():
        yield write_rows(target / f"{table}.csv", names(table), made())


def _told(one: Observation, survey: Survey, writing: Writing) -> Observation:
    """With its time and species, where those are known otherwise."""
    return replace(_timed(one, survey), species=species_of(one, writing))


def _unspecified(survey: Survey, writing: Writing) -> tuple[str, ...]:
    many = sum(not one.species and bool(species_of(one, writing)) for one in survey.observations())
    if not many:
        return ()
    named = f"{writing.species[0]} (--species says otherwise)"
    return (f"{many} observations of named animals had no species: written as {named}",)


def _timed(one: Observation, survey: Survey) -> Observation:
    """An observation in a file was when the file was made; nothing else is made up."""
    media = survey.medium(one.media) if one.media and one.start is None else None
    return one if media is None else replace(one, start=media.at, end=media.at)


def _untimed(survey: Survey) -> tuple[str, ...]:
    files = sum(one.at is None for one in survey.media())
    seen = sum(_timed(one, survey).start is None for one in survey.observations())
    if not files + seen:
        return ()
    return (
        f"{files} files and {seen} observations have no time, which Camtrap DP requires: their "
        "cells stay empty and the package is not valid until somebody fills them",
    )


def _check(spans: dict[str, Deployment]) -> None:
    without = [one.id for one in spans.values() if one.latitude is None]
    if without:
        raise InputError(
            f"Camtrap DP needs the position of every deployment, found none of {len(without)}: "
            f"{', '.join(without[:3])}. Where they are known, export for a role that may see them"
        )


def _kept(survey: Survey, spans: dict[str, Deployment]) -> Iterator[Row]:
    for deployment in spans.values():
        yield from beside(deployment, "deployments")
    for media in survey.media():
        yield from beside(media, "media")
    for one in survey.observations():
        yield from beside(one, "observations")
    yield from licence_rows(survey)


def _columns(survey: Survey, name: str) -> list[str]:
    found: dict[str, None] = {}
    for row in survey.kept(name):
        found |= dict.fromkeys(row)
    return list(found)


def _standard(table: str) -> dict[str, Any]:
    return {
        "name": table,
        "path": f"{table}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"{BASE}/{table}-table-schema.json",
    }


def _own(name: str) -> dict[str, Any]:
    fields = [{"name": c, "type": "string", "description": why} for c, why in OWN[name]]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "schema": {"fields": fields},
    }
