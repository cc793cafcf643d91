"""What a Camtrap DP package says of itself: kept from its source, the rest from its tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reid.errors import InputError
from reid.exporters.contract import Writing
from reid.exporters.licences import licenses
from reid.exporters.snapshot import GENERALISED
from reid.survey import Deployment, Observation, Survey
from reid.survey.camtrap import CAPTURE, PROFILE, SAMPLING

PACKAGE = "camtrap-dp"
_ANEW = {"licenses", "resources", "spatial", "temporal", "taxonomic", "created", "profile"}


def metadata(
    survey: Survey, spans: dict[str, Deployment], writing: Writing, created: datetime
) -> dict[str, Any]:
    """The descriptor without its resources.

    Raises:
        InputError: no deployment has a start and an end.
    """
    kept = survey.meta(PACKAGE) or {}
    told = {name: value for name, value in kept.items() if name not in _ANEW}
    precision = _precision(survey)
    title = {"title": writing.title} if "title" not in told else {}
    said = licenses(survey, kept)
    made = {"title": writing.by, "role": "contributor"} if writing.by else {"title": "leopard-reid"}
    return {
        "name": "leopards",
        **told,
        **title,
        "profile": PROFILE,
        "created": created.isoformat(timespec="seconds"),
        **({"licenses": said} if said else {}),
        "contributors": told.get("contributors") or [made],
        "project": _project(told.get("project"), writing),
        **precision,
        "spatial": _spatial(spans.values()),
        "temporal": _temporal(spans.values()),
        "taxonomic": _taxonomic(survey, kept.get("taxonomic"), writing),
    }


def _project(kept: Any, writing: Writing) -> dict[str, Any]:
    """As the source says it. ``opportunistic`` claims least of the sampling where nobody said."""
    told: dict[str, Any] = dict(kept) if isinstance(kept, dict) else {}
    told.setdefault("title", writing.title)
    if told.get("samplingDesign") not in SAMPLING:
        told["samplingDesign"] = "opportunistic"
    methods = told.get("captureMethod")
    listed = methods if isinstance(methods, list) else []
    told["captureMethod"] = [one for one in listed if one in CAPTURE] or [CAPTURE[0]]
    told["individualAnimals"] = True
    told["observationLevel"] = ["media", "event"]
    return told


def _precision(survey: Survey) -> dict[str, Any]:
    words = survey.meta(GENERALISED) or ""
    steps = [step for step in ("0.1", "0.01", "0.001") if f"nearest {step} degree" in words]
    if not steps:
        return {}
    return {"coordinatePrecision": float(steps[0]), GENERALISED: words}


def _spatial(deployments: Iterable[Deployment]) -> dict[str, Any]:
    """The box around all positions, as they are shown."""
    places = [
        (one.longitude, one.latitude)
        for one in deployments
        if one.longitude is not None and one.latitude is not None
    ]
    if not places:
        raise InputError("Camtrap DP needs a deployment with a position, found none")
    east, north = [x for x, _ in places], [y for _, y in places]
    west, right, south, top = min(east), max(east), min(north), max(north)
    ring = [[west, south], [right, south], [right, top], [west, top], [west, south]]
    return {"type": "Polygon", "bbox": [west, south, right, top], "coordinates": [ring]}


def _temporal(deployments: Iterable[Deployment]) -> dict[str, str]:
    days = [at.date().isoformat() for one in deployments for at in (one.start, one.end) if at]
    if not days:
        raise InputError("Camtrap DP needs the start and end of deployments, found none")
    return {"start": min(days), "end": max(days)}


def species_of(one: Observation, writing: Writing) -> str:
    """As its source says it; of an animal that is somebody here the species that is asked for."""
    return one.species or (writing.species[0] if one.individual and one.type == "animal" else "")


def _taxonomic(survey: Survey, kept: Any, writing: Writing) -> list[dict[str, Any]]:
    known = {
        str(one.get("scientificName")): one
        for one in (kept if isinstance(kept, list) else [])
        if isinstance(one, dict)
    }
    names = sorted({species_of(one, writing) for one in survey.observations()} - {""})
    return [known.get(name, {"scientificName": name}) for name in names]
