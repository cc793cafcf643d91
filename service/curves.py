"""The curve that a training run draws as it goes on: a file of its folder, a line a point."""

from __future__ import annotations

import json
import math
from pathlib import Path

CURVE, FOLDER = "curve.jsonl", "training"
MOST_BYTES = 4 << 20
MOST_POINTS = 5000

Point = dict[str, float]


def curve_of(data_dir: Path, job_id: str) -> list[Point]:
    """The points so far, oldest first; none where the job draws none, or has not begun to.

    A line that is being written, and what is no number, is left out.
    """
    try:
        with (data_dir / FOLDER / job_id / CURVE).open(encoding="utf-8") as file:
            lines = file.read(MOST_BYTES).splitlines()
    except (OSError, ValueError):
        return []
    points = [_point(line) for line in lines[-MOST_POINTS:]]
    return [point for point in points if point]


def _point(line: str) -> Point:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        str(name): float(value)
        for name, value in told.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
