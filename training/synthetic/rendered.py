"""A synthetic picture with its ground truth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from reid.types import Box, Flank
from training.synthetic.arrays import F32, U8, Bool
from training.synthetic.spec import RenderSpec
from training.synthetic.splat import Seen


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """Pixels and truth of one synthetic picture of H x W pixels.

    ``pixels`` (H, W, 3) uint8 RGB; ``mask`` (H, W) bool, true where the animal is visible;
    ``box`` about the mask, None when nothing of the animal is visible; ``coat`` (H, W, 3)
    float32: part id (``training.synthetic.body.Part``), u and v in [0, 1], NaN off the animal;
    ``depth_m`` (H, W) float32, distance along the optical axis, NaN off the animal; ``hidden``
    share of the animal inside the picture that something in front covers.
    """

    spec: RenderSpec
    pixels: U8 = field(repr=False)
    mask: Bool = field(repr=False)
    box: Box | None
    flank: Flank
    coat: F32 = field(repr=False)
    depth_m: F32 = field(repr=False)
    hidden: float = 0.0


def truth(spec: RenderSpec, pixels: U8, seen: Seen, hidden: Bool) -> Rendered:
    """Put pixels and truth together; ``hidden`` (H, W) is true in front of the animal."""
    coat = np.full((*hidden.shape, 3), np.nan, np.float32)
    depth = np.full(hidden.shape, np.nan, np.float32)
    shown = ~hidden[seen.rows, seen.columns]
    at = seen.rows[shown], seen.columns[shown]
    coat[at] = np.stack([seen.part[shown], seen.u[shown], seen.v[shown]], axis=1)
    depth[at] = seen.depth_m[shown]
    mask = np.zeros(hidden.shape, np.bool_)
    mask[at] = True
    covered = 1 - float(shown.mean()) if len(shown) else 0.0
    return Rendered(spec, pixels, mask, _box(*at), spec.flank, coat, depth, covered)


def _box(rows: np.ndarray, columns: np.ndarray) -> Box | None:
    if not len(rows):
        return None
    x, y = int(columns.min()), int(rows.min())
    return Box(x, y, int(columns.max()) - x + 1, int(rows.max()) - y + 1)
