"""How well a head outlines synthetic animals that it did not see, beside the saliency network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.detect.boxes import Floats, Pixels
from reid.detect.mask_head import AnimalHeat
from reid.detect.masks import Mask, animal_mask
from reid.detect.outlined import MARGIN
from reid.detect.saliency import Heat, Saliency
from training.mask.scenes import read_scene
from training.mask.views import plain_view

Look = Callable[[Pixels, Floats, Floats], tuple[Heat, tuple[int, int]]]
"""Picture, window and box to a map of the window and its left, top."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Intersection over union: mean, median, and the share of animals at 0.75 or more."""

    number: int
    mean: float
    median: float
    good: float


def overlap(paths: Sequence[Path], look: Look, *, seed: int) -> Overlap:
    """Every scene outlined in one window, as the localiser's first look does."""
    found = []
    for number, path in enumerate(paths):
        rng = np.random.default_rng([seed, number])
        pixels, truth, box, window = plain_view(read_scene(path), MARGIN, rng)
        mask = outline(look, pixels, window, box)
        found.append(float((mask & truth).sum() / max((mask | truth).sum(), 1)))
    values = np.array(found)
    return Overlap(
        len(values), float(values.mean()), float(np.median(values)), float((values >= 0.75).mean())
    )


def outline(look: Look, pixels: Pixels, window: Floats, box: Floats) -> Mask:
    """(h, w) of the picture: the animal as a localiser would cut it out of one look."""
    heat, (left, top) = look(pixels, window, box)
    part = animal_mask(heat, box - np.array([left, top, left, top]))
    mask = np.zeros(pixels.shape[:2], np.bool_)
    mask[top : top + part.shape[0], left : left + part.shape[1]] = part
    return mask


def looks(folder: Path | None = None) -> dict[str, Look]:
    """The head and what it is judged against. ``folder``: the head's, None: the shipped one."""
    head, saliency = AnimalHeat(folder=folder), Saliency()
    return {
        "mask head": head.inside,
        "saliency": lambda pixels, window, _box: saliency.inside(pixels, window),
    }
