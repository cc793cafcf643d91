"""What a batch found of pairs, as review starts from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reid.batch.siblings import counts
from reid.review import OpenPair
from reid.types.words import likelier


def open_pairs(result: Mapping[str, Any], source: str) -> list[OpenPair]:
    """The pairs of one matched sighting that can be compared; others ask nothing of anybody."""
    return [
        OpenPair(
            result["sighting"],
            edge["b"],
            float(edge["llr"]),
            source=source,
            reasons=(f"the pictures are {likelier(float(edge['llr']))}",),
        )
        for edge in result["edges"]
        if counts(edge)
    ]
