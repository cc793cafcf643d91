"""Evidence of pairs, and what it is worth on animals and species that it was not fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from training.calibration.adapt import Adapted, adapted
from training.calibration.metrics import calibration_error, cllr, cllr_min
from training.evaluation.retrieval.bootstrap import Figure
from training.evaluation.retrieval.figures import FAIR, PAIRS, pair_figures
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.report import cell
from training.evaluation.systems.compose import at
from training.evaluation.systems.contract import Task
from training.evaluation.systems.load import load_comparer
from training.evaluation.tables import table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PRODUCT = "product"
SHOWN = (*PAIRS, "Cllr", "Cllr-min", "ECE", "coverage at 1 %", "wrong at nominal 1 %")
KNOWN = (0, 3, 5, 10, 20, 40)
DRAWS = 10
LOWEST, HIGHEST = -6.6, 8.3
"""Of the shipped calibration; a fit on fewer pairs must not go beyond it."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """``features`` (k, c) of a task's pairs: the product's llr, then each further comparer.

    ``same`` (k,), ``fold`` (k,), ``individual`` (k, 2); ``shape`` is any prediction on the task,
    which the figures are made from.
    """

    features: Floats = field(repr=False)
    same: NDArray[np.bool_] = field(repr=False)
    fold: Ints = field(repr=False)
    individual: NDArray[np.str_] = field(repr=False)
    shape: Prediction = field(repr=False)


def evidence_of(task: Task, shape: Prediction, further: Sequence[str]) -> Evidence:
    """The product's llr and further comparers over the task's pairs."""
    names = (PRODUCT, *further)
    columns = [at(load_comparer(name), task, task.plan.pairs) for name in names]
    a, b = shape.pairs.T
    who = np.stack([shape.queries.individual[a], shape.gallery.individual[b]], axis=1)
    features = np.stack(columns, axis=1).astype(np.float64)
    return Evidence(features, shape.pair_same, shape.queries.fold[a], who, shape)


def start(columns: int) -> Adapted:
    """The product as it ships; the other columns count nothing yet."""
    return Adapted(0.0, (1.0,) + (0.0,) * (columns - 1), LOWEST, HIGHEST)


def fitted_on(found: Evidence, keep: NDArray[np.bool_], columns: int) -> Adapted:
    """The start moved by the kept pairs, by the first ``columns`` features."""
    individuals = len(np.unique(found.individual[keep]))
    features = found.features[keep, :columns]
    return adapted(start(columns), features, found.same[keep], individuals)


def cross_fitted(found: Evidence, columns: int) -> Floats:
    """(k,) llrs, each by pairs of the other folds' individuals."""
    out = np.zeros(len(found.same))
    for number in np.unique(found.fold):
        mine = found.fold == number
        out[mine] = fitted_on(found, ~mine, columns).llr(found.features[mine, :columns])
    return out


def evidence_report(sets: Mapping[str, Evidence], reference: str, *, replicates: int) -> str:
    """Each set by the product as it ships, moved by other individuals of its own, and by another
    set's; the last in the mapping may have too few animals for a fit of its own.
    """
    rows = [row for name in sets for row in _rows(sets, name, reference, replicates)]
    return table(("set", "evidence", "calibrated on", *SHOWN, "coverage at 1 %, fair"), rows)


def _rows(
    sets: Mapping[str, Evidence], name: str, reference: str, replicates: int
) -> list[tuple[object, ...]]:
    found = sets[name]
    every = found.features.shape[1]
    further = "product and normed" if every > 1 else PRODUCT
    ways: list[tuple[str, str, Floats]] = [
        (PRODUCT, "synthetic leopards, as shipped", found.features[:, 0])
    ]
    if len(np.unique(found.fold)) > 1:
        ways.append((PRODUCT, "and its own other individuals", cross_fitted(found, 1)))
        if every > 1:
            ways.append((further, "and its own other individuals", cross_fitted(found, every)))
    if name != reference:
        whole = np.ones(len(sets[reference].same), dtype=np.bool_)
        for columns, words in {1: PRODUCT, every: further}.items():
            fit = fitted_on(sets[reference], whole, columns)
            ways.append((words, f"and {reference}", fit.llr(found.features[:, :columns])))
    return [(name, what, how, *_cells(found, llr, replicates)) for what, how, llr in ways]


def _cells(found: Evidence, llr: Floats, replicates: int) -> list[Figure]:
    said = replace(
        found.shape,
        pair_score=llr.astype(np.float32),
        about={**found.shape.about, "is_llr": True},
    )
    a, b = said.pairs.T
    fair = np.minimum(said.queries.usable[a], said.gallery.usable[b]) >= FAIR
    figures = pair_figures(said, names=SHOWN, replicates=replicates)
    kept = pair_figures(said, fair, names=("coverage at 1 %",), replicates=replicates)
    return [*(figures[n] for n in SHOWN), kept["coverage at 1 %"]]


def learning_report(sets: Mapping[str, Evidence], *, seed: int = 20) -> str:
    """How many known individuals of its own a catalogue needs: figures by their number.

    Individuals are drawn from the other folds ``DRAWS`` times; means, and the worst Cllr.
    """
    rows = []
    for name, found in sets.items():
        for known in KNOWN:
            llrs = [_by_few(found, known, np.random.default_rng([seed, k])) for k in range(DRAWS)]
            cost = [cllr(llr, found.same) for llr in llrs]
            least = [cllr_min(llr, found.same) for llr in llrs]
            error = [calibration_error(llr, found.same) for llr in llrs]
            means = (float(np.mean(values)) for values in (cost, least, error))
            rows.append((name, known, *(f"{v:.3f}" for v in means), f"{max(cost):.3f}"))
    return table(("set", "known individuals", "Cllr", "Cllr-min", "ECE", "worst Cllr"), rows)


def _by_few(found: Evidence, known: int, rng: np.random.Generator) -> Floats:
    columns = found.features.shape[1]
    out = np.zeros(len(found.same))
    for number in np.unique(found.fold):
        mine = found.fold == number
        names = np.unique(found.individual[~mine])
        chosen = rng.choice(names, min(known, len(names)), replace=False)
        keep = ~mine & np.isin(found.individual, chosen).all(axis=1)
        out[mine] = fitted_on(found, keep, columns).llr(found.features[mine])
    return out


def named(further: Sequence[str]) -> str:
    """Of the further comparers, for a sentence."""
    return " and ".join(cell(name) for name in further)
