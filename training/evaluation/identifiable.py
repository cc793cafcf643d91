"""How true the identifiability head is: held-out synthetic leopards, and photographs.

``python -m training.evaluation.identifiable --data DIR`` writes ``docs/identifiability.md``; what
was looked at is kept in ``build/identifiability``, so that a run that was cut off goes on.
"""

from __future__ import annotations

import argparse
import functools
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from reid.pipeline import Engine, prepare
from reid.types import Sighting
from reid.view.identifiability import FEATURES, IdentifiabilityHead
from reid.weights import find_shipped
from training.calibration.found import (
    Labelled,
    Looked,
    kept,
    look_at,
    look_at_synthetic,
    sure_llr,
)
from training.calibration.identifiable import (
    FOLDER,
    HEAD,
    INDIVIDUALS,
    SEED,
    Figures,
    crossed,
    figures,
)
from training.evaluation.data import ROOT, data_folder
from training.evaluation.frames import main_animal, read_rows
from training.evaluation.missed import nyala
from training.evaluation.results import commit
from training.evaluation.tables import table
from training.evaluation.tigers import sample

ANIMALS, OF_EACH = 14, 3  # tigers and nyala: individuals, and pictures of each
OUT = ROOT / "docs" / "identifiability.md"
HEADINGS = (
    *("pictures of", "pictures", "individuals", "found", "mean chance", "AUC", "95 % interval"),
    *("calibration error", "Brier", "Brier of the share"),
)
PAGE = """# Identifiability

Written by `python -m training.evaluation.identifiable --data DIR`; do not edit.

With each animal in a picture the service tells how likely a match could be found with that
picture at all, if another picture of the flank is there: an estimate of a small model
([card](../weights/identifiability/card.md)) on the stored measures of quality. It informs people
and changes no verdict. **It was fitted on synthetic leopards only.**

*Found*: with at least one of the other occasions of its flank in the set (four of synthetic
leopards, up to fourteen of one photographed leopard, else one or two) the calibrated evidence of
the pair is {sure:.2f} or more: at the default prior and accepted error, a verdict "same". Synthetic
pictures run from good to hardly legible (small, blurred, dark, fog, grass, infrared); each half of
the individuals is judged by a head fitted on the other half. Photographs are judged by the head
that ships: leopards with the localiser's box, tigers and nyala with the whole picture as the box,
{animals} individuals of up to {of_each} pictures drawn by seed. *Calibration error*: mean gap
between the chance told and the share found, over fifths of the pictures. Intervals are over
individuals; no AUC where all were found. Seed {seed}. Measured {date:%Y-%m-%d}, commit {commit}.

{figures}

Fitted on {pictures} pictures; log-odds {intercept:.2f}, and for each measure, in [0, 1]: {weights}.

## By what was told

{bands}
"""


def photographed(engine: Engine, data: Path, folder: Path, seed: int) -> dict[str, Looked]:
    """What each set of photographs gives."""
    makers: dict[str, Callable[[], list[Labelled]]] = {
        "leopard frames": functools.partial(_leopards, engine, data),
        "tigers": functools.partial(_tigers, engine, data, seed),
        "nyala": functools.partial(_nyala, engine, data, seed),
    }
    found = {}
    for name, make in makers.items():
        path = folder / f"{name.replace(' ', '-')}-{seed}.npz"
        found[name] = kept(path, lambda make=make: look_at(engine, make()))  # type: ignore[misc]
        print(f"looked at {name}", flush=True)
    return found


def _leopards(engine: Engine, data: Path) -> list[Labelled]:
    rows = [row for row in read_rows(data / "leopard") if row.identity and row.flank]
    return [
        (
            f"{row.identity} {row.orientation}",
            main_animal(prepare(engine, Sighting(row.image_id, (row.media(row.flank),)))),
        )
        for row in rows
    ]


def _tigers(engine: Engine, data: Path, seed: int) -> list[Labelled]:
    rows, rng = read_rows(data / "amur-tiger"), np.random.default_rng([seed, 8])
    found = sample(engine, rows, rng, identities=ANIMALS, images=OF_EACH)
    return [(tiger.identity, tiger.animal) for tiger in found]


def _nyala(engine: Engine, data: Path, seed: int) -> list[Labelled]:
    return nyala(engine, data, seed, identities=ANIMALS, sightings=OF_EACH)


def page(head: IdentifiabilityHead, synthetic: Looked, photos: dict[str, Looked], seed: int) -> str:
    """Markdown."""
    told = {"synthetic leopards, held out": (crossed(synthetic), synthetic)}
    told |= {name: (head.chances(found.features), found) for name, found in photos.items()}
    rows = [_row(name, figures(*one)) for name, one in told.items()]
    weights = zip(FEATURES, head.weights, strict=True)
    return PAGE.format(
        sure=sure_llr(),
        animals=ANIMALS,
        of_each=OF_EACH,
        seed=seed,
        date=datetime.now(UTC),
        commit=commit(),
        figures=table(HEADINGS, rows),
        pictures=head.pictures,
        intercept=head.intercept,
        weights=", ".join(f"{name} {weight:.2f}" for name, weight in weights),
        bands=table(("pictures of", "chance told", "pictures", "found"), _bands(told)),
    )


def _row(name: str, f: Figures) -> tuple[object, ...]:
    shares = f"{100 * f.found:.0f} %", f"{100 * f.chance:.0f} %"
    one_kind = math.isnan(f.auc)  # all were found, or none: there is no order to judge
    order = ("-", "-") if one_kind else (f"{f.auc:.3f}", f"{f.low:.2f} to {f.high:.2f}")
    truth = f"{f.calibration_error:.3f}", f"{f.brier:.3f}", f"{f.brier_of_mean:.3f}"
    return name, f.pictures, f.individuals, *shares, *order, *truth


def _bands(told: dict[str, tuple[np.ndarray, Looked]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, (chance, looked) in told.items():
        for low, high in ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0)):
            inside = (chance >= low) & (chance < high)
            if inside.any():
                share = f"{100 * looked.found[inside].mean():.0f} %"
                band = f"{100 * low:.0f} to {100 * high:.0f} %"
                rows.append((name, band, int(inside.sum()), share))
    return rows


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the photographs")
    parser.add_argument("--individuals", type=int, default=INDIVIDUALS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kept", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    data = data_folder(given.data)
    photos = photographed(Engine.load(threads=1), data, given.kept, given.seed)
    synthetic = look_at_synthetic(given.kept, given.individuals, given.seed, given.workers)
    head = IdentifiabilityHead.load(find_shipped(HEAD.as_posix()))
    given.out.write_text(page(head, synthetic, photos, given.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
