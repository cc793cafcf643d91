"""Leopards before other backgrounds: does the product judge the coat, or what is behind it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.pipeline import Engine, compare
from reid.types import PreparedAnnotation, SightingMedia, VerdictKind
from training.evaluation.frames import Frame, main_animal, measure_frame, png_of, read_rows
from training.evaluation.leopards import SAME, couples
from training.evaluation.tables import table

Pixels = NDArray[np.uint8]
SOFT = 0.003
"""Of the picture's diagonal: width of the blur along the outline, so that no cut edge is a mark."""
GROWN = 0.1  # of the animal's longer side: what the outline missed must not stay behind
FILLED_PX = 320  # longer side at which a removed animal is filled in; it only has to vanish
HEAD = (
    "pictures",
    "animal found (IoU >= 0.5)",
    "verdicts changed",
    "changed between same and different",
    'wrong "same"',
    'wrong "different"',
    'same pairs called "same"',
)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """``kinds`` by couple's names and sort, and in how many frames the animal was found again."""

    kinds: Mapping[tuple[str, str, str], VerdictKind]
    found: float


def swapped_report(engine: Engine, data: Path, *, seed: int) -> str:
    """Every pair of labelled frames and mirrored pictures, before other backgrounds.

    With the box told, as a user would who sees the animal; and searched for anew, where a pasted
    animal may not be found, which is the localiser's failure and not the coat's.
    """
    rows = [r for r in read_rows(data / "leopard") if r.identity and r.flank]
    own = [measure_frame(engine, row, row.media(row.flank)) for row in rows]
    others = others_of(len(rows), np.random.default_rng([seed, 5]))
    as_taken = _judged(engine, own, own)
    one = np.full(len(own), others[0])
    made = {
        "each before another frame's background, box told": _moved(engine, own, others, told=True),
        "all before one frame's background, box told": _moved(engine, own, one, told=True),
        "each before another frame's background, searched": _moved(engine, own, others, told=False),
    }
    sets = {"as taken": as_taken}
    sets |= {name: _judged(engine, own, frames) for name, frames in made.items()}
    return table(HEAD, [(name, *_cells(found, as_taken)) for name, found in sets.items()])


def others_of(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(count,) numbers of other frames, each used once: a cycle through all in random order."""
    order = rng.permutation(count)
    out = np.empty(count, dtype=np.int64)
    out[order] = np.roll(order, 1)
    return out


def before(animal: PreparedAnnotation, behind: PreparedAnnotation) -> Pixels:
    """``animal``'s picture with everything but the animal from ``behind``'s, whose own is removed.

    The background is stretched to the picture; the outline's edge is soft.
    """
    pixels = animal.image.pixels
    height, width = pixels.shape[:2]
    soft = SOFT * float(np.hypot(height, width))
    share = cv2.GaussianBlur(full_mask(animal).astype(np.float32), (0, 0), soft)[..., None]
    place = cv2.resize(emptied(behind), (width, height), interpolation=cv2.INTER_AREA)
    return np.round(share * pixels + (1 - share) * place).astype(np.uint8)


def emptied(animal: PreparedAnnotation) -> Pixels:
    """The picture without its animal, filled in from around it (Telea 2004)."""
    pixels, mask = animal.image.pixels, full_mask(animal)
    box = animal.annotation.box
    reach = 2 * round(GROWN * max(box.width_px, box.height_px)) + 1
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8))
    height, width = mask.shape
    scale = FILLED_PX / max(height, width)
    small_wh = (max(1, round(scale * width)), max(1, round(scale * height)))
    small = cv2.resize(pixels, small_wh, interpolation=cv2.INTER_AREA)
    hole = (cv2.resize(grown, small_wh, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    filled = cv2.resize(cv2.inpaint(small, hole, 5, cv2.INPAINT_TELEA), (width, height))
    return np.where(grown[..., None] > 0, filled, pixels).astype(np.uint8)


def full_mask(animal: PreparedAnnotation) -> NDArray[np.bool_]:
    """The animal in its whole picture; its box where there is no outline."""
    x0, y0, x1, y1 = animal.annotation.box.window(animal.image.size_wh)
    out = np.zeros(animal.image.pixels.shape[:2], dtype=np.bool_)
    out[y0:y1, x0:x1] = True if animal.annotation.mask is None else animal.annotation.mask
    return out


def _moved(
    engine: Engine, own: Sequence[Frame], behind: NDArray[np.int64], *, told: bool
) -> list[Frame]:
    animals = [main_animal(frame.prepared) for frame in own]
    found = []
    for frame, animal, other in zip(own, animals, behind, strict=True):
        content = png_of(before(animal, animals[other]))
        boxes = (animal.annotation.box,) if told else ()
        name = f"{frame.row.path.stem}.png"
        media = SightingMedia(name, content, flank=frame.row.flank, boxes=boxes)
        found.append(measure_frame(engine, frame.row, media))
    return found


def _judged(engine: Engine, own: Sequence[Frame], frames: Sequence[Frame]) -> Verdicts:
    kinds = {
        (c.a.sighting.id, c.b.sighting.id, c.kind): compare(engine, [c.a, c.b]).verdicts[0].kind
        for c in couples(frames)
    }
    again = [_again(*pair) for pair in zip(own, frames, strict=True)]
    return Verdicts(kinds, float(np.mean(again)))


def _again(own: Frame, moved: Frame) -> bool:
    a, b = (full_mask(main_animal(frame.prepared)) for frame in (own, moved))
    return bool((a & b).sum() >= 0.5 * (a | b).sum())


def _cells(found: Verdicts, first: Verdicts) -> tuple[object, ...]:
    same = [kind for (_, _, sort), kind in found.kinds.items() if sort == SAME]
    other = [kind for (_, _, sort), kind in found.kinds.items() if sort != SAME]
    changed = [(first.kinds[key], kind) for key, kind in found.kinds.items()]
    changed = [pair for pair in changed if pair[0] is not pair[1]]
    turned = [pair for pair in changed if {*pair} == {VerdictKind.SAME, VerdictKind.DIFFERENT}]
    return (
        f"{100 * found.found:.0f} %",
        f"{len(changed)} of {len(found.kinds)}",
        len(turned),
        f"{other.count(VerdictKind.SAME)} of {len(other)}",
        f"{same.count(VerdictKind.DIFFERENT)} of {len(same)}",
        f"{100 * same.count(VerdictKind.SAME) / len(same):.1f} %",
    )
