"""Exporters by the name of their format."""

from __future__ import annotations

from importlib import import_module

from reid.errors import InputError
from reid.exporters.contract import Exporter

FORMATS = {
    "camtrap-dp": "reid.exporters.camtrap:CamtrapPackage",
    "wildlife-datasets": "reid.exporters.wildlife:WildlifeTable",
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
