"""Camtrap DP 1.0.2 as facts: the columns of its tables, their types and limits.

Written from the specification (https://camtrap-dp.tdwg.org, TDWG, CC0), so that packages are
read, written and validated without a network.
"""

from __future__ import annotations

from typing import Any

VERSION = "1.0.2"
BASE = f"https://raw.githubusercontent.com/tdwg/camtrap-dp/{VERSION}"
PROFILE = f"{BASE}/camtrap-dp-profile.json"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
OBSERVATION_TYPES = ("animal", "human", "vehicle", "blank", "unknown", "unclassified")
LEVELS = ("media", "event")
METHODS = ("human", "machine")
SAMPLING = (
    *("simpleRandom", "systematicRandom", "clusteredRandom", "experimental", "targeted"),
    "opportunistic",
)
CAPTURE = ("activityDetection", "timeLapse")
_FEATURES = (
    *("roadPaved", "roadDirt", "trailHiking", "trailGame", "roadUnderpass", "roadOverpass"),
    *("roadBridge", "culvert", "burrow", "nestSite", "carcass", "waterSource", "fruitingTree"),
)
_NEEDED: dict[str, Any] = {"required": True}
_UNIQUE = {"required": True, "unique": True}

Column = tuple[str, str, dict[str, Any]]
"""Name, Frictionless type, constraints."""


def _text(*names: str) -> list[Column]:
    return [(name, "string", {}) for name in names]


def _number(name: str, least: float, most: float | None = None, kind: str = "number") -> Column:
    limits = {"minimum": least} | ({} if most is None else {"maximum": most})
    return name, kind, limits


def _time(name: str, *, required: bool = True) -> Column:
    return name, "datetime", _NEEDED if required else {}


def _word(name: str, known: tuple[str, ...], *, required: bool = False) -> Column:
    return name, "string", {"enum": list(known)} | (_NEEDED if required else {})


DEPLOYMENTS: list[Column] = [
    ("deploymentID", "string", _UNIQUE),
    *_text("locationID", "locationName"),
    ("latitude", "number", {**_NEEDED, "minimum": -90, "maximum": 90}),
    ("longitude", "number", {**_NEEDED, "minimum": -180, "maximum": 180}),
    _number("coordinateUncertainty", 1, kind="integer"),
    _time("deploymentStart"),
    _time("deploymentEnd"),
    *_text("setupBy", "cameraID", "cameraModel"),
    _number("cameraDelay", 0, kind="integer"),
    _number("cameraHeight", 0),
    _number("cameraDepth", 0),
    _number("cameraTilt", -90, 90, kind="integer"),
    _number("cameraHeading", 0, 360, kind="integer"),
    _number("detectionDistance", 0),
    ("timestampIssues", "boolean", {}),
    ("baitUse", "boolean", {}),
    _word("featureType", _FEATURES),
    *_text("habitat", "deploymentGroups", "deploymentTags", "deploymentComments"),
]
MEDIA: list[Column] = [
    ("mediaID", "string", _UNIQUE),
    ("deploymentID", "string", _NEEDED),
    _word("captureMethod", CAPTURE),
    _time("timestamp"),
    ("filePath", "string", {**_NEEDED, "pattern": r"^(?=^[^./~])(^((?!\.{2}).)*$).*$"}),
    ("filePublic", "boolean", _NEEDED),
    *_text("fileName"),
    ("fileMediatype", "string", {**_NEEDED, "pattern": r"^(image|video|audio)/.*$"}),
    ("exifData", "object", {}),
    ("favorite", "boolean", {}),
    *_text("mediaComments"),
]
OBSERVATIONS: list[Column] = [
    ("observationID", "string", _UNIQUE),
    ("deploymentID", "string", _NEEDED),
    *_text("mediaID", "eventID"),
    _time("eventStart"),
    _time("eventEnd"),
    _word("observationLevel", LEVELS, required=True),
    _word("observationType", OBSERVATION_TYPES, required=True),
    _word("cameraSetupType", ("setup", "calibration")),
    *_text("scientificName"),
    _number("count", 1, kind="integer"),
    _word("lifeStage", ("adult", "subadult", "juvenile")),
    _word("sex", ("female", "male")),
    *_text("behavior", "individualID"),
    _number("individualPositionRadius", 0),
    _number("individualPositionAngle", -90, 90),
    _number("individualSpeed", 0),
    _number("bboxX", 0, 1),
    _number("bboxY", 0, 1),
    _number("bboxWidth", 1e-15, 1),
    _number("bboxHeight", 1e-15, 1),
    _word("classificationMethod", METHODS),
    *_text("classifiedBy"),
    _time("classificationTimestamp", required=False),
    _number("classificationProbability", 0, 1),
    *_text("observationTags", "observationComments"),
]
TABLES = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}
KEYS = {"deployments": "deploymentID", "media": "mediaID", "observations": "observationID"}
_REFERS = {
    "media": {"deploymentID": "deployments"},
    "observations": {"deploymentID": "deployments", "mediaID": "media"},
}


def names(table: str) -> list[str]:
    """The columns of a table in their order."""
    return [name for name, _, _ in TABLES[table]]


def schema(table: str) -> dict[str, Any]:
    """A table's Frictionless schema, to validate with."""
    keys = [
        {"fields": column, "reference": {"resource": other, "fields": column}}
        for column, other in _REFERS.get(table, {}).items()
    ]
    return {
        "fields": [_field(*column) for column in TABLES[table]],
        "missingValues": ["", "NaN", "nan"] if table != "media" else [""],
        "primaryKey": KEYS[table],
        "foreignKeys": keys,
    }


def _field(name: str, kind: str, constraints: dict[str, Any]) -> dict[str, Any]:
    formats = {"format": TIME_FORMAT} if kind == "datetime" else {}
    return {"name": name, "type": kind, **formats, "constraints": constraints}
