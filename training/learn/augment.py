"""What a camera trap does to a picture of a coat. Pure functions of a crop, its mask and a stream.

Flipping is not here: it makes another animal (`training.learn.examples.FlankClass`).
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.learn.recipe import Augmentation

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Generator = np.random.Generator


def disturb(crop: Pixels, mask: Mask, how: Augmentation, rng: Generator) -> tuple[Pixels, Mask]:
    """The crop (height, width, 3) and its mask (height, width) after what chance decided.

    Shape first, then light, then the camera: the order in which it happens to a photograph.
    """
    shapes: tuple[tuple[float, Callable[[Pixels, Mask, Generator], tuple[Pixels, Mask]]], ...] = (
        (how.warp, warped),
        (how.part, part_of),
        (how.outline, rough_outline),
        (how.covered, covered),
    )
    looks: tuple[tuple[float, Callable[[Pixels, Generator], Pixels]], ...] = (
        (how.light, relit),
        (how.grey, infrared),
        (how.haze, hazy),
        (how.small, from_afar),
        (how.blur, blurred),
        (how.noise, noisy),
        (how.jpeg, recompressed),
    )
    for chance, shape in shapes:
        if rng.random() < chance:
            crop, mask = shape(crop, mask, rng)
    for chance, look in looks:
        if rng.random() < chance:
            crop = look(crop, rng)
    return crop, mask


def warped(crop: Pixels, mask: Mask, rng: Generator) -> tuple[Pixels, Mask]:
    """Another view and posture: a perspective map plus a smooth displacement of the skin.

    Corners move by up to 12 % of a side; the displacement is a coarse random grid of up to 4 %,
    bicubically interpolated, which comes near a thin-plate spline at a fraction of its price.
    """
    height, width = mask.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + (rng.uniform(-0.12, 0.12, (4, 2)) * (width, height)).astype(np.float32)
    back = cv2.getPerspectiveTransform(corners, moved)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    at = cv2.perspectiveTransform(np.stack([columns, rows], axis=2), back)
    grid = (rng.normal(0, 0.02, (5, 5, 2)) * (width, height)).clip(-0.04 * width, 0.04 * width)
    at = at + cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    xs, ys = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    edge = cv2.BORDER_REPLICATE
    crop = np.asarray(cv2.remap(crop, xs, ys, cv2.INTER_LINEAR, borderMode=edge), np.uint8)
    inside = cv2.remap(mask.astype(np.uint8), xs, ys, cv2.INTER_NEAREST)
    return crop, _at_least_some(np.asarray(inside > 0), mask)


def part_of(crop: Pixels, mask: Mask, rng: Generator) -> tuple[Pixels, Mask]:
    """Only a part of the animal is in the picture: 60 to 95 % of each side."""
    height, width = mask.shape
    h, w = (max(1, round(side * rng.uniform(0.6, 0.95))) for side in (height, width))
    top, left = (
        int(rng.integers(0, max(1, full - kept))) for full, kept in ((height, h), (width, w))
    )
    window = slice(top, top + h), slice(left, left + w)
    if mask[window].mean() < 0.1:
        return crop, mask
    return crop[window].copy(), mask[window].copy()


def rough_outline(crop: Pixels, mask: Mask, rng: Generator) -> tuple[Pixels, Mask]:
    """An outline as a localiser draws it: too wide, too tight, or with bites and bulges."""
    side = max(mask.shape)
    radius = 1 + round(side * rng.uniform(0.002, 0.02))
    kernel = np.ones((radius, radius), np.uint8)
    found = mask.astype(np.uint8)
    found = np.asarray((cv2.dilate if rng.random() < 0.6 else cv2.erode)(found, kernel), np.uint8)
    for _ in range(int(rng.integers(0, 4))):
        centre = int(rng.integers(mask.shape[1])), int(rng.integers(mask.shape[0]))
        size = max(2, round(side * rng.uniform(0.03, 0.10)))
        cv2.circle(found, centre, size, int(rng.random() < 0.4), -1)
    return crop, _at_least_some(found > 0, mask)


def covered(crop: Pixels, mask: Mask, rng: Generator) -> tuple[Pixels, Mask]:
    """Grass and branches in front: strokes of one colour, cut out of the mask half of the time."""
    front = np.zeros(mask.shape, np.uint8)
    height, width = mask.shape
    for _ in range(int(rng.integers(2, 16))):
        x = rng.uniform(0, width)
        lean, bow = rng.normal(0, 0.25, 2) * height
        foot, tip = (x, height), (x + lean, height * rng.uniform(0, 0.8))
        middle = ((foot[0] + tip[0]) / 2 + bow / 3, (foot[1] + tip[1]) / 2)
        stroke = np.rint([foot, middle, tip]).astype(np.int32)
        thick = max(1, round(max(mask.shape) * rng.uniform(0.004, 0.03)))
        cv2.polylines(front, [stroke], False, 1, thick)
    crop = crop.copy()
    hidden = front > 0
    colour = rng.uniform(30, 220) * rng.uniform(0.7, 1.0, 3)
    crop[hidden] = np.clip(colour + rng.normal(0, 12, (int(hidden.sum()), 3)), 0, 255)
    return crop, _at_least_some(mask & ~hidden, mask) if rng.random() < 0.5 else mask


def relit(crop: Pixels, rng: Generator) -> Pixels:
    """Exposure, contrast, white balance, and a light that falls off to one side."""
    values = crop.astype(np.float32) / 255
    values = values ** np.float32(np.exp(rng.normal(0, 0.2)))
    values *= np.exp(rng.normal(0, 0.15) + rng.normal(0, 0.05, 3)).astype(np.float32)
    height, width = crop.shape[:2]
    if rng.random() < 0.5:
        across = np.linspace(-1, 1, width, dtype=np.float32)[None] * rng.normal(0, 0.2)
        down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * rng.normal(0, 0.2)
        values *= np.exp(across + down)[..., None].astype(np.float32)
    return _bytes(values)


def infrared(crop: Pixels, rng: Generator) -> Pixels:
    """Grey, with a mix of the channels of its own, less contrast, and at times a hot spot."""
    mix = rng.dirichlet((3.0, 3.0, 1.5)).astype(np.float32)
    grey = crop.astype(np.float32) @ mix / 255
    if rng.random() < 0.5:
        low, gain = rng.uniform(0, 0.35), rng.uniform(0.4, 1.0)
        grey = low + gain * grey
    if rng.random() < 0.3:
        height, width = grey.shape
        rows, columns = np.ogrid[0:height, 0:width]
        away = ((rows / height - rng.random()) ** 2 + (columns / width - rng.random()) ** 2) / 0.1
        grey = grey * (0.7 + rng.uniform(0.2, 1.0) * np.exp(-away).astype(np.float32))
    return _bytes(np.repeat(grey[..., None], 3, axis=2))


def hazy(crop: Pixels, rng: Generator) -> Pixels:
    """Fog or back-scatter: mixed with one bright grey."""
    share = np.float32(rng.uniform(0.1, 0.45))
    return _bytes(crop.astype(np.float32) / 255 * (1 - share) + share * rng.uniform(0.4, 0.9))


def from_afar(crop: Pixels, rng: Generator) -> Pixels:
    """The animal's crop was 90 to 220 pixels long."""
    height, width = crop.shape[:2]
    scale = rng.uniform(90, 220) / max(height, width)
    if scale >= 1:
        return crop
    small = max(4, round(width * scale)), max(4, round(height * scale))
    down = cv2.resize(crop, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(down, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def blurred(crop: Pixels, rng: Generator) -> Pixels:
    """Motion along a line, or defocus; up to 1.5 % of the longer side."""
    reach = max(crop.shape[:2]) * rng.uniform(0.003, 0.015)
    if rng.random() < 0.4:
        return np.asarray(cv2.GaussianBlur(crop, (0, 0), max(0.4, reach / 3)), np.uint8)
    side = 2 * int(np.ceil(reach)) + 1
    kernel = np.zeros((side, side), np.float32)
    angle, middle = rng.uniform(0, np.pi), side // 2
    dx, dy = round(np.cos(angle) * middle), round(np.sin(angle) * middle)
    cv2.line(kernel, (middle - dx, middle - dy), (middle + dx, middle + dy), 1.0)
    return np.asarray(cv2.filter2D(crop, -1, kernel / kernel.sum()), np.uint8)


def noisy(crop: Pixels, rng: Generator) -> Pixels:
    """Sensor noise of up to 10 grey levels, the same in all channels half of the time."""
    channels = 1 if rng.random() < 0.5 else 3
    grain = rng.standard_normal((*crop.shape[:2], channels), np.float32) * rng.uniform(2, 10)
    return np.asarray(np.clip(crop + grain, 0, 255), np.uint8)


def recompressed(crop: Pixels, rng: Generator) -> Pixels:
    """JPEG at quality 35 to 85."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 86))]
    coded = cv2.imencode(".jpg", crop, settings)[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _bytes(values: NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(values * 255, 0, 255), np.uint8)


def _at_least_some(found: Mask, before: Mask) -> Mask:
    """``found``, unless it left almost nothing of the animal."""
    return found if found.sum() > 0.2 * before.sum() else before
