"""Importers by the name of their format."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from reid.errors import InputError
from reid.importers.contract import Importer

FORMATS = {
    "camtrap-dp": "reid.importers.camtrap:CamtrapPackage",
    "wildlife-insights": "reid.importers.insights:WildlifeInsights",
    "megadetector": "reid.importers.megadetector:MegaDetectorResults",
    "coco-camera-traps": "reid.importers.coco:CocoCameraTraps",
    "wildbook": "reid.importers.wildbook:WildbookSheet",
    "miewid": "reid.importers.miewid:MiewIdTable",
    "wildlife-datasets": "reid.importers.wildlife:WildlifeTable",
    "table": "reid.importers.table:AnyTable",
    "folders": "reid.importers.folders:FolderPerIndividual",
}
"""More specific ones first: the first that a source looks like reads it."""


def importer_for(path: Path, name: str | None = None) -> tuple[str, Importer]:
    """The importer of this name, or the first whose format the source looks like.

    Raises:
        InputError: no such name, nothing at this path, or no format that it looks like.
    """
    if not path.exists():
        raise InputError(f"{path}: expected a file or folder, found nothing at this path")
    if name is not None:
        if name not in FORMATS:
            raise InputError(f"format: expected one of {', '.join(FORMATS)}, found {name!r}")
        return name, _load(name)
    for known in FORMATS:
        found = _load(known)
        if found.matches(path):
            return known, found
    raise InputError(
        f"{path.name}: looks like none of {', '.join(FORMATS)}; name the format with --format"
    )


def _load(name: str) -> Importer:
    module, _, kind = FORMATS[name].partition(":")
    found: Importer = getattr(import_module(module), kind)()
    return found
