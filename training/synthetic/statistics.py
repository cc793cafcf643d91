"""Synthetic coats beside photographs, in numbers.

``python -m training.synthetic.statistics --data DIR`` measures the trunks of leopards in
``DIR/leopard`` and of synthetic ones, prints a table and writes ``docs/synthetic-statistics.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np

from reid.detect import load_localiser, locate_or_whole
from reid.image import open_image
from training.evaluation.data import ROOT, data_folder
from training.evaluation.frames import read_rows
from training.evaluation.tables import table
from training.synthetic.arrays import F64
from training.synthetic.crops import framed, render_crop
from training.synthetic.family import Family
from training.synthetic.measures import NAMES, CoatMeasures, measure_coat
from training.synthetic.spec import Illumination
from training.synthetic.survey import Survey, frames_of

PAGE = ROOT / "docs" / "synthetic-statistics.md"
_SIZE_PX = 1000  # as large as a typical animal in the photographs
_MOST_TURNED_DEG = 30.0
_POOR_EV = 1.5


def measure_photographs(data: Path) -> list[CoatMeasures]:
    """Every leopard frame in which the default localiser outlines a trunk that can be measured."""
    localiser = load_localiser()
    made = []
    for row in read_rows(data / "leopard"):
        image = open_image(row.path)
        found = locate_or_whole(localiser, image)[0]
        if found.mask is not None:
            x0, y0, x1, y1 = found.box.window(image.size_wh)
            made.append(measure_coat(image.pixels[y0:y1, x0:x1], found.mask))
    return [m for m in made if m is not None]


def measure_synthetic(
    family: Family, animals: int, seed: int, lights: Sequence[Illumination]
) -> list[CoatMeasures]:
    """One picture each of ``animals`` of a family, from the side and fairly exposed."""
    survey = Survey(seed, 12, _SIZE_PX, 24, ((family, 1.0),), 800)
    made = (next(_fair(survey, index, lights), None) for index in range(animals))
    return [m for m in made if m is not None]


def summary(groups: dict[str, list[CoatMeasures]]) -> str:
    """A markdown table: median and quartiles of each measure in each group."""
    head = ("measure", *(f"{name} (n = {len(found)})" for name, found in groups.items()))
    spread = [_quartiles(found) for found in groups.values()]
    rows = []
    for i, name in enumerate(NAMES):
        cells = (f"{q[1, i]:.3f} ({q[0, i]:.3f} to {q[2, i]:.3f})" for q in spread)
        rows.append((name.replace("_", " "), *cells))
    return table(head, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that holds `leopard`")
    parser.add_argument("--animals", type=int, default=60, help="synthetic, of each family")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--families", nargs="*", default=["rosettes", "leopard"])
    parser.add_argument("--out", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    lights = (Illumination.FLASH, Illumination.DAY)
    groups = {"photographs": measure_photographs(data_folder(given.data))}
    for name in given.families:
        groups[f"synthetic {name}"] = measure_synthetic(
            Family(name), given.animals, given.seed, lights
        )
    made = summary(groups)
    print(made)
    given.out.write_text(_PAGE.format(table=made, words=_words()), encoding="utf-8")
    return 0


def _fair(survey: Survey, index: int, lights: Sequence[Illumination]) -> Iterator[CoatMeasures]:
    for frame in frames_of(survey, index):
        spec = frame.spec
        fair = spec.light in lights and abs(spec.yaw_deg) < _MOST_TURNED_DEG
        fair = fair and abs(spec.exposure_ev) < _POOR_EV and frame.framing.cut < 0.1
        fair = fair and spec.occlusion < 0.3 and spec.pose.sit + spec.pose.crouch_m < 0.1
        if fair:
            made = render_crop(framed(spec, frame.framing), frame.rng)
            found = measure_coat(made.pixels, made.mask)
            if found is not None:
                yield found


def _quartiles(found: list[CoatMeasures]) -> F64:
    values = np.array([astuple(m) for m in found], np.float64)
    return np.percentile(values.reshape(-1, len(NAMES)), (25, 50, 75), axis=0)


def _words() -> str:
    return " ".join(line.strip() for line in (CoatMeasures.__doc__ or "").splitlines()).strip()


_PAGE = """# Synthetic coats beside photographs

Written by `python -m training.synthetic.statistics --data DIR`. The photographs are leopard
camera-trap frames for development, most of them white flash at night and most of one animal: they
say what is plausible, not what leopards are like. Synthetic pictures: one each of different
animals, day and flash. Median (first to third quartile); no photograph is shown or shipped.

{words}

{table}
"""

if __name__ == "__main__":
    raise SystemExit(main())
