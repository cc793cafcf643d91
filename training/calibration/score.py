"""Render, measure and score: ``python -m training.calibration.score``. Long; fitting is not.

Writes the raw scores of pairs of synthetic leopards and, for the flank head, what the network saw
of each picture. No photograph is read.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from reid.pipeline import Engine
from reid.types import Flank
from training.calibration.measured import measure_many
from training.calibration.pairs import score_pairs

FIRST_INDIVIDUAL = 10_000
FOLDER = Path("build") / "calibration"
PAIRS, FLANKS = "pairs.npz", "flanks.npz"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--individuals", type=int, default=80)
    parser.add_argument("--different", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args()
    measured = measure_many(FIRST_INDIVIDUAL, asked.individuals, asked.seed, asked.workers)
    asked.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        asked.out / FLANKS,
        contrast=np.stack([m.contrast for m in measured]),
        left=np.array([m.flank is Flank.LEFT for m in measured]),
        individual=np.array([m.individual for m in measured]),
    )
    engine = Engine.load(threads=1, calibrated=False)
    pairs = score_pairs(engine, measured, asked.different, asked.seed, asked.workers)
    pairs.save(asked.out / PAIRS)
    print(f"{len(measured)} pictures, {len(pairs.same)} pairs scored")


if __name__ == "__main__":
    main()
