"""How often the estimated flank is right, where a table knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from reid.errors import InputError
from reid.image import open_image
from reid.pipeline import Engine, prepare
from reid.types import Annotation, AnnotationOrigin, Box, Flank, FlankEstimate, Sighting
from training.evaluation.frames import Row, main_animal, read_rows
from training.evaluation.tables import table

NYALA = 300
HEAD = ("pictures", "n", "named", "of the named right", "unknown", "wrong side")
Found = Sequence[tuple[Flank, Flank]]


def flanks_report(engine: Engine, data: Path, *, seed: int) -> str:
    """Leopards through the whole pipeline; a sample of nyala crops through the head alone."""
    leopards = [r for r in read_rows(data / "leopard") if r.flank]
    nyala = [r for r in read_rows(data / "nyala") if r.flank]
    chosen = np.random.default_rng(seed).choice(len(nyala), NYALA, replace=False)
    return table(
        HEAD,
        [
            _row("leopard", _leopards(engine, leopards)),
            _row("nyala (another species)", _crops(engine, (nyala[k] for k in sorted(chosen)))),
        ],
    )


def _leopards(engine: Engine, rows: Iterable[Row]) -> Found:
    found = []
    for row in rows:
        animal = main_animal(prepare(engine, Sighting(row.image_id, (row.media(),))))
        found.append((row.flank or Flank.UNKNOWN, animal.view.flank.best))
    return found


def _crops(engine: Engine, rows: Iterable[Row]) -> Found:
    return [(row.flank or Flank.UNKNOWN, _estimate(engine, row).best) for row in rows]


def _estimate(engine: Engine, row: Row) -> FlankEstimate:
    """The whole picture is the animal's box."""
    image = open_image(row.path)
    box = Annotation(image.sha256, Box(0, 0, *map(float, image.size_wh)), AnnotationOrigin.USER)
    seen = engine.screener.forward([engine.screener.crop(image, box)]).feature_map
    if engine.flank_head is None or seen is None:
        raise InputError("this engine has no flank head for its backbone: fit one first")
    return engine.flank_head.estimate(seen[0])


def _row(name: str, found: Found) -> tuple[object, ...]:
    named = [(truth, said) for truth, said in found if said is not Flank.UNKNOWN]
    right = sum(truth is said for truth, said in named)
    share = f"{100 * right / len(named):.1f} %" if named else "-"
    unknown = f"{100 * (1 - len(named) / len(found)):.1f} %"
    return name, len(found), len(named), share, unknown, len(named) - right
