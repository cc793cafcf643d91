"""Contact sheets: ``python -m training.synthetic.sheet OUT.png`` shows what the renderer makes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from training.synthetic.arrays import U8
from training.synthetic.condition import Condition
from training.synthetic.family import Family
from training.synthetic.render import render
from training.synthetic.sampling import Difficulty, sample_spec
from training.synthetic.spec import Pose, RenderSpec
from training.synthetic.strip import draw_strip

_ROWS = (Difficulty.GOOD, Difficulty.FAIR, Difficulty.POOR)
_FAMILIES = (*list(Family)[1:], Family.ROSETTES)
_AGED = Condition(seed=1, season=0.6, mud=0.3, scars=5)
_DOINGS = (
    Pose(neck_deg=-40, head_pitch_deg=45, stride=0.3),
    Pose(trot=1.0, stride=1.2, gait_phase=0.35),
    Pose(sit=1.0, stride=0.0),
    Pose(crouch_m=0.3, stride=0.0),
)


def sheet_specs(columns: int, seed: int) -> list[list[RenderSpec]]:
    """Specs of different individuals: a row for each difficulty, families, and doings."""
    rng = np.random.default_rng(seed)
    rows = [
        [sample_spec(rng, seed + 100 * row + column, kind) for column in range(columns)]
        for row, kind in enumerate(_ROWS)
    ]
    families = [
        replace(sample_spec(rng, seed + 300 + i, Difficulty.GOOD), family=family, soft_seams=True)
        for i, family in enumerate(_FAMILIES)
    ]
    starts = range(0, len(families) - columns + 1, columns)
    rows += [families[start : start + columns] for start in starts]
    doings = [replace(families[i % len(families)], pose=pose) for i, pose in enumerate(_DOINGS)]
    return [*rows, [replace(spec, condition=_AGED) for spec in doings[:columns]]]


def contact_sheet(specs: Sequence[Sequence[RenderSpec]], tile_wh: tuple[int, int]) -> U8:
    """The pictures in rows (H, W, 3) uint8, over a strip that says SYNTHETIC."""
    rows = [np.concatenate([_tile(spec, tile_wh) for spec in row], axis=1) for row in specs]
    rows.append(np.zeros((max(16, tile_wh[1] // 10), rows[0].shape[1], 3), np.uint8))
    draw_strip(rows[-1], "leopard-reid", share=1.0)
    return np.concatenate(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a sheet; the ending of the file name chooses PNG or JPEG."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="PNG or JPEG to write")
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--tile-width", type=int, default=480)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    tile_wh = (given.tile_width, given.tile_width * 3 // 4)
    sheet = contact_sheet(sheet_specs(given.columns, given.seed), tile_wh)
    Image.fromarray(sheet).save(given.out, quality=82)
    return 0


def _tile(spec: RenderSpec, tile_wh: tuple[int, int]) -> U8:
    picture = Image.fromarray(render(spec).pixels)
    picture.thumbnail(tile_wh, Image.Resampling.LANCZOS)
    tile = np.zeros((tile_wh[1], tile_wh[0], 3), np.uint8)
    tile[: picture.height, : picture.width] = np.asarray(picture)
    return tile


if __name__ == "__main__":
    raise SystemExit(main())
