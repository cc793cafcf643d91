"""One row of a Camtrap DP table as a record of the survey."""

from __future__ import annotations

from reid.importers.lines import Line
from reid.survey import Deployment, Media, Observation
from reid.survey.camtrap import LEVELS, METHODS, OBSERVATION_TYPES
from reid.survey.moments import seconds_apart
from reid.survey.records import RelativeBox
from reid.types import Flank

_BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
ROUNDING = 0.005
"""How far a box may reach beyond its picture by rounding; it is cut there."""
FLANK = "flank:"
"""Before a flank among ``observationTags``."""


def prefixed(prefix: str, name: str) -> str:
    """An id with the project's prefix; "" stays nobody."""
    return prefix + name if name else ""


def position_of(line: Line, latitude: str, longitude: str) -> tuple[float | None, float | None]:
    """Both or neither, in degrees; 0, 0 is a position that was never set."""
    north, east = line.number_in(latitude, -90, 90), line.number_in(longitude, -180, 180)
    if north == 0 and east == 0:
        line.refuse(latitude, "0, 0 means that the position was never set; left empty")
        return None, None
    if (north is None) != (east is None):
        line.refuse(latitude, "expected latitude and longitude together; both left empty")
        return None, None
    return north, east


def deployment_of(line: Line, prefix: str) -> Deployment:
    """A row of ``deployments``."""
    latitude, longitude = position_of(line, "latitude", "longitude")
    start, end = line.time("deploymentStart"), line.time("deploymentEnd")
    if start and end and seconds_apart(start, end) < 0:
        line.refuse("deploymentEnd", "expected an end after the start; left empty")
        end = None
    return Deployment(
        prefixed(prefix, line.text("deploymentID")),
        line.text("locationID"),
        line.text("locationName"),
        latitude,
        longitude,
        start,
        end,
        line.text("cameraID"),
        extra=line.rest(),
    )


def media_of(line: Line, prefix: str) -> Media:
    """A row of ``media``."""
    if not line.text("filePath"):
        line.refuse("filePath", "expected a path or URL")
    return Media(
        prefixed(prefix, line.text("mediaID")),
        prefixed(prefix, line.text("deploymentID")),
        line.text("filePath"),
        line.time("timestamp"),
        line.text("fileMediatype"),
        extra=line.rest(),
        licence=line.licence(),
    )


def observation_of(line: Line, prefix: str) -> Observation:
    """A row of ``observations``."""
    tags = [tag.strip() for tag in line.text("observationTags").split("|") if tag.strip()]
    flanks = [tag.removeprefix(FLANK) for tag in tags if tag.startswith(FLANK)]
    flank = flanks[0] if len(flanks) == 1 and flanks[0] in set(Flank) else ""
    count = line.number_in("count", 1)
    level = line.word("observationLevel", LEVELS)
    return Observation(
        prefixed(prefix, line.text("observationID")),
        prefixed(prefix, line.text("deploymentID")),
        prefixed(prefix, line.text("mediaID")),
        prefixed(prefix, line.text("eventID")),
        line.time("eventStart"),
        line.time("eventEnd"),
        level or ("media" if line.text("mediaID") else "event"),
        line.word("observationType", OBSERVATION_TYPES) or "unclassified",
        line.text("scientificName"),
        None if count is None else int(count),
        prefixed(prefix, line.text("individualID")),
        flank,
        relative_box(line, _BOX),
        None,
        line.word("classificationMethod", METHODS),
        line.text("classifiedBy"),
        line.time("classificationTimestamp"),
        line.number_in("classificationProbability", 0, 1),
        tuple(tag for tag in tags if not (flank and tag.startswith(FLANK))),
        line.text("observationComments"),
        line.rest(),
        line.licence(),
    )


def relative_box(line: Line, columns: tuple[str, ...]) -> RelativeBox | None:
    """A box in shares of the picture; one that is not whole, or leaves it, is noted."""
    if not any(line.text(column) for column in columns):
        return None
    values = [line.number_in(column) for column in columns]
    if None in values:
        line.refuse(columns[0], "expected all four of the box")
        return None
    x, y, width, height = (value for value in values if value is not None)
    found = inside(x, y, width, height)
    if found is None:
        for column in columns:
            line.refuse(column, "expected a box inside the picture, shares from 0 to 1")
    return found


def inside(x: float, y: float, width: float, height: float) -> RelativeBox | None:
    """The box cut at the picture's edges where it leaves by rounding; None where by more."""
    right, bottom = x + width, y + height
    if min(x, y) < -ROUNDING or max(right, bottom) > 1 + ROUNDING:
        return None
    if x >= 0 and y >= 0 and right <= 1 and bottom <= 1:
        return (x, y, width, height) if width > 0 and height > 0 else None
    left, top = max(x, 0.0), max(y, 0.0)
    width, height = min(right, 1.0) - left, min(bottom, 1.0) - top
    return (left, top, width, height) if width > 0 and height > 0 else None
