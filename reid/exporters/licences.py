"""Licences as they go out: of a whole package where all have one, else of each record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reid.exporters.camtrap_rows import Row
from reid.importers.camtrap import LICENCE
from reid.importers.licences import SCOPES, licences_of
from reid.survey import Media, Observation, Problems, Survey
from reid.survey.licences import NOT_STATED, address_of

_OF: dict[str, type[Media | Observation]] = {"data": Observation, "media": Media}
_NAME = re.compile(r"[^-a-zA-Z0-9._]+")


def licenses(survey: Survey, kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Camtrap DP's ``licenses``: every one of each scope; what its source listed, as it did.

    Where nobody stated any of these records, what the source lists, if anything. Camtrap DP wants
    a licence of either scope or none at all: an unstated one is said to be that.
    """
    listed = [one for one in _list(kept) if isinstance(one, dict)]
    counts = {scope: survey.licences(_OF[scope]) for scope in SCOPES}
    if not any(licence for found in counts.values() for licence in found):
        return listed
    return [
        _entry(licence, scope, listed)
        for scope in SCOPES
        for licence in _parts(counts[scope] or {"": 0})
    ]


def licence_rows(survey: Survey) -> Iterator[Row]:
    """For the resource ``reid-kept``: whose licence is which, where a table has several."""
    if len(survey.licences(Media)) > 1:
        for media in survey.media():
            yield _row("media", media)
    if len(survey.licences(Observation)) > 1:
        for one in survey.observations():
            yield _row("observations", one)


def _row(table: str, one: Media | Observation) -> Row:
    return {"table": table, "id": one.id, "column": LICENCE, "value": one.licence or NOT_STATED}


def _list(kept: Mapping[str, Any]) -> list[Any]:
    found = kept.get("licenses")
    return found if isinstance(found, list) else []


def _parts(found: Mapping[str, int]) -> list[str]:
    """Each on its own: those that hold together are as many entries of a list."""
    parts = [
        part
        for licence in found
        for part in ([licence] if "(" in licence else licence.split(" AND "))
    ]
    return sorted(set(parts))


def _entry(licence: str, scope: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
    for one in listed:
        stated = licences_of({"licenses": [one]}, "", Problems())
        if licence and (stated.data if scope == "data" else stated.media) == licence:
            return {**one, "scope": scope}
    if not licence:
        return {"name": NOT_STATED, "title": "Not stated: ask the data's owner", "scope": scope}
    name, address = _NAME.sub("-", licence), address_of(licence)
    more = {"path": address} if address != licence else {}
    title = {"title": licence} if name != licence else {}
    return {"name": name, **more, **title, "scope": scope}
