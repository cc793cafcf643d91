"""The labelled leopard frames, measured by the real stages: as they are and mirrored."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.errors import NotFoundError
from reid.pipeline import Engine, PreparedSighting, prepare
from reid.types import Box, Flank, FlankEstimate, Image, PreparedAnnotation, Sighting, SightingMedia

UNUSABLE = ("no-animal", "not-a-leopard")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a ``metadata.csv``; ``identity`` and ``orientation`` may be empty."""

    image_id: str
    identity: str
    path: Path
    orientation: str

    @property
    def flank(self) -> Flank | None:
        """The side that the table gives, or None."""
        return Flank(self.orientation) if self.orientation in ("left", "right") else None

    def media(self, flank: Flank | None = None) -> SightingMedia:
        """The file as a user would submit it."""
        return SightingMedia(self.path.name, self.path.read_bytes(), flank=flank)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame measured; ``mirrored`` is the flipped picture put through every stage anew."""

    row: Row
    prepared: PreparedSighting = field(repr=False)
    mirrored: PreparedSighting = field(repr=False)


def read_rows(folder: Path) -> list[Row]:
    """The table of one data set.

    Raises:
        NotFoundError: there is none.
    """
    table = folder / "metadata.csv"
    if not table.is_file():
        raise NotFoundError(
            f"expected {table.name} in {folder}, found none: give the folder that holds "
            "`leopard`, `nyala`, `amur-tiger`, `camera-traps` and `ugly`"
        )
    with table.open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    return [Row(r["image_id"], r["identity"], folder / r["path"], r["orientation"]) for r in found]


def measure_frames(engine: Engine, rows: Iterable[Row]) -> list[Frame]:
    """Boxes from the localiser, flank as the table gives it."""
    return [measure_frame(engine, row, row.media(row.flank)) for row in rows]


def measure_frame(engine: Engine, row: Row, media: SightingMedia) -> Frame:
    """One row's picture, or another one made of it; a box that is told is mirrored too."""
    found = prepare(engine, Sighting(row.image_id, (media,)))
    image = main_animal(found).image
    flipped = SightingMedia(
        f"{row.path.stem}-mirrored.png",
        mirrored_png(image),
        flank=row.flank,
        boxes=tuple(_turned(box, image.size_wh[0]) for box in media.boxes),
    )
    return Frame(row, found, prepare(engine, Sighting(f"{row.image_id}-mirrored", (flipped,))))


def _turned(box: Box, width: int) -> Box:
    return Box(width - box.x_px - box.width_px, box.y_px, box.width_px, box.height_px)


def mirrored_png(image: Image) -> bytes:
    """The picture flipped left to right, as a lossless file."""
    return png_of(image.pixels[:, ::-1])


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """(height, width, 3) RGB as a lossless file."""
    return cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, ::-1]))[1].tobytes()


def main_animal(sighting: PreparedSighting) -> PreparedAnnotation:
    """The animal of a one-picture sighting: unflagged before flagged, then the largest.

    Raises:
        NotFoundError: the file was refused.
    """
    if not sighting.annotations:
        raise NotFoundError(f"{sighting.sighting.id}: nothing was measured: {sighting.rejected}")
    return max(sighting.annotations, key=_prominence)


def _prominence(animal: PreparedAnnotation) -> tuple[bool, float]:
    box = animal.annotation.box
    clean = not any(f in UNUSABLE for f in animal.annotation.flags)
    return clean, box.width_px * box.height_px


def shown_as(sighting: PreparedSighting, flank: Flank) -> PreparedSighting:
    """The same measurements with another flank given: how a mirrored picture is compared."""
    known = FlankEstimate.known(flank)
    changed = (replace(a, view=replace(a.view, flank=known)) for a in sighting.annotations)
    return replace(sighting, annotations=tuple(changed))
