"""All figures of a prediction, with intervals over individuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from training.calibration import metrics
from training.evaluation.retrieval.bootstrap import (
    Figure,
    balanced_draws,
    coded,
    draws,
    figure_of,
    mean_figure,
    pair_figure,
)
from training.evaluation.retrieval.calibrated import pair_llr
from training.evaluation.retrieval.openset import open_set
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.ranks import Ranks, ranks_of

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
NOTHING = Figure(np.nan, np.nan, np.nan)
USABLE = ((0.0, 0.2, "poor"), (0.2, 0.5, "fair"), (0.5, 1.01, "good"))
"""Bins of `reid.view`'s estimate."""
FAIR = 0.2
RETRIEVAL = ("top-1", "top-5", "mAP")
OPEN = ("BAKS", "BAUS", "BAKS x BAUS")
PAIRS = ("AUC", "same above every different")
CALIBRATION = (
    "Cllr",
    "Cllr-min",
    "ECE",
    "coverage at 1 %",
    "coverage at 0.1 %",
    "wrong at nominal 1 %",
    "covered at nominal 1 %",
)


def figures_of(prediction: Prediction, *, replicates: int = 1000) -> dict[str, Figure]:
    """Every figure by name; nan where the protocol or the data do not allow it.

    ``top-k``: share of known queries whose class is among the first k classes; ``mAP`` over
    pictures; ``BAKS`` and ``BAUS``: balanced accuracy of known and unknown queries under
    cross-fitted thresholds, and their geometric mean; the others over the sampled pairs.
    """
    ranks = ranks_of(prediction)
    return {
        **retrieval_figures(prediction, ranks, replicates=replicates),
        **open_figures(prediction, ranks, replicates=replicates),
        **pair_figures(prediction, replicates=replicates),
    }


def retrieval_figures(
    prediction: Prediction, ranks: Ranks, keep: Bools | None = None, *, replicates: int = 1000
) -> dict[str, Figure]:
    """top-1, top-5 and mAP over known queries (of those ``keep`` where given)."""
    use = ranks.known & ~prediction.unknown & (True if keep is None else keep)
    individual = coded(prediction.queries.individual[use])
    counts = draws(int(individual.max(initial=-1)) + 1, replicates=replicates)
    values = (ranks.class_rank[use] <= 1, ranks.class_rank[use] <= 5, ranks.precision[use])
    found = (mean_figure(v.astype(np.float64), individual, counts) for v in values)
    return dict(zip(RETRIEVAL, found, strict=True))


def open_figures(
    prediction: Prediction, ranks: Ranks, *, replicates: int = 1000
) -> dict[str, Figure]:
    """BAKS, BAUS and their geometric mean; nan in a closed set."""
    answered = open_set(prediction, ranks)
    if answered is None:
        return dict.fromkeys(OPEN, NOTHING)
    whole: list[tuple[float, Floats]] = []
    for seed, use in enumerate((answered.known, answered.unknown)):  # drawn independently
        individual = coded(prediction.queries.individual[use])
        classes = coded(prediction.queries.flank_class[use])
        counts = draws(int(individual.max(initial=-1)) + 1, replicates=replicates, seed=seed)
        right = answered.right[use].astype(np.float64)
        whole.append(balanced_draws(right, individual, classes, counts))
    (known, drawn_known), (unknown, drawn_unknown) = whole
    whole.append((float(np.sqrt(known * unknown)), np.sqrt(drawn_known * drawn_unknown)))
    return {n: figure_of(*values) for n, values in zip(OPEN, whole, strict=True)}


def pair_figures(
    prediction: Prediction,
    keep: Bools | None = None,
    *,
    names: Sequence[str] = (*PAIRS, *CALIBRATION),
    replicates: int = 1000,
) -> dict[str, Figure]:
    """The named figures over the sampled pairs (of those ``keep`` where given)."""
    use = np.ones(len(prediction.pairs), dtype=np.bool_) if keep is None else keep
    if not prediction.pair_same[use].any() or prediction.pair_same[use].all():
        return dict.fromkeys(names, NOTHING)
    llr, score = pair_llr(prediction), prediction.pair_score.astype(np.float64)
    order = np.flatnonzero(use)[np.argsort(score[use], kind="stable")]  # sorted once for all draws
    same, (a, b) = prediction.pair_same[order], prediction.pairs[order].T
    code = coded([*prediction.queries.individual[a], *prediction.gallery.individual[b]])
    first, second = code[: len(a)], code[len(a) :]
    counts = draws(int(code.max()) + 1, replicates=replicates)

    def figure(measure: Callable[..., float], values: Floats) -> Figure:
        def drawn(weight: Floats) -> float:
            both = weight[same].any() and weight[~same].any()
            return measure(values, same, weight=weight) if both else float("nan")

        return pair_figure(drawn, first, second, counts, measure(values, same))

    found = {n: figure(m, score[order]) for n, m in _ORDER.items() if n in names}
    if llr is None:
        return found | {n: NOTHING for n in _COSTS if n in names}
    return found | {n: figure(m, llr[order]) for n, m in _COSTS.items() if n in names}


def _nominal_wrong(llr: Floats, same: Bools, weight: Floats | None = None) -> float:
    return metrics.wrong_and_covered(llr, same, 0.01, weight)[0]


def _nominal_covered(llr: Floats, same: Bools, weight: Floats | None = None) -> float:
    return metrics.wrong_and_covered(llr, same, 0.01, weight)[1]


_ORDER: Mapping[str, Callable[..., float]] = dict(
    zip(PAIRS, (metrics.auc, metrics.above_every_different), strict=True)
)
_COSTS: Mapping[str, Callable[..., float]] = dict(
    zip(
        CALIBRATION,
        (
            metrics.cllr,
            metrics.cllr_min,
            metrics.calibration_error,
            partial(metrics.coverage_at, most_wrong=0.01),
            partial(metrics.coverage_at, most_wrong=0.001),
            _nominal_wrong,
            _nominal_covered,
        ),
        strict=True,
    )
)


def query_strata(prediction: Prediction) -> dict[str, Bools]:
    """Queries by quality, light and flank; names that are empty or hold all are left out."""
    queries = prediction.queries
    found = {
        f"quality {name}": (queries.usable >= low) & (queries.usable < high)
        for low, high, name in USABLE
    }
    found |= {f"light {light}": queries.light == light for light in np.unique(queries.light)}
    flank = np.array([name.rsplit("|", 1)[-1] for name in queries.flank_class])
    found |= {f"flank {side}": flank == side for side in np.unique(flank)}
    return {name: np.asarray(use) for name, use in found.items() if use.any() and not use.all()}


def pair_strata(prediction: Prediction) -> dict[str, Bools]:
    """Pairs by the worse picture's quality, and by light of both."""
    a, b = prediction.pairs.T
    queries, gallery = prediction.queries, prediction.gallery
    worse = np.minimum(queries.usable[a], gallery.usable[b])
    found = {
        f"quality {name}, worse picture": (worse >= low) & (worse < high)
        for low, high, name in USABLE
    }
    lights = [
        " with ".join(sorted(p)) for p in zip(queries.light[a], gallery.light[b], strict=True)
    ]
    kinds = np.array(lights, dtype=str)
    found |= {f"light {kind}": kinds == kind for kind in np.unique(kinds)}
    return {name: np.asarray(use) for name, use in found.items() if use.any() and not use.all()}
