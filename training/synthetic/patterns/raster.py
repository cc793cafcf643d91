"""The texels of a part's skin: where each lies, in shares and in metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from training.synthetic.arrays import F32, F64, resize
from training.synthetic.body import EXTENTS, Part, build
from training.synthetic.individual import individual
from training.synthetic.layout import Chart
from training.synthetic.spec import Pose

_COARSE_PER_M = 50
_PAD_SHARE = 3  # a third of the part's girth is repeated on both sides of the seam


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """``rows`` along u, ``columns`` once round v; a texel is about 1 / ``texels_per_m`` metres."""

    part: Part
    chart: Chart = field(repr=False)
    texels_per_m: float
    rows: int
    columns: int

    @property
    def u(self) -> F64:
        """(rows, 1): u of the texels' middles."""
        return np.asarray(((np.arange(self.rows) + 0.5) / self.rows)[:, None], np.float64)

    @property
    def v(self) -> F64:
        """(1, columns): v of the texels' middles."""
        return np.asarray(((np.arange(self.columns) + 0.5) / self.columns)[None, :], np.float64)

    @property
    def size_m(self) -> tuple[float, float]:
        """Length and girth, metres."""
        return EXTENTS[self.part].length_m, EXTENTS[self.part].girth_m

    @property
    def pad(self) -> int:
        """Columns repeated beyond the seam when neighbours matter."""
        return self.columns // _PAD_SHARE

    def noise(self, rng: np.random.Generator, cell_m: float, octaves: int = 2) -> F32:
        """Value noise (rows, columns) of deviation about 1, without a seam at v = 0.

        It draws the same numbers for every ``texels_per_m``: a coat does not change with detail.
        """
        total = np.zeros((self.rows, self.columns), np.float32)
        for octave in range(octaves):
            cell = cell_m / 2**octave
            along, around = (max(2, round(metres / cell)) for metres in self.size_m)
            knots = rng.standard_normal((along + 1, around), dtype=np.float32)
            total += np.float32(0.55**octave) * self._enlarged(knots)
        return total * np.float32(1.5 / np.sqrt(sum(0.3025**i for i in range(octaves))))

    def _enlarged(self, knots: F32) -> F32:
        """Knots (k, m), m of them once round, to all texels."""
        wrapped = np.concatenate([knots[:, -2:], knots, knots[:, :2]], axis=1)
        k, m = knots.shape
        rows = (np.arange(self.rows, dtype=np.float32) + 0.5) * np.float32((k - 1) / self.rows)
        columns = (np.arange(self.columns, dtype=np.float32) + 0.5) * np.float32(m / self.columns)
        x, y = np.meshgrid(columns + np.float32(1.5), rows)
        return np.asarray(cv2.remap(wrapped, x, y, cv2.INTER_LINEAR), np.float32)

    def spread(self, values: F64) -> F32:
        """A field given on the coarse grid of ``coarse`` (r, c), enlarged to all texels."""
        return resize(values.astype(np.float32), (self.columns, self.rows))

    def coarse(self) -> tuple[F64, F64]:
        """u (r, 1) and v (1, c) of a grid of about two centimetres: for smooth fields."""
        rows, columns = (max(9, round(metres * _COARSE_PER_M)) for metres in self.size_m)
        u = (np.arange(rows) + 0.5) / rows
        v = (np.arange(columns) + 0.5) / columns
        return u[:, None], v[None, :]


def raster(part: Part, texels_per_m: float) -> Raster:
    """The texels of ``part``; the average animal's skin at rest carries the pattern."""
    extent = EXTENTS[part]
    rows = max(12, round(extent.length_m * texels_per_m))
    columns = max(12, round(extent.girth_m * texels_per_m))
    return Raster(part, _charts()[part], texels_per_m, rows, columns)


@lru_cache(maxsize=1)
def _charts() -> dict[Part, Chart]:
    charts = {}
    for part, surface in build(individual(0), Pose(stride=0.0), 1.0).items():
        rings = np.linalg.norm(np.diff(surface.points, axis=1), axis=-1).sum(1)
        girth = np.interp(np.linspace(0, 1, 33), np.linspace(0, 1, len(rings)), rings)
        charts[part] = Chart(EXTENTS[part].length_m, np.maximum(girth, 0.02))
    return charts
