"""Every row measured once: the animal's outline, the picture's quality and light, from a cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.image import open_image
from reid.types import Annotation, AnnotationOrigin, Box, Image, Light
from reid.view.quality import quality
from training.data import Row
from training.data.beside import written_whole
from training.evaluation.retrieval.outlines import Outliner

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Animal:
    """A row with what was seen on its picture; pixels are opened again by `picture`.

    ``box`` and ``mask`` are of the picture as it lies on disk; ``usable`` in [0, 1] is
    `reid.view`'s estimate; ``key`` identifies content, place and outline, for caches.
    """

    row: Row
    key: str
    box: Box
    mask: NDArray[np.bool_] | None = field(repr=False)
    light: Light
    usable: float
    flags: tuple[str, ...] = ()

    def whole_box(self) -> Animal:
        """The same without its outline: the background stays visible."""
        key = hashlib.sha256(f"{self.key}|whole box".encode()).hexdigest()[:24]
        return replace(self, mask=None, key=key)

    def picture(self) -> tuple[Image, Annotation]:
        """Pixels and annotation, flipped where the row says so."""
        image = _opened(self.row.path)
        annotation = Annotation(image.sha256, self.box, AnnotationOrigin.LOCALISER, mask=self.mask)
        return flipped(image, annotation) if self.row.mirrored else (image, annotation)


def flipped(image: Image, annotation: Annotation) -> tuple[Image, Annotation]:
    """Picture and animal mirrored left to right."""
    pixels = np.ascontiguousarray(image.pixels[:, ::-1])
    box = annotation.box
    moved = Box(image.size_wh[0] - box.x_px - box.width_px, box.y_px, box.width_px, box.height_px)
    mask = annotation.mask
    turned = None if mask is None else np.ascontiguousarray(mask[:, ::-1])
    return replace(image, pixels=pixels), replace(annotation, box=moved, mask=turned)


def measure_animals(
    rows: Sequence[Row],
    outliner: Outliner,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> list[Animal]:
    """Outline, quality and light of every row.

    ``cache`` is a folder; entries are keyed by the file's content, the table's words on where the
    animal is, and the outliner's fingerprint.
    """
    found = []
    for number, row in enumerate(rows):
        found.append(_animal(row, outliner, cache))
        if progress:
            progress("outlines", number + 1, len(rows))
    return found


def _animal(row: Row, outliner: Outliner, cache: Path | None) -> Animal:
    key = _key(row, outliner)
    kept = cache / "outlines" / key[:2] / f"{key}.npz" if cache else None
    facts = _load(kept) if kept and kept.is_file() else _look(row, outliner)
    if kept and not kept.is_file():
        _save(kept, facts)
    annotation, light, usable, flags = facts
    return Animal(row, _mirror_key(key, row), annotation.box, annotation.mask, light, usable, flags)


Facts = tuple[Annotation, Light, float, tuple[str, ...]]


def _look(row: Row, outliner: Outliner) -> Facts:
    image = _opened(row.path)
    annotation, flags = outliner.outline(row, image)
    return annotation, row.light or image.light, quality(image, annotation).usable, flags


@lru_cache(maxsize=4)
def _opened(path: Path) -> Image:
    """The last few pictures: a mirrored row follows its original, stages follow each other."""
    return open_image(path)


def _key(row: Row, outliner: Outliner) -> str:
    told = [hashlib.sha256(row.path.read_bytes()).hexdigest(), str(row.box), row.segmentation]
    told.append(hashlib.sha256(row.mask_path.read_bytes()).hexdigest() if row.mask_path else "")
    told += [outliner.fingerprint, str(row.light)]
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:24]


def _mirror_key(key: str, row: Row) -> str:
    return hashlib.sha256(f"{key}|mirrored".encode()).hexdigest()[:24] if row.mirrored else key


def _save(path: Path, facts: Facts) -> None:
    annotation, light, usable, flags = facts
    box, mask = annotation.box, annotation.mask
    with written_whole(path) as beside:
        np.savez_compressed(
            beside,
            box=np.array([box.x_px, box.y_px, box.width_px, box.height_px]),
            mask=np.zeros((0, 0), np.bool_) if mask is None else mask,
            told=np.array([annotation.media_sha256, str(light), str(usable), ",".join(flags)]),
        )


def _load(path: Path) -> Facts:
    with np.load(path) as kept:
        sha256, light, usable, flags = (str(word) for word in kept["told"])
        mask = kept["mask"] if kept["mask"].size else None
        box = Box(*(float(v) for v in kept["box"]))
    annotation = Annotation(sha256, box, AnnotationOrigin.LOCALISER, mask=mask)
    return annotation, Light(light), float(usable), tuple(f for f in flags.split(",") if f)
