"""Records of a survey as rows of Camtrap DP; what has no column there is handed back apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from reid.errors import InputError
from reid.survey import Deployment, Media, Observation
from reid.survey.camtrap import TABLES, names
from reid.survey.moments import in_zone
from reid.survey.records import Record

Row = dict[str, Any]
_BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")


def deployment_row(one: Deployment, zone: tzinfo | None) -> Row:
    """A row of ``deployments``."""
    return {
        **_standard(one, "deployments"),
        "deploymentID": one.id,
        "locationID": one.location,
        "locationName": one.name,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "deploymentStart": iso(one.start, zone, f"deployment {one.id}"),
        "deploymentEnd": iso(one.end, zone, f"deployment {one.id}"),
        "cameraID": one.camera,
    }


def media_row(one: Media, zone: tzinfo | None) -> Row:
    """A row of ``media``."""
    extra = _standard(one, "media")
    return {
        **extra,
        "mediaID": one.id,
        "deploymentID": one.deployment,
        "timestamp": iso(one.at, zone, f"media {one.id}"),
        "filePath": relative_path(one.path),
        "filePublic": extra.get("filePublic", "false"),
        "fileMediatype": one.mediatype or mediatype_of(one.path),
    }


def observation_row(one: Observation, zone: tzinfo | None) -> Row:
    """A row of ``observations``."""
    what = f"observation {one.id}"
    flank = (f"flank:{one.flank}",) if one.flank else ()
    return {
        **_standard(one, "observations"),
        "observationID": one.id,
        "deploymentID": one.deployment,
        "mediaID": one.media,
        "eventID": one.event,
        "eventStart": iso(one.start, zone, what),
        "eventEnd": iso(one.end or one.start, zone, what),
        "observationLevel": one.level,
        "observationType": one.type,
        "scientificName": one.species,
        "count": one.count,
        "individualID": one.individual,
        **dict(zip(_BOX, one.box or ("",) * 4, strict=True)),
        "classificationMethod": one.method,
        "classifiedBy": one.by,
        "classificationTimestamp": iso(one.at, zone, what),
        "classificationProbability": one.probability,
        "observationTags": " | ".join((*flank, *one.tags)),
        "observationComments": one.comments,
    }


def beside(one: Record, table: str) -> Iterator[Row]:
    """Cells that the table has no column for, one a row of the resource ``reid-kept``."""
    columns = set(names(table))
    for column, value in one.extra.items():
        if column not in columns or not _holds(table, column, value):
            yield {"table": table, "id": one.id, "column": column, "value": value}
    if isinstance(one, Media) and relative_path(one.path) != one.path:
        yield {"table": table, "id": one.id, "column": "filePath", "value": one.path}
    if isinstance(one, Observation) and one.box_px:
        value = " ".join(f"{v:g}" for v in one.box_px)
        yield {"table": table, "id": one.id, "column": "boxPixels", "value": value}


def relative_path(path: str) -> str:
    """A path that Camtrap DP takes: a URL, or one without a root and without ``..``."""
    if "://" in path:
        return path
    text = path.lstrip("/~").removeprefix("./")
    return "/".join(part.lstrip(".") or "_" for part in text.split("/")) if text else "_"


def iso(at: datetime | None, zone: tzinfo | None, what: str) -> str:
    """A time as Camtrap DP writes it, to the second.

    Raises:
        InputError: it has no zone and none was given, or clocks there showed it twice or never.
    """
    if at is None:
        return ""
    if at.tzinfo is None:
        if zone is None:
            raise InputError(
                f"{what}: {at.isoformat()} has no time zone, and Camtrap DP needs one; say which "
                "the cameras were set to with --time-zone, such as +05:00"
            )
        try:
            at = in_zone(at, zone)
        except InputError as error:
            raise InputError(f"{what}: {error}") from error
    return at.isoformat(timespec="seconds")


def mediatype_of(path: str) -> str:
    """The media type by the extension; pictures where that says nothing."""
    kinds = {
        "png": "image/png",
        "webp": "image/webp",
        "tif": "image/tiff",
        "tiff": "image/tiff",
        "mp4": "video/mp4",
        "mov": "video/quicktime",
        "avi": "video/x-msvideo",
    }
    return kinds.get(path.rpartition(".")[2].lower(), "image/jpeg")


def _standard(one: Record, table: str) -> Row:
    columns = set(names(table))
    return {c: v for c, v in one.extra.items() if c in columns and _holds(table, c, v)}


def _holds(table: str, column: str, value: str) -> bool:
    """Whether the standard's column takes this value."""
    _, kind, limits = next(spec for spec in TABLES[table] if spec[0] == column)
    if "enum" in limits:
        return value in limits["enum"]
    if kind == "boolean":
        return value.lower() in ("true", "false", "1", "0")
    if kind == "object":
        return value.startswith("{")
    return _number_holds(value, limits, kind) if kind in ("number", "integer") else True


def _number_holds(value: str, limits: dict[str, Any], kind: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    whole = kind == "number" or value.lstrip("+-").isdigit()
    return whole and limits.get("minimum", number) <= number <= limits.get("maximum", number)
