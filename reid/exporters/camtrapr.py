"""The tables that the R package camtrapR works with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reid.exporters.clock_notes import time_note
from reid.exporters.contract import Writing, Written
from reid.exporters.spans import spanned
from reid.exporters.tables import write_rows
from reid.importers.plan import wanted
from reid.survey import Deployment, Survey

RECORDS = (
    *("Station", "Camera", "Species", "Individual", "DateTimeOriginal", "Date", "Time"),
    *("Directory", "FileName", "Flank", "EventID", "TimeNote"),
)
CAMERAS = ("Station", "Camera", "latitude", "longitude", "Setup_date", "Retrieval_date", "Session")


class CamtrapRTables:
    """``records.csv`` as recordTableIndividual gives it, ``cameras.csv`` for cameraOperation."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        spans, notes = spanned(survey)
        rows = _records(survey, spans, writing)
        records = write_rows(target / "records.csv", RECORDS, rows)
        cameras = write_rows(target / "cameras.csv", CAMERAS, map(_camera, spans.values()))
        return Written((records, cameras), notes)


def _records(
    survey: Survey, spans: dict[str, Deployment], writing: Writing
) -> Iterator[dict[str, str]]:
    """One row a passage of an animal by a camera: the first observation of its event there."""
    seen: set[tuple[str, str, str]] = set()
    for one in survey.by_event():
        media = survey.medium(one.media) if one.media else None
        at = one.start or (media.at if media else None)
        place = spans.get(one.deployment)
        key = one.event or one.media or one.id, one.individual, one.deployment
        if not wanted(one, writing.species) or at is None or place is None or key in seen:
            continue
        seen.add(key)
        path = PurePosixPath(media.path.replace("\\", "/")) if media else PurePosixPath()
        yield {
            "Station": place.station,
            "Camera": place.camera,
            "Species": one.species,
            "Individual": one.individual or "unidentified",
            "DateTimeOriginal": f"{at:%Y-%m-%d %H:%M:%S}",
            "Date": f"{at:%Y-%m-%d}",
            "Time": f"{at:%H:%M:%S}",
            "Directory": str(path.parent) if media else "",
            "FileName": path.name,
            "Flank": one.flank,
            "EventID": one.event,
            "TimeNote": time_note(one),
        }


def _camera(one: Deployment) -> dict[str, object]:
    return {
        "Station": one.station,
        "Camera": one.camera,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "Setup_date": f"{one.start:%Y-%m-%d}" if one.start else "",
        "Retrieval_date": f"{one.end:%Y-%m-%d}" if one.end else "",
        "Session": one.extra.get("deploymentGroups", ""),
    }
