"""The animal's outline for training: the table's, else what stands out in the box, kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.image import open_image
from reid.types import Annotation, Box, Image
from training.data import Row
from training.data.beside import written_whole
from training.data.masks import annotation_of
from training.evaluation.retrieval.outlines import Outliner


class Outlines:
    """Outlines by row. ``folder`` keeps those that had to be found; None: the table's alone."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._outliner: Outliner | None = None

    def __getstate__(self) -> dict[str, object]:
        """Without the networks: another process reads outlines, it never finds them."""
        return {"_folder": self._folder, "_outliner": None}

    def find(self, rows: Iterable[Row], told: Callable[[], None] = lambda: None) -> int:
        """Find what the table does not give, once; returns how many. ``told`` is called a row."""
        found = 0
        for row in rows:
            if self._folder and row.mask_path is None and not row.segmentation:
                found += self._find(row, self._path(self._folder, row))
            told()
        return found

    def outlined(self, row: Row) -> tuple[Image, Annotation]:
        """The picture, and the animal with its outline where there is one, the box drawn to it.

        Raises:
            InputError: a picture that cannot be opened.
            TableError: a mask that does not fit.
        """
        image = open_image(row.path)
        animal = annotation_of(row, image)
        if animal.mask is None and self._folder:
            path = self._path(self._folder, row)
            if path.is_file():
                x0, y0, x1, y1 = animal.box.window(image.size_wh)
                mask = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))[y0:y1, x0:x1] > 0
                animal = replace(animal, mask=mask if mask.any() else None)
        return image, tight(animal, image.size_wh)

    def _find(self, row: Row, path: Path) -> int:
        if path.is_file():
            return 0
        self._outliner = self._outliner or Outliner()
        image = open_image(row.path)
        animal, _ = self._outliner.outline(row, image)
        mask = np.zeros(image.pixels.shape[:2], np.uint8)
        if animal.mask is not None:
            x0, y0, x1, y1 = animal.box.window(image.size_wh)
            mask[y0:y1, x0:x1] = 255 * animal.mask
        with written_whole(path) as beside:
            cv2.imwrite(str(beside), mask)
        return 1

    @staticmethod
    def _path(folder: Path, row: Row) -> Path:
        stat = row.path.stat()
        told = f"{row.path.name}|{stat.st_size}|{row.box}|{row.image_id}"
        return folder / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.png"


def tight(animal: Annotation, size_wh: tuple[int, int]) -> Annotation:
    """The box drawn to the outline, as a localiser gives it; unchanged without one."""
    mask: NDArray[np.bool_] | None = animal.mask
    if mask is None or not mask.any():
        return animal
    x0, y0, _, _ = animal.box.window(size_wh)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    box = Box(x0 + left, y0 + top, right - left, bottom - top)
    return replace(animal, box=box, mask=mask[top:bottom, left:right].copy())
