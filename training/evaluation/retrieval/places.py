"""How much of a ranking rests on places: right pictures before a like background are left out.

``python -m training.evaluation.retrieval.places --data DIR`` prints the tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data import read_dataset
from training.evaluation.data import data_folder
from training.evaluation.retrieval.figures import RETRIEVAL, retrieval_figures
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.ranks import ranks_of
from training.evaluation.retrieval.report import cell
from training.evaluation.retrieval.running import default_cache, make_task, predict
from training.evaluation.systems.compose import matrix_of
from training.evaluation.systems.contract import Task
from training.evaluation.systems.load import load_comparer, load_system
from training.evaluation.tables import table

Floats = NDArray[np.float32]
SHARES = (1.0, 0.999, 0.99, 0.9)
"""Of the pairs of different individuals: a right picture stays when its background is less alike
than theirs at this share."""
BACKGROUND = "lite1@background"
SYSTEMS = ("lite1", "lnbnn", "lnbnn>rootsift")


def apart(prediction: Prediction, behind: Floats, share: float) -> Prediction:
    """The same answers without right pictures whose background is as like the query's as that.

    ``behind`` (n, m): likeness of backgrounds. Wrong pictures all stay, so it only gets harder.
    """
    same = prediction.same
    if share >= 1:
        return prediction
    limit = np.quantile(behind[prediction.allowed & ~same], share)
    allowed = prediction.allowed & ~(same & (behind > limit))
    return replace(
        prediction,
        allowed=allowed,
        ranking=np.where(allowed, prediction.ranking, np.float32(np.nan)),
    )


def places_report(task: Task, predictions: Sequence[Prediction], *, replicates: int = 1000) -> str:
    """Each system with ever fewer right pictures of a like background."""
    behind, rows = matrix_of(load_comparer(BACKGROUND), task), []
    for said in predictions:
        for share in SHARES:
            left = apart(said, behind, share)
            ranks = ranks_of(left)
            found = retrieval_figures(left, ranks, replicates=replicates)
            kept = "all" if share >= 1 else f"below {100 * share:g} %"
            asked = int((ranks.known & ~left.unknown).sum())
            rows.append(
                (cell(str(said.about["system"])), kept, asked, *(found[c] for c in RETRIEVAL))
            )
    head = ("system", "right pictures whose background is", "queries", *RETRIEVAL)
    return table(head, rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the photographs")
    asked = parser.parse_args()
    rule = load_protocol("leave-one-out")
    rule = replace(rule, same_pairs=0, different_pairs=0)
    for name in ("amur-tiger", "nyala"):
        dataset = read_dataset(data_folder(asked.data) / name)
        task = make_task(dataset, rule, cache=default_cache())
        said = [predict(load_system(n), n, task, dataset, rule) for n in SYSTEMS]
        print(f"**{name}**\n\n{places_report(task, said)}\n")


if __name__ == "__main__":
    main()
