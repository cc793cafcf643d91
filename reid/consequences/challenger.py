"""The engine of another bundle, all else as it is."""

from __future__ import annotations

from dataclasses import replace

from reid.errors import NotFoundError
from reid.fuse import parse_calibration
from reid.pipeline import Engine
from reid.registry import Registry
from reid.weights import Bundle, load_bundle, read_calibration


def find_challenger(reference: str, registry: Registry) -> Bundle:
    """A registered bundle by name, NAME@VERSION or hash, checked; else a shipped one, or a path.

    Raises:
        WeightsError: no such bundle, or an altered one.
    """
    try:
        return registry.open(registry.bundle(reference))
    except NotFoundError:
        return load_bundle(reference)


def load_challenger(reference: str, champion: Engine, registry: Registry) -> Engine:
    """An engine of a bundle with the champion's settings; local features as its calibration asks.

    Raises:
        WeightsError: no such bundle, one without a calibration, or an altered one.
    """
    bundle = find_challenger(reference, registry)
    content = read_calibration(bundle)
    local = parse_calibration(content).local if content else champion.config.local
    return Engine.load(replace(champion.config, local=local), bundle=bundle)
