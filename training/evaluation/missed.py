"""How often a true match is not found: synthetic leopards, leopard frames, tigers, nyala.

What `training.calibration.fit.UNMODELLED_MISS` is judged by. No photograph sets a coefficient.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from reid.pipeline import Engine, prepare
from reid.types import Box, Flank, PreparedAnnotation, Sighting, SightingMedia
from training.calibration.misses import miss_rates
from training.calibration.pairs import ScoredPairs, score_animals
from training.calibration.score import FOLDER, PAIRS
from training.data.rows import Row as DataRow
from training.data.table import read_dataset
from training.evaluation.data import ROOT
from training.evaluation.frames import main_animal, measure_frames, read_rows
from training.evaluation.tables import table
from training.evaluation.tigers import sample

TIGERS, TIGER_IMAGES = 107, 3
NYALA, NYALA_SIGHTINGS = 50, 3
HEAD = ("pictures", "stratum", "same pairs", "individuals", "missed", "95 % interval")
Labelled = tuple[str, PreparedAnnotation]


def missed_report(engine: Engine, data: Path, *, seed: int) -> str:
    """Miss rates by quality, each with its interval over individuals."""
    rows: list[tuple[object, ...]] = []
    for name, pairs in _sets(engine, data, seed):
        for r in miss_rates(pairs):
            cells = f"{100 * r.rate:.1f} %", f"{100 * r.low:.1f} to {100 * r.high:.1f} %"
            rows.append((name, r.stratum, r.pairs, r.individuals, *cells))
    return table(HEAD, rows)


def _sets(engine: Engine, data: Path, seed: int) -> Iterable[tuple[str, ScoredPairs]]:
    synthetic = ROOT / FOLDER / PAIRS
    if synthetic.is_file():
        yield "synthetic leopards", ScoredPairs.load(synthetic)
    yield "leopard frames", _scored(engine, _leopards(engine, data))
    yield "tigers", _scored(engine, _tigers(engine, data, seed))
    yield "nyala", _scored(engine, nyala(engine, data, seed))


def _leopards(engine: Engine, data: Path) -> list[Labelled]:
    frames = measure_frames(engine, [r for r in read_rows(data / "leopard") if r.identity])
    return [(f.row.identity, main_animal(f.prepared)) for f in frames]


def _tigers(engine: Engine, data: Path, seed: int) -> list[Labelled]:
    rng = np.random.default_rng([seed, 2])
    rows = read_rows(data / "amur-tiger")
    found = sample(engine, rows, rng, identities=TIGERS, images=TIGER_IMAGES)
    return [(tiger.identity, tiger.animal) for tiger in found]


def nyala(
    engine: Engine,
    data: Path,
    seed: int,
    *,
    identities: int = NYALA,
    sightings: int = NYALA_SIGHTINGS,
) -> list[Labelled]:
    """One picture of each of up to three sightings of one flank: pairs are across sightings."""
    rng = np.random.default_rng([seed, 3])
    groups: dict[str, dict[str, DataRow]] = {}
    for row in read_dataset(data / "nyala").labelled().rows:
        if row.flank in (Flank.LEFT, Flank.RIGHT):
            groups.setdefault(row.flank_class, {}).setdefault(row.sighting, row)
    several = sorted(name for name, found in groups.items() if len(found) > 1)
    chosen = rng.choice(several, identities, replace=False)
    return [
        (name, _whole(engine, groups[name][sighting]))
        for name in sorted(chosen)
        for sighting in rng.permutation(sorted(groups[name]))[:sightings]
    ]


def _whole(engine: Engine, row: DataRow) -> PreparedAnnotation:
    width, height = float(row.extra["width"]), float(row.extra["height"])
    media = SightingMedia(
        row.path.name,
        row.path.read_bytes(),
        flank=row.flank,
        boxes=(Box(0, 0, width, height),),
    )
    return main_animal(prepare(engine, Sighting(row.image_id, (media,))))


def _scored(engine: Engine, animals: Sequence[Labelled]) -> ScoredPairs:
    """Every pair of one individual's flank."""
    number = {name: k for k, name in enumerate(dict.fromkeys(name for name, _ in animals))}
    pairs = [(a, b) for a, b in itertools.combinations(animals, 2) if a[0] == b[0]]
    who = np.array([(number[a[0]], number[b[0]]) for a, b in pairs], dtype=np.int64)
    same = np.ones(len(pairs), dtype=np.bool_)
    return score_animals(engine, [(a[1], b[1]) for a, b in pairs], same, who, threads=1)
