"""The texels of a part's skin: where each lies, in shares and in metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from training.synthetic.arrays import F32, F64, fractal_noise, resize
from training.synthetic.body import EXTENTS, Part, build
from training.synthetic.individual import individual
from training.synthetic.layout import Chart
from training.synthetic.spec import Pose

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
    def pad(self) -> int:
        """Columns repeated beyond the seam when neighbours matter."""
        return self.columns // _PAD_SHARE

    def noise(self, rng: np.random.Generator, cell_m: float, octaves: int = 2) -> F32:
        """Value noise (rows, columns) of mean 0 and deviation 1, without a seam at v = 0."""
        pad = max(2, self.columns // 8)
        wide = fractal_noise(
            rng, (self.columns + pad, self.rows), max(1.5, cell_m * self.texels_per_m), octaves
        )
        fade = np.linspace(0, 1, pad, dtype=np.float32)
        out = wide[:, : self.columns].copy()
        out[:, :pad] = fade * out[:, :pad] + (1 - fade) * wide[:, self.columns :]
        return out

    def spread(self, values: F64) -> F32:
        """A field given on the coarse grid of ``coarse`` (r, c), enlarged to all texels."""
        return resize(values.astype(np.float32), (self.columns, self.rows))

    def coarse(self) -> tuple[F64, F64]:
        """u (r, 1) and v (1, c) of a grid of about a texel in eight: for smooth fields."""
        rows, columns = max(8, self.rows // 8), max(9, self.columns // 8)
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
