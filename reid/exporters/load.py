"""Exporters by the name of their format."""

from __future__ import annotations

from importlib import import_module

from reid.errors import InputError
from reid.exporters.contract import Exporter

FORMATS = {
    "camtrap-dp": "reid.exporters.camtrap:CamtrapPackage",
    "wildlife-datasets": "reid.exporters.wildlife:WildlifeTable",
    "wildbook": "reid.exporters.wildbook:WildbookSheets",
    "miewid": "reid.exporters.miewid:MiewIdTables",
    "darwin-core": "reid.exporters.darwin_core:DarwinCore",
    "geojson": "reid.exporters.maps:GeoJsonMap",
    "kml": "reid.exporters.maps:KmlMap",
    "secr": "reid.exporters.secr:SecrFiles",
    "camtrapr": "reid.exporters.camtrapr:CamtrapRTables",
    "capture-histories": "reid.exporters.capture:CaptureHistories",
}


def exporter_for(name: str) -> Exporter:
    """The exporter of this name.

    Raises:
        InputError: no such format.
    """
    if name not in FORMATS:
        raise InputError(f"format: expected one of {', '.join(FORMATS)}, found {name!r}")
    module, _, kind = FORMATS[name].partition(":")
    found: Exporter = getattr(import_module(module), kind)()
    return found
