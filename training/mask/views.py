"""What the head learns from: a scene as a localiser's window would show it, disturbed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.detect.boxes import Floats, Pixels, grow
from reid.detect.mask_head import SIDE_PX, seen_by_head
from reid.detect.mask_network import STRIDE
from reid.detect.masks import Mask, bounds
from training.learn import augment
from training.mask.scenes import Scene

Generator = np.random.Generator
TARGET_PX = SIDE_PX // STRIDE  # the decoder's own size
MARGINS = (0.05, 0.42)  # of the box's longer side: the localiser looks at 0.2, then wider
JITTER = 0.06  # standard deviation of a box's edge, in shares of its side


def sharpened(pixels: Pixels, rng: Generator) -> Pixels:
    """Marks and edges as hard as those of a wet or burnt-out coat, by an unsharp mask."""
    values = pixels.astype(np.float32)
    soft = cv2.GaussianBlur(values, (0, 0), float(rng.uniform(1.0, 6.0)))
    made = values + np.float32(rng.uniform(0.5, 2.5)) * (values - soft)
    return np.clip(made, 0, 255).astype(np.uint8)


LOOKS = (
    (0.4, sharpened),
    (0.8, augment.relit),
    (0.25, augment.infrared),
    (0.15, augment.hazy),
    (0.3, augment.from_afar),
    (0.25, augment.blurred),
    (0.4, augment.noisy),
    (0.4, augment.recompressed),
)
"""What the traps' weather, lenses and files do, and how often."""

View = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]


def view_of(scene: Scene, rng: Generator) -> View:
    """Pixels (224, 224, 3), box (224, 224) and target (56, 56): the share that is animal."""
    pixels, mask = scene.pixels, scene.mask
    if rng.random() < 0.5:
        pixels, mask = np.ascontiguousarray(pixels[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
    if rng.random() < 0.5:
        pixels = cluttered(pixels, mask, rng)
    if rng.random() < 0.2:
        pixels, mask = augment.covered(pixels, mask, rng)
    box = found_box(mask, rng)
    part, inside, offset = window_of(pixels, box, float(rng.uniform(*MARGINS)))
    shown = mask[inside]
    for chance, look in LOOKS:
        if rng.random() < chance:
            part = look(part, rng)
    small, where = seen_by_head(part, box - offset)
    target = cv2.resize(
        shown.astype(np.float32), (TARGET_PX, TARGET_PX), interpolation=cv2.INTER_AREA
    )
    return small, where, np.asarray(target, np.float32)


def plain_view(scene: Scene, margin: float, rng: Generator) -> tuple[Pixels, Mask, Floats, Floats]:
    """For judging: the whole picture, its mask, a box as a detector errs, and the window."""
    box = found_box(scene.mask, rng)
    height, width = scene.mask.shape
    return scene.pixels, scene.mask, box, grow(box, margin, (width, height))


def found_box(mask: Mask, rng: Generator) -> Floats:
    """The box that a detector would give: each edge a little off, never outside."""
    true = bounds(mask)
    if true is None:  # strokes in front hid all of it
        true = np.array([0, 0, mask.shape[1], mask.shape[0]], np.float64)
    sides = np.tile(true[2:] - true[:2], 2)
    box = true + JITTER * sides * np.clip(rng.standard_normal(4), -2, 2)
    height, width = mask.shape
    low, high = np.clip(box[:2], 0, [width - 8, height - 8]), box[2:]
    return np.concatenate((low, np.clip(high, low + 8, [width, height])))


def window_of(
    pixels: Pixels, box: Floats, margin: float
) -> tuple[Pixels, tuple[slice, slice], Floats]:
    """The window's pixels, its place as slices, and what to take off a box."""
    height, width = pixels.shape[:2]
    window = grow(box, margin, (width, height))
    x0, y0 = np.floor(window[:2]).astype(int)
    x1, y1 = np.ceil(window[2:]).astype(int)
    inside = slice(y0, y1), slice(x0, x1)
    return pixels[inside], inside, np.array([x0, y0, x0, y0], np.float64)


def cluttered(pixels: Pixels, mask: Mask, rng: Generator) -> Pixels:
    """Leaves, stones and stalks behind the animal, in colours of the picture and of its coat.

    So that neither colour nor fine texture is enough to tell the animal.
    """
    height, width = mask.shape
    made = pixels.copy()
    colours = pixels[mask] if rng.random() < 0.5 else pixels.reshape(-1, 3)
    for _ in range(int(rng.integers(10, 120))):
        colour = colours[int(rng.integers(len(colours)))].astype(np.float64)
        colour = np.clip(colour * rng.uniform(0.6, 1.4) + rng.normal(0, 8, 3), 0, 255)
        centre = int(rng.integers(width)), int(rng.integers(height))
        axes = np.exp(rng.uniform(np.log(0.004), np.log(0.06), 2)) * max(height, width)
        size = max(1, round(axes[0])), max(1, round(axes[1] * rng.uniform(0.1, 1)))
        cv2.ellipse(made, centre, size, float(rng.uniform(0, 180)), 0, 360, colour.tolist(), -1)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)[..., None]
    return np.asarray(np.round(soft * pixels + (1 - soft) * made), np.uint8)
