"""Two leopards in one frame: whether the localiser sees two, by how far they overlap.

No frame in the data shows two, so one animal is cut out of its frame and pasted before another.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil

from reid.detect import Localiser
from reid.detect.contract import BOX_OF_SEVERAL, MASK_IS_BOX, TOUCHES_EDGE
from reid.image import open_image
from reid.types import Annotation, Image
from training.evaluation.frames import read_rows
from training.evaluation.tables import table

OFFSETS = (1.1, 0.9, 0.6, 0.4, 0.25)
"""Between the two, in widths of the animal behind."""
LONGEST_PX = 1280
ALONE, SAMPLE, SEED = ("leopard", "amur-tiger", "nyala"), 100, 9
UNFIT = {MASK_IS_BOX, TOUCHES_EDGE, BOX_OF_SEVERAL}
LEAST_SHARE = 0.1
"""Of an animal's visible coat in one outline: more of both, and the outline is of two animals."""
Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """An animal alone in its frame: pixels (h, w, 3), its outline (h, w) and box."""

    pixels: Pixels = field(repr=False)
    mask: Bools = field(repr=False)
    box: tuple[int, int, int, int]


def touching_report(localiser: Localiser, data: Path) -> str:
    """Markdown: a row for each distance. ``data`` holds the folder ``leopard``."""
    cuts = list(cuts_of(localiser, data))
    rows = [row for row in (_row(localiser, cuts, offset) for offset in OFFSETS) if row]
    head = ("distance in widths", "frames", "hidden, median", "two found", "left out", "mixed")
    return f"""{len(cuts)} leopards that stand alone and whole in their frames, each with two others
pasted before it, each in turn; `{localiser.name}`. *Hidden*: of the one behind. *Left out*: two are
found, or an outline that may be of two, and nobody is compared until somebody says which is meant.
*Mixed*: another frame in which an outline holds {LEAST_SHARE:.0%} or more of what is visible of
each; its matches could join two individuals.

{table(head, rows)}

Of pictures as they are, of one animal each as far as is known, these would be left out:
{", ".join(_alone(localiser, data / name) for name in ALONE)}."""


def _alone(localiser: Localiser, folder: Path) -> str:
    rows = read_rows(folder)
    chosen = np.random.default_rng(SEED).permutation(len(rows))[:SAMPLE]
    found = [localiser.locate(_shrunk(open_image(rows[k].path))) for k in chosen]
    out = sum(len(f) > 1 or any(BOX_OF_SEVERAL in a.flags for a in f) for f in found)
    return f"{out} of {len(found)} ({folder.name})"


def _row(localiser: Localiser, cuts: list[Cut], offset: float) -> tuple[object, ...] | None:
    told = [judged(localiser, *one) for one in pairs_of(cuts, offset)]
    if not told:
        return None
    hidden, two, doubt, mixed = (np.array(column) for column in zip(*told, strict=True))
    out = two | doubt
    counts = (int(n.sum()) for n in (two, out, mixed & ~out))
    return (f"{offset:g}", len(told), f"{np.median(hidden):.2f}", *counts)


def cuts_of(localiser: Localiser, data: Path) -> Iterator[Cut]:
    """The leopards that stand alone and whole in their frames."""
    for row in read_rows(data / "leopard"):
        image = _shrunk(open_image(row.path))
        found = localiser.locate(image)
        if len(found) == 1 and not UNFIT & set(found[0].flags):
            yield Cut(image.pixels, _whole(found[0], image), found[0].box.window(image.size_wh))


def _shrunk(image: Image) -> Image:
    scale = min(1.0, LONGEST_PX / max(image.size_wh))
    how = cv2.INTER_AREA
    small = cv2.resize(image.pixels, None, fx=scale, fy=scale, interpolation=how)
    return _image(small.astype(np.uint8))


def _image(pixels: Pixels) -> Image:
    held = io.BytesIO()
    Pil.fromarray(pixels).save(held, "PNG")
    return open_image(held.getvalue(), file_name="two.png")


def _whole(one: Annotation, image: Image) -> Bools:
    mask = np.zeros(image.pixels.shape[:2], np.bool_)
    x0, y0, x1, y1 = one.box.window(image.size_wh)
    mask[y0:y1, x0:x1] = one.mask if one.mask is not None else True
    return mask


def pairs_of(cuts: list[Cut], offset: float) -> Iterator[tuple[Pixels, Bools, Bools]]:
    """Pixels of the frame, outlines of the animal behind and of the one before it."""
    for k, behind in enumerate(cuts):
        for step in (1, 4):
            made = _pasted(behind, cuts[(k + step) % len(cuts)], offset)
            if made is not None:
                yield made


def _pasted(behind: Cut, before: Cut, offset: float) -> tuple[Pixels, Bools, Bools] | None:
    """The second animal as large as the first, on its ground, to its right or else to its left."""
    x0, _, x1, y1 = behind.box
    a, b, c, d = before.box
    scale = (x1 - x0) / (c - a)
    coat = cv2.resize(before.pixels[b:d, a:c], None, fx=scale, fy=scale)
    shape = cv2.resize(before.mask[b:d, a:c].astype(np.uint8), coat.shape[1::-1]) > 0
    height, width = behind.mask.shape
    top = y1 - coat.shape[0]
    for side in (1, -1):
        left = round(x0 + side * offset * (x1 - x0))
        if top >= 0 and left >= 0 and left + coat.shape[1] <= width and y1 <= height:
            pixels, front = behind.pixels.copy(), np.zeros_like(behind.mask)
            front[top:y1, left : left + coat.shape[1]] = shape
            pixels[front] = coat[shape]
            return pixels, behind.mask, front
    return None


def judged(
    localiser: Localiser, pixels: Pixels, behind: Bools, before: Bools
) -> tuple[float, bool, bool, bool]:
    """Share hidden of the one behind; whether two were found; whether an outline says that it may
    be of two; whether one has both coats.
    """
    image = _image(pixels)
    seen = behind & ~before
    found = localiser.locate(image)
    shares = np.array(
        [
            [(_whole(a, image) & one).sum() / max(1, one.sum()) for one in (seen, before)]
            for a in found
        ]
    ).reshape(-1, 2)
    mixed = bool((shares > LEAST_SHARE).all(axis=1).any())
    doubt = any(BOX_OF_SEVERAL in a.flags for a in found)
    return 1 - float(seen.sum() / behind.sum()), len(found) > 1, doubt, mixed
