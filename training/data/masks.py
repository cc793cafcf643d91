"""The animal's outline as a table gives it."""

from __future__ import annotations

import json

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.errors import TableError
from reid.image import open_image
from reid.types import Annotation, AnnotationOrigin, Box, Image
from training.data.rows import Row

HALF = 128  # of 255: masks are black and white, with grey only where a JPEG blurred the edge


def annotation_of(row: Row, image: Image) -> Annotation:
    """The table's box (the whole picture where it gives none) with the table's mask, if any.

    Raises:
        TableError: a segmentation or mask that does not fit the picture.
        AnnotationError: a box outside the picture.
    """
    box = row.box or Box(0.0, 0.0, *map(float, image.size_wh))
    x0, y0, x1, y1 = box.window(image.size_wh)
    mask = mask_of(row, image)
    inside = None if mask is None else mask[y0:y1, x0:x1].copy()
    if inside is not None and not inside.any():
        inside = None  # an empty outline is no outline
    return Annotation(image.sha256, box, AnnotationOrigin.USER, mask=inside)


def mask_of(row: Row, image: Image) -> NDArray[np.bool_] | None:
    """(height, width) bool of the whole picture, or None where the table has no outline.

    A mask picture has the size of the picture, or that of the box. Polygons are lists
    ``[x1, y1, x2, y2, ...]`` in pixel-edge coordinates (COCO), one or a list of them.

    Raises:
        TableError: neither of these.
    """
    if row.mask_path is not None:
        return _from_picture(row, image)
    return _from_polygons(row, image) if row.segmentation.startswith("[") else None


def _from_picture(row: Row, image: Image) -> NDArray[np.bool_]:
    found = open_image(row.mask_path).pixels[..., 0] >= HALF  # type: ignore[arg-type]
    if found.shape == image.pixels.shape[:2]:
        return np.asarray(found)
    full = np.zeros(image.pixels.shape[:2], dtype=np.bool_)
    x0, y0, x1, y1 = row.box.window(image.size_wh) if row.box else (0, 0, 0, 0)
    if found.shape != (y1 - y0, x1 - x0):
        raise TableError(
            f"{row.image_id}, mask_path: expected a mask of the picture's size {image.size_wh} or "
            f"of its box, found {found.shape[::-1]}"
        )
    full[y0:y1, x0:x1] = found
    return full


def _from_polygons(row: Row, image: Image) -> NDArray[np.bool_] | None:
    try:
        written = json.loads(row.segmentation)
        rings = written if written and isinstance(written[0], list) else [written]
        points = [np.asarray(ring, dtype=np.float64).reshape(-1, 2) for ring in rings if ring]
    except (ValueError, TypeError) as error:
        raise TableError(
            f"{row.image_id}, segmentation: expected polygons [[x1, y1, x2, y2, ...], ...], found "
            f"{row.segmentation[:60]!r} ({error})"
        ) from None
    full = np.zeros(image.pixels.shape[:2], dtype=np.uint8)
    corners = [np.rint(ring - 0.5).astype(np.int32) for ring in points if len(ring) >= 3]
    cv2.fillPoly(full, corners, (1,))
    return np.asarray(full > 0) if corners else None
