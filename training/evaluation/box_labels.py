"""The boxes drawn by hand, ``datasets/labels/boxes.csv``."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from reid.errors import NotFoundError
from reid.types import Box

LABELS = Path(__file__).resolve().parents[2] / "datasets" / "labels" / "boxes.csv"
CATS = ("Panthera pardus", "Panthera tigris", "Prionailurus bengalensis", "Leopardus pardalis")
NOT_COUNTED = ("unclear", "vehicle", "Homo sapiens")


@dataclass(frozen=True, slots=True)
class FrameLabels:
    """What a person saw in one frame; ``path`` is relative to the data directory."""

    dataset: str
    path: str
    sha256: str
    species: str
    boxes: tuple[Box, ...]

    @property
    def blank(self) -> bool:
        """Nothing is there."""
        return not self.boxes

    @property
    def unclear(self) -> bool:
        """Something is there that nobody could name."""
        return self.species == "unclear"

    @property
    def counted(self) -> bool:
        """Animals that a localiser should find."""
        return bool(self.boxes) and self.species not in NOT_COUNTED


def read_labels(data_dir: Path, labels: Path = LABELS) -> list[FrameLabels]:
    """Every labelled frame whose picture is below ``data_dir`` with the labelled bytes.

    Raises:
        NotFoundError: no labels, or none of their pictures.
    """
    if not labels.is_file():
        raise NotFoundError(f"expected labels in {labels}, found none: check the file out again")
    with labels.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    frames = [_frame(list(g)) for _, g in groupby(rows, key=lambda r: r["path"])]
    there = [f for f in frames if _is_there(data_dir / f.path, f.sha256)]
    if not there:
        raise NotFoundError(
            f"none of the {len(frames)} labelled pictures lies below {data_dir}: give the folder "
            "that holds `leopard`, `camera-traps` and `ugly`"
        )
    return there


def _frame(rows: list[dict[str, str]]) -> FrameLabels:
    keys = ("x_px", "y_px", "width_px", "height_px")
    boxes = tuple(Box(*(float(r[k]) for k in keys)) for r in rows if r["x_px"])
    first = rows[0]
    return FrameLabels(first["dataset"], first["path"], first["sha256"], first["species"], boxes)


def _is_there(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
