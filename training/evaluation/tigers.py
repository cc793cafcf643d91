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

from reid.image import near_copies, open_image
from reid.pipeline import Engine, prepare
from reid.pipeline.pairs import compare_pair
from reid.types import Box, Flank, Image, PreparedAnnotation, Sighting, SightingMedia
from training.calibration.metrics import above_every_different, auc, cllr, cllr_min
from training.evaluation.frames import Row, main_animal, read_rows
from training.evaluation.tables import table

IDENTITIES, IMAGES, DIFFERENT = 40, 4, 600


@dataclass(frozen=True, slots=True)
class Tiger:
    """One crop measured; the whole picture is the box."""

    identity: str
    animal: PreparedAnnotation


def tigers_report(engine: Engine, data: Path, *, seed: int) -> str:
    """Order, cost and wrong "same" over seeded pairs."""
    tigers = sample(engine, read_rows(data / "amur-tiger"), np.random.default_rng(seed))
    same, llr = scores(engine, tigers, np.random.default_rng([seed, 1]))
    sure = float(np.log(1 / engine.config.max_error - 1))
    rows = [
        ("pictures / identities", f"{len(tigers)} / {len({t.identity for t in tigers})}"),
        ("same / different pairs", f"{int(same.sum())} / {int((~same).sum())}"),
        ("AUC", f"{auc(llr, same):.3f}"),
        ("same pairs above every different pair", f"{above_every_different(llr, same):.3f}"),
        ("Cllr / Cllr-min", f"{cllr(llr, same):.3f} / {cllr_min(llr, same):.3f}"),
        ('wrong "same" of one pair', f"{100 * (llr[~same] >= sure).mean():.2f} %"),
        ('right "same" of one pair', f"{100 * (llr[same] >= sure).mean():.1f} %"),
        ('wrong "different" of one pair', f"{100 * (llr[same] <= -sure).mean():.2f} %"),
    ]
    return table(("figure", "value"), rows)


def sample(engine: Engine, rows: Sequence[Row], rng: np.random.Generator) -> list[Tiger]:
    """Up to four pictures of each of 40 identities, none a near copy of another of them."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.identity, []).append(row)
    enough = sorted(name for name, found in groups.items() if len(found) >= IMAGES)
    names = rng.choice(enough, min(IDENTITIES, len(enough)), replace=False)
    return [t for name in sorted(names) for t in _pictures(engine, groups[name], rng)]


def _pictures(engine: Engine, rows: Sequence[Row], rng: np.random.Generator) -> list[Tiger]:
    chosen: list[tuple[Row, Image]] = []
    for k in rng.permutation(len(rows)):
        image = open_image(rows[k].path)
        if not any(near_copies(image, other) for _, other in chosen):
            chosen.append((rows[k], image))
        if len(chosen) == IMAGES:
            break
    return [_measure(engine, row, image) for row, image in chosen]


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
    llr = np.array([0.0 if pair is None else pair.llr for pair in found])
    return np.arange(len(todo)) < len(same), llr
