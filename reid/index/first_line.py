"""The first line of an index's file: what is inside, how far it reaches, a checksum over it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from reid.types import Extent

FORMAT = "leopard-reid index 3"
MAX_BYTES = 1 << 16


def first_line(extent: Extent, entries: list[dict[str, object]]) -> bytes:
    """The line; its checksum is over all else that it says."""
    facts = {"format": FORMAT, "extent": asdict(extent), "sections": entries}
    return json.dumps({**facts, "sha256": _sealed(facts)}).encode() + b"\n"


def read_line(line: bytes) -> tuple[Extent, list[dict[str, object]]]:
    """What `first_line` wrote. Raises ValueError, KeyError or TypeError on anything else."""
    facts: dict[str, Any] = json.loads(line)
    if facts["format"] != FORMAT:
        raise ValueError(f"format {facts['format']!r}")
    if facts.pop("sha256") != _sealed(facts):
        raise ValueError("checksum of the first line differs")
    return Extent(**facts["extent"]), facts["sections"]


def _sealed(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
