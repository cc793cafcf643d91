"""What another outline changes downstream: the default's localiser beside the mask head's.

``python -m training.evaluation.outlined --data DIR`` writes ``docs/outlines.md``; what was measured
of one localiser is kept in ``build/outlines``, so that a run that was cut off goes on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.config import PipelineConfig
from reid.detect.mask_head import AnimalHeat
from reid.detect.pinned import FOCUS
from reid.pipeline import Engine
from reid.pipeline.pairs import compare_pair
from reid.types import PreparedAnnotation
from training.calibration.metrics import above_every_different, auc, cllr, cllr_min
from training.evaluation.data import ROOT, data_folder
from training.evaluation.frames import main_animal, measure_frames, read_rows
from training.evaluation.leopards import SAME, couples
from training.evaluation.missed import nyala
from training.evaluation.results import commit
from training.evaluation.systems.embedding import GROWN
from training.evaluation.tables import table
from training.evaluation.tigers import sample
from training.mask.__main__ import OTHERS, OTHERS_SEED, SCENES
from training.mask.judge import Overlap, looks, overlap
from training.mask.scenes import make_scenes

SEED = 20
LOCALISERS = ("yolox-saliency", "yolox-mask")
EVERY = 2  # leopard frames: every other one in the table's order
ANIMALS, OF_EACH = 10, 2  # tigers and nyala: individuals, and pictures of each
DIFFERENT = 3  # pairs of different animals for each pair of one
KEPT = Path("build") / "outlines"
OUT = ROOT / "docs" / "outlines.md"
Labelled = tuple[str, PreparedAnnotation]
Figures = dict[str, float]

HEAD = """# Outlines: the saliency network and the mask head

Written by `python -m training.evaluation.outlined --data DIR`; do not edit.

`yolox-saliency` is the default; `yolox-mask` outlines the same boxes with the
[mask head](../weights/mask-head/card.md). The calibration was fitted on outlines of the first. Seed
{seed}, CPU, one thread; milliseconds are CPU time. Measured {date:%Y-%m-%d}, commit {commit}."""
SYNTHETIC = """## Synthetic animals that the head did not see

Other animals before other backgrounds, one look at a window around a box whose edges err by
6 % of a side; grass in front is not the animal."""
DOWNSTREAM = """## Downstream, on photographs for development

*Leopards*: every other labelled frame beside the others, and mirrored impostors, by the llr of the
two main animals. *Tigers, nyala*: {animals} individuals drawn by seed, {of_each} pictures of each
(near copies left out; nyala of different sightings), the whole picture given as the box; top-1 is
by the cosine of the default embedding among these pictures, pairs by the llr, {different} different
ones for each same one.
*Background top-1*: the animal is painted over, so that this should be chance. So few animals show
whether something breaks, and not which of two is better."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where photographs lie, where figures are kept, and the engine of one localiser."""

    data: Path
    folder: Path
    engine: Engine


def measured(data: Path, folder: Path, localiser: str) -> dict[str, Figures]:
    """Figures of one localiser by set; those that are kept are not measured again."""
    engine = Engine.load(replace(PipelineConfig(), localiser=localiser), threads=1)
    ground = Ground(data, folder, engine)
    sets: dict[str, Callable[[Ground], Figures]] = {
        "leopards": _leopards,
        "tigers": _tigers,
        "nyala": _nyala,
    }
    return {name: _once(ground, name, measure) for name, measure in sets.items()}


def _once(ground: Ground, name: str, measure: Callable[[Ground], Figures]) -> Figures:
    fingerprint = ground.engine.localiser.fingerprint.replace(":", "-").replace("+", "_")
    path = ground.folder / f"{name}-{fingerprint}.json"
    if path.is_file():
        kept: Figures = json.loads(path.read_text(encoding="utf-8"))
        return kept
    found = measure(ground)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")
    print(f"measured: {name} by {ground.engine.localiser.name}", flush=True)
    return found


def synthetic(folder: Path) -> dict[str, Overlap]:
    """How each outlines animals that are known to the pixel; kept as the others are."""
    others, found = make_scenes(SCENES, OTHERS_SEED, OTHERS), {}
    settings = {"mask head": AnimalHeat().settings, "saliency": FOCUS.sha256[:12]}
    for name, look in looks().items():
        path = folder / f"synthetic-{settings[name].replace(':', '-')}.json"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(asdict(overlap(others, look, seed=1))), encoding="utf-8")
        found[name] = Overlap(**json.loads(path.read_text(encoding="utf-8")))
    return found


def _leopards(ground: Ground) -> Figures:
    rows = [r for r in read_rows(ground.data / "leopard") if r.identity and r.flank]
    frames = measure_frames(ground.engine, rows[::EVERY])
    pairs, same = [], []
    for couple in couples(frames):
        pairs.append((main_animal(couple.a), main_animal(couple.b)))
        same.append(couple.kind == SAME)
    spent = [_milliseconds(ground.engine, main_animal(f.prepared)) for f in frames]
    found = _pairs(ground.engine, pairs, np.array(same))
    return {"pictures": len(frames), **found, "ms": float(np.median(spent))}


def _milliseconds(engine: Engine, animal: PreparedAnnotation) -> float:
    began = time.process_time()
    engine.localiser.locate(animal.image)
    return 1000 * (time.process_time() - began)


