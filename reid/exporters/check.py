"""A written Camtrap DP package held against the standard, without a network (extra ``formats``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reid.errors import ConfigError, InputError
from reid.survey.camtrap import CAPTURE, PROFILE, SAMPLING, TABLES, schema

_NEEDED = ("profile", "created", "contributors", "project", "spatial", "temporal", "taxonomic")
_PROJECT = ("title", "samplingDesign", "captureMethod", "individualAnimals", "observationLevel")
MOST = 100


def check_package(folder: Path) -> list[str]:
    """What is not as Camtrap DP 1.0.2 says, up to 100 sentences with file, row and column.

    Raises:
        ConfigError: the extra is not installed.
        InputError: there is no readable datapackage.json.
    """
    frictionless = _frictionless()
    try:
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder.name}: expected datapackage.json in it: {error}") from error
    wrong = metadata_errors(descriptor)
    offline = {"name": "check", "resources": [_offline(r) for r in descriptor["resources"]]}
    package = frictionless.Package.from_descriptor(offline, basepath=str(folder))
    found = package.validate(limit_errors=MOST)
    for task in found.tasks:
        wrong += [f"{task.place}: {error.message}" for error in task.errors]
    return [*wrong, *(str(error.message) for error in found.errors)][:MOST]


def metadata_errors(descriptor: dict[str, Any]) -> list[str]:
    """What the package's own description lacks."""
    wrong = [f"{name}: required" for name in _NEEDED if not descriptor.get(name)]
    if descriptor.get("profile") != PROFILE:
        wrong.append(f"profile: expected {PROFILE}")
    names = [one.get("name") for one in descriptor.get("resources", [])]
    wrong += [f"resources: {table} is required" for table in TABLES if table not in names]
    project = descriptor.get("project") or {}
    wrong += [f"project.{name}: required" for name in _PROJECT if name not in project]
    if project.get("samplingDesign") not in SAMPLING:
        wrong.append(f"project.samplingDesign: expected one of {', '.join(SAMPLING)}")
    if not set(project.get("captureMethod", ())) <= set(CAPTURE):
        wrong.append(f"project.captureMethod: expected some of {', '.join(CAPTURE)}")
    temporal = descriptor.get("temporal") or {}
    return wrong + [
        f"temporal.{name}: required" for name in ("start", "end") if name not in temporal
    ]


def _offline(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource with its schema in full: addresses on the web are not asked."""
    kept = {k: v for k, v in resource.items() if k not in ("profile", "schema")}
    if resource["name"] in TABLES:
        return {**kept, "type": "table", "schema": schema(resource["name"])}
    told = resource.get("schema")
    return {**kept, "type": "table", **({"schema": told} if isinstance(told, dict) else {})}


def _frictionless() -> Any:
    try:
        import frictionless
    except ImportError as error:
        raise ConfigError(
            "checking a package needs frictionless: pip install 'leopard-reid[formats]'"
        ) from error
    return frictionless
