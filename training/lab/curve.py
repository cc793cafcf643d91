"""The curve of a run on disk: a line a point, whole whenever it is read, taken up after a kill."""

from __future__ import annotations

import json
from pathlib import Path

CURVE = "curve.jsonl"
ALONG = ("step", "shrink")
"""What points lie along: those of the network, those of the head."""
Point = dict[str, float]


class Curve:
    """Points of a folder's ``curve.jsonl``; each place along a kind's axis stands there once.

    A point with ``folds`` is of so many folds so far; one without is final.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / CURVE
        self._points = _read(self._path)

    def put(self, point: Point) -> None:
        """Keep a point in the place of its earlier one, unless that knew more: a run that goes on
        after a kill does again what was not kept.
        """
        place = _place(point)
        at = next((k for k, one in enumerate(self._points) if _place(one) == place), None)
        if at is None:
            self._points.append(point)
        elif _known(point) >= _known(self._points[at]):
            self._points[at] = point
        self._write()

    def _write(self) -> None:
        beside = self._path.with_name(f"{self._path.name}.part")
        beside.write_text("".join(json.dumps(one) + "\n" for one in self._points), "utf-8")
        beside.replace(self._path)


def _place(point: Point) -> tuple[tuple[str, float], ...]:
    return tuple((name, point[name]) for name in ALONG if name in point)


def _known(point: Point) -> float:
    return point.get("folds", float("inf"))


def _read(path: Path) -> list[Point]:
    """What a run that was cut off has left; a line that is none of ours is let go."""
    if not path.is_file():
        return []
    found = [_parsed(line) for line in path.read_bytes().splitlines()]
    return [one for one in found if _place(one)]


def _parsed(line: bytes) -> Point:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
