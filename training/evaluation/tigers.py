"""The calibration on another species: Amur tigers, one identity is one flank of one animal.

Stripes are no rosettes and the fitting saw only synthetic leopards, so these figures say how far
the evidence carries, not how well it does its job.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.image import open_image
from reid.pipeline import Engine, prepare
from reid.pipeline.pairs import compare_pair
from reid.types import (
    Box,
    Flank,
    Image,
    PairEvidence,
    PreparedAnnotation,
    Sighting,
    SightingMedia,
)
from training.calibration.metrics import (
    above_every_different,
    auc,
    calibration_error,
    cllr,
    cllr_min,
)
from training.data.copies import frame_groups
from training.data.rows import Row as DataRow
from training.evaluation.frames import Row, main_animal, read_rows
from training.evaluation.tables import table

IDENTITIES, IMAGES, DIFFERENT = 40, 4, 600


@dataclass(frozen=True, slots=True)
class Tiger:
    """One crop measured; the whole picture is the box."""

    identity: str
    animal: PreparedAnnotation


def tigers_report(engine: Engine, data: Path, *, seed: int) -> str:
    """Order, cost and wrong verdicts over seeded pairs."""
    tigers = sample(engine, read_rows(data / "amur-tiger"), np.random.default_rng(seed))
    same, llr = scores(engine, tigers, np.random.default_rng([seed, 1]))
    sure = float(np.log(1 / engine.config.max_error - 1))
    rows = [
        ("pictures / identities", f"{len(tigers)} / {len({t.identity for t in tigers})}"),
        ("same / different pairs", f"{int(same.sum())} / {int((~same).sum())}"),
        ("AUC", f"{auc(llr, same):.3f}"),
        ("same pairs above every different pair", f"{above_every_different(llr, same):.3f}"),
        ("Cllr / Cllr-min", f"{cllr(llr, same):.3f} / {cllr_min(llr, same):.3f}"),
        ("expected calibration error", f"{calibration_error(llr, same):.3f}"),
        ('wrong "same" of one pair', f"{100 * (llr[~same] >= sure).mean():.2f} %"),
        ('right "same" of one pair', f"{100 * (llr[same] >= sure).mean():.1f} %"),
        ('wrong "different" of one pair', f"{100 * (llr[same] <= -sure).mean():.2f} %"),
    ]
    return table(("figure", "value"), rows)


def sample(
    engine: Engine,
    rows: Sequence[Row],
    rng: np.random.Generator,
    *,
    identities: int = IDENTITIES,
    images: int = IMAGES,
) -> list[Tiger]:
    """Up to ``images`` pictures of each of ``identities``, no two of one moment of one video."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.identity, []).append(row)
    enough = sorted(name for name, found in groups.items() if len(found) >= images)
    names = rng.choice(enough, min(identities, len(enough)), replace=False)
    chosen = [row for name in sorted(names) for row in apart(groups[name], rng)[:images]]
    return [_measure(engine, row, open_image(row.path)) for row in chosen]


def apart(rows: Sequence[Row], rng: np.random.Generator) -> list[Row]:
    """One picture, drawn at random, of each group of near copies by content."""
    groups = frame_groups([DataRow(r.image_id, r.identity, r.path) for r in rows])
    drawn: dict[int, Row] = {}
    for k in rng.permutation(len(rows)):
        drawn.setdefault(int(groups[k]), rows[k])
    return list(drawn.values())


def _measure(engine: Engine, row: Row, image: Image) -> Tiger:
    """The side is given as one and the same for all: an identity has only one, so that pairs
    of different identities are different patterns whichever side they show.
    """
    box = Box(0, 0, *map(float, image.size_wh))
    media = SightingMedia(row.path.name, row.path.read_bytes(), flank=Flank.LEFT, boxes=(box,))
    return Tiger(row.identity, main_animal(prepare(engine, Sighting(row.image_id, (media,)))))


def scores(
    engine: Engine, tigers: Sequence[Tiger], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Truth (n,) bool and llr (n,) of all same pairs and up to 600 different ones."""
    pairs = list(itertools.combinations(tigers, 2))
    same = [p for p in pairs if p[0].identity == p[1].identity]
    others = [p for p in pairs if p[0].identity != p[1].identity]
    chosen = rng.choice(len(others), min(DIFFERENT, len(others)), replace=False)
    todo = [*same, *(others[k] for k in chosen)]
    found = [compare_pair(engine, a.animal, b.animal) for a, b in todo]
    return np.arange(len(todo)) < len(same), np.array([_llr(pair) for pair in found])


def _llr(pair: PairEvidence | None) -> float:
    """0 where nothing was compared, and for a copy."""
    return 0.0 if pair is None else pair.llr