def _tigers(ground: Ground) -> Figures:
    rows, rng = read_rows(ground.data / "amur-tiger"), np.random.default_rng([SEED, 6])
    found = sample(ground.engine, rows, rng, identities=ANIMALS, images=OF_EACH)
    return _retrieved(ground.engine, [(t.identity, t.animal) for t in found])


def _nyala(ground: Ground) -> Figures:
    found = nyala(ground.engine, ground.data, SEED, identities=ANIMALS, sightings=OF_EACH)
    return _retrieved(ground.engine, found)


def _retrieved(engine: Engine, animals: Sequence[Labelled]) -> Figures:
    names = np.array([name for name, _ in animals])
    seen = np.stack([a.embedding.vector for _, a in animals])
    behind = engine.embedder.embed([_background(engine, a) for _, a in animals])
    rows = [(i, j) for i in range(len(names)) for j in range(i)]
    alike = np.array([names[i] == names[j] for i, j in rows])
    others = np.flatnonzero(~alike)
    drawn = np.random.default_rng([SEED, 7]).choice(
        others, min(len(others), DIFFERENT * int(alike.sum())), replace=False
    )
    chosen = [*np.flatnonzero(alike), *drawn]
    pairs = [(animals[rows[k][0]][1], animals[rows[k][1]][1]) for k in chosen]
    return {
        "pictures": len(names),
        "top-1": top_one(seen, names),
        "background top-1": top_one(behind, names),
        **_pairs(engine, pairs, alike[chosen]),
    }


def top_one(vectors: NDArray[np.float32], names: NDArray[np.str_]) -> float:
    """Share of pictures whose likest other picture is of the same animal."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return float((names[cosines.argmax(1)] == names).mean())


def _background(engine: Engine, animal: PreparedAnnotation) -> NDArray[np.uint8]:
    """The embedding's window with the animal painted over, a little more than its outline."""
    plain = replace(animal.annotation, mask=None)
    pixels = engine.embedder.crop(animal.image, plain).copy()
    mask = animal.annotation.mask
    if mask is None:
        return np.full_like(pixels, 128)
    reach = 2 * round(GROWN * max(pixels.shape[:2])) + 1
    wide = cv2.resize(mask.astype(np.uint8), pixels.shape[1::-1])
    pixels[cv2.dilate(wide, np.ones((reach, reach), np.uint8)) > 0] = 128
    return pixels


def _pairs(
    engine: Engine,
    pairs: Sequence[tuple[PreparedAnnotation, PreparedAnnotation]],
    same: NDArray[np.bool_],
) -> Figures:
    llr = np.array([_llr(engine, a, b) for a, b in pairs])
    sure = float(np.log(1 / engine.config.max_error - 1))
    return {
        "same pairs": int(same.sum()),
        "different pairs": int((~same).sum()),
        "AUC": auc(llr, same),
        "above every different": above_every_different(llr, same),
        "Cllr": cllr(llr, same),
        "Cllr-min": cllr_min(llr, same),
        "right same": float((llr[same] >= sure).mean()),
        "wrong same": float((llr[~same] >= sure).mean()),
    }


def _llr(engine: Engine, a: PreparedAnnotation, b: PreparedAnnotation) -> float:
    """0 where nothing was compared."""
    found = compare_pair(engine, a, b)
    return 0.0 if found is None else found.llr


def page(known: dict[str, Overlap], found: dict[str, dict[str, Figures]]) -> str:
    """Markdown of all figures; ``found`` by localiser and set; ``known``: synthetic."""
    how = DOWNSTREAM.format(animals=ANIMALS, of_each=OF_EACH, different=DIFFERENT)
    sets = next(iter(found.values()))
    by_set = {name: {who: found[who][name] for who in found} for name in sets}
    parts = [_compared(name, figures) for name, figures in by_set.items()]
    head = HEAD.format(seed=SEED, date=datetime.now(UTC), commit=commit())
    return "\n\n".join([head, SYNTHETIC, _overlaps(known), how, *parts]) + "\n"


def _overlaps(known: dict[str, Overlap]) -> str:
    rows = [
        (name, o.number, f"{o.mean:.3f}", f"{o.median:.3f}", f"{100 * o.good:.0f} %")
        for name, o in known.items()
    ]
    return table(("outline", "pictures", "mean IoU", "median IoU", "IoU of 0.75 or more"), rows)


def _compared(name: str, figures: dict[str, Figures]) -> str:
    columns = list(next(iter(figures.values())))
    rows = [
        [f"`{who}`", *(_said(c, found.get(c)) for c in columns)] for who, found in figures.items()
    ]
    return f"**{name}**\n\n" + table(("localiser", *columns), rows)


def _said(column: str, value: Any) -> str:
    whole = column in ("pictures", "same pairs", "different pairs", "ms")
    return "-" if value is None else f"{value:.0f}" if whole else f"{value:.3f}"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the photographs")
    parser.add_argument("--only", nargs="*", default=list(LOCALISERS), choices=LOCALISERS)
    parser.add_argument("--kept", type=Path, default=KEPT)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    data = data_folder(given.data)
    found = {name: measured(data, given.kept, name) for name in given.only}
    if set(found) != set(LOCALISERS):
        return
    given.out.write_text(page(synthetic(given.kept), found), encoding="utf-8")


if __name__ == "__main__":
    main()
