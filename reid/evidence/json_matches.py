"""What was matched between two pictures, as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from reid.evidence.names import all_pairs
from reid.types import Comparison, PairEvidence

MOST = 200
"""Matches of a pair; more are no clearer to the eye."""


def matches_json(comparison: Comparison, most: int = MOST) -> list[dict[str, Any]]:
    """By pair of annotations, of those with any verified match.

    ``a``, ``b`` (annotation ids); ``a_xy_px``, ``b_xy_px`` (in pixels of the upright pictures,
    most distinctive first, at most ``most``); ``group`` (the local group of each).
    """
    return [_pair(pair, most) for pair in all_pairs(comparison) if len(pair.matches)]


def _pair(pair: PairEvidence, most: int) -> dict[str, Any]:
    found = pair.matches
    rows = np.argsort(-found.distinctiveness, kind="stable")[:most]
    return {
        "a": pair.a,
        "b": pair.b,
        "a_xy_px": np.round(found.a_xy_px[rows].astype(float), 1).tolist(),
        "b_xy_px": np.round(found.b_xy_px[rows].astype(float), 1).tolist(),
        "group": found.group[rows].astype(int).tolist(),
    }
