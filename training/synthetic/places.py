"""Backgrounds for crops: windows of a station's empty picture, each station painted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.arrays import F32, U8
from training.synthetic.background import Plate, plate, scene_of

_WHOLE_WH = (640, 480)
_KEPT = 160  # stations in memory: 2.4 MB each
_NEAREST_DROP = 0.08  # the animal stands at least so far below the horizon
_LENGTH = (0.28, 0.85)  # of the animal, as a share of the whole picture's width
_OPEN_DROP = 0.004  # as background.plate: where there is no ground

F16 = NDArray[np.float16]


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A plate in little memory."""

    colour: U8
    drop: F16
    object_drop: F16
    sky: U8
    horizon: float


def place_behind(
    station: int, picture_wh: tuple[int, int], feet: float, size_px: float, rng: np.random.Generator
) -> Plate:
    """A window of the station for a crop whose animal stands at ``feet`` (share of its height).

    Scale, place and side of the window are drawn from ``rng``, as if the animal had walked by
    nearer or farther off.
    """
    kept = _kept(station)
    width, height = _WHOLE_WH
    scale = rng.uniform(*_LENGTH) * width / size_px
    scale = min(scale, width / picture_wh[0], height / picture_wh[1])
    across, down = (max(8, int(side * scale)) for side in picture_wh)
    left = int(rng.integers(0, width - across + 1))
    lowest = height - down
    highest = min((kept.horizon + _NEAREST_DROP) * height - feet * down, lowest)
    top = int(rng.uniform(max(0.0, highest), lowest)) if lowest > 0 else 0
    return _window(kept, (left, top, across, down), picture_wh, mirrored=bool(rng.random() < 0.5))


def _window(
    kept: _Kept, box: tuple[int, int, int, int], size_wh: tuple[int, int], *, mirrored: bool
) -> Plate:
    left, top, across, down = box
    rows, columns = slice(top, top + down), slice(left, left + across)
    turn = slice(None, None, -1 if mirrored else 1)
    share = np.float32(kept.colour.shape[0] / down)  # drops become shares of the crop's height
    method = cv2.INTER_AREA if across > size_wh[0] else cv2.INTER_LINEAR

    def cut(layer: U8 | F16) -> F32:
        return np.ascontiguousarray(layer[rows, columns][:, turn], np.float32)

    return Plate(
        np.asarray(cv2.resize(cut(kept.colour), size_wh, interpolation=method), np.uint8),
        share * cv2.resize(cut(kept.drop), size_wh, interpolation=cv2.INTER_LINEAR),
        share * cv2.resize(cut(kept.object_drop), size_wh, interpolation=cv2.INTER_NEAREST),
        cv2.resize(cut(kept.sky), size_wh, interpolation=cv2.INTER_LINEAR) / np.float32(255),
        (kept.horizon * kept.colour.shape[0] - top) / down,
    )


@lru_cache(maxsize=_KEPT)
def _kept(station: int) -> _Kept:
    whole = plate(station, scene_of(station), _WHOLE_WH)
    return _Kept(
        whole.colour,
        np.maximum(whole.drop, _OPEN_DROP).astype(np.float16),
        whole.object_drop.astype(np.float16),
        (whole.sky * 255).astype(np.uint8),
        whole.horizon,
    )
