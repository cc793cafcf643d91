"""Is one system better than another? Differences on the same queries, with intervals.

``python -m training.evaluation.retrieval.paired A.npz B.npz`` prints A minus B.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from training.evaluation.retrieval.bootstrap import Figure, coded, draws, mean_figure
from training.evaluation.retrieval.predictions import Prediction, read_prediction
from training.evaluation.retrieval.ranks import ranks_of

MEASURES = ("top-1", "mAP")


def differences(
    a: Prediction, b: Prediction, *, replicates: int = 1_000, seed: int = 0
) -> dict[str, Figure]:
    """Top-1 and mAP of ``a`` minus those of ``b``, over the queries that both were asked.

    Individuals are drawn with replacement, each with all of its queries, the same for both: what
    makes a query hard is hard for both, so this is narrower than the two intervals apart.

    Raises:
        InputError: the two were not asked the same queries.
    """
    if not np.array_equal(a.queries.id, b.queries.id):
        raise InputError("expected predictions of the same queries: same table, same protocol")
    first, second = measured(a), measured(b)
    known = ~np.isnan(first["mAP"]) & ~np.isnan(second["mAP"])
    individual = coded(a.queries.individual[known])
    counts = draws(int(individual.max(initial=-1)) + 1, replicates=replicates, seed=seed)
    gains = {name: (first[name] - second[name])[known] for name in MEASURES}
    return {name: mean_figure(gain, individual, counts) for name, gain in gains.items()}


def measured(said: Prediction) -> dict[str, NDArray[np.float64]]:
    """Top-1 (0 or 1) and average precision of each query, nan where nobody could be found."""
    ranks = ranks_of(said)
    found = {"top-1": ranks.class_rank == 1, "mAP": ranks.precision}
    return {name: np.where(ranks.known, value, np.nan) for name, value in found.items()}


def main() -> None:
    """Two files of predictions on the command line."""
    if len(sys.argv) != 3:
        raise SystemExit("usage: python -m training.evaluation.retrieval.paired A.npz B.npz")
    a, b = (read_prediction(Path(name)) for name in sys.argv[1:])
    print(f"{a.about['dataset']}: {a.about['system']} minus {b.about['system']}")
    for name, figure in differences(a, b).items():
        print(
            f"{name}: {np.nanmean(measured(a)[name]):.3f} minus "
            f"{np.nanmean(measured(b)[name]):.3f} is {figure}"
        )


if __name__ == "__main__":
    main()
