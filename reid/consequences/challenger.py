"""The engine of another bundle, all else as it is."""

from __future__ import annotations

from dataclasses import replace

from reid.fuse import parse_calibration
from reid.pipeline import Engine
from reid.weights import load_bundle, read_calibration


def load_challenger(bundle: str, champion: Engine) -> Engine:
    """An engine of ``bundle`` with the champion's settings; local features as its calibration asks.

    Raises:
        WeightsError: no such bundle, one without a calibration, or an altered one.
    """
    content = read_calibration(load_bundle(bundle))
    local = parse_calibration(content).local if content else champion.config.local
    return Engine.load(replace(champion.config, bundle=bundle, local=local))
