"""Predictions as markdown: one row a system, then the strata of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from training.evaluation.retrieval.bootstrap import Figure
from training.evaluation.retrieval.figures import (
    CALIBRATION,
    OPEN,
    PAIRS,
    RETRIEVAL,
    figures_of,
    pair_figures,
    pair_strata,
    query_strata,
    retrieval_figures,
)
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.ranks import ranks_of
from training.evaluation.tables import table

BAR, ESCAPED = "|", "\\|"  # a bar in a cell would end it
SHOWN = ("Cllr", "Cllr-min", "ECE", "coverage at 1 %", "coverage at 0.1 %")
NOTES = """Intervals are 95 %, by drawing individuals with replacement. *top-k*: the right class is
among the first k classes, a class standing where its best picture stands; *mAP* over pictures;
ties count against the system. *AUC* and what follows: over sampled pairs whose two individuals the
fit of fusions and calibration did not see. *Cllr*: scores made log-likelihood ratios by a logistic
regression on the score, fitted on other individuals (1 is silence); *ECE* at a prior of one half;
*coverage at e*: largest share of pairs, surest first, that can be decided with a share of at most
e wrong, same and different pairs with half of the mass each."""


def setting(prediction: Prediction) -> tuple[str, str, str]:
    """Predictions may stand in one table when these agree: dataset, protocol, task."""
    about = prediction.about
    return str(about["dataset"]), str(about["protocol"]), str(about["task"])


def grouped(predictions: Iterable[Prediction]) -> list[list[Prediction]]:
    """Predictions of one setting together, in the order of their first."""
    found: dict[tuple[str, str, str], list[Prediction]] = {}
    for prediction in predictions:
        found.setdefault(setting(prediction), []).append(prediction)
    return list(found.values())


def setting_report(predictions: Sequence[Prediction], *, replicates: int = 1000) -> str:
    """Head, retrieval, open set and pairs of all systems, strata of the first and the last."""
    every = [figures_of(p, replicates=replicates) for p in predictions]
    names = [str(p.about["system"]) for p in predictions]
    parts = [_head(predictions[0])]
    parts.append(_table(names, every, RETRIEVAL))
    if any(not np.isnan(f["BAKS"].value) for f in every):
        parts.append(_table(names, every, OPEN))
    parts.append(_table(names, every, (*PAIRS, *SHOWN)))
    for prediction in {names[k]: predictions[k] for k in (0, -1)}.values():
        parts.append(strata_report(prediction, replicates=replicates))
    return "\n\n".join(part for part in parts if part)


def chance(prediction: Prediction) -> float:
    """Mean over known queries of the share of right pictures among the allowed ones."""
    known = ranks_of(prediction).known & ~prediction.unknown
    right, allowed = prediction.same[known].sum(axis=1), prediction.allowed[known].sum(axis=1)
    return float((right / allowed).mean()) if len(right) else float("nan")


def _head(prediction: Prediction) -> str:
    about, queries = prediction.about, prediction.queries
    same = prediction.pair_same
    known = ranks_of(prediction).known & ~prediction.unknown
    elsewhere = about.get("calibrated_on")
    unknown = f", {int(prediction.unknown.sum())} of unknown ones" * bool(prediction.unknown.any())
    return (
        f"**{about['dataset']}, {about['protocol']}.** {about['protocol_about']}\n\n"
        f"{int(known.sum())} queries of known individuals{unknown}; {len(prediction.gallery)} "
        f"gallery pictures of {len(set(prediction.gallery.individual.tolist()))} individuals "
        f"({len(set(prediction.gallery.flank_class.tolist()))} flank classes); "
        f"{len(queries) - int(known.sum()) - int(prediction.unknown.sum())} pictures have nothing "
        f"to find and are not asked. A picture drawn at random is right with "
        f"{chance(prediction):.3f}."
        + f" Pairs: {int(same.sum())} same, {int((~same).sum())} different." * bool(len(same))
        + (f" Calibrated on {elsewhere}." if elsewhere else "")
    )


def retrieval_table(predictions: Sequence[Prediction], *, replicates: int = 1000) -> str:
    """Head and retrieval figures alone."""
    every = [retrieval_figures(p, ranks_of(p), replicates=replicates) for p in predictions]
    names = [str(p.about["system"]) for p in predictions]
    return "\n\n".join([_head(predictions[0]), _table(names, every, RETRIEVAL)])


def pairs_table(predictions: Sequence[Prediction], *, replicates: int = 1000) -> str:
    """Figures on pairs alone."""
    names = [str(p.about["system"]) for p in predictions]
    shown = (*PAIRS, *SHOWN)
    every = [pair_figures(p, names=shown, replicates=replicates) for p in predictions]
    return _table(names, every, shown)


def cell(name: str) -> str:
    """A system's name as a cell of a table."""
    return f"`{name.replace(BAR, ESCAPED)}`"


def _table(names: Sequence[str], every: Sequence[dict[str, Figure]], columns: Sequence[str]) -> str:
    rows = [
        (cell(name), *(str(figures[c]) for c in columns))
        for name, figures in zip(names, every, strict=True)
    ]
    return table(("system", *columns), rows)


def strata_report(prediction: Prediction, *, replicates: int = 1000) -> str:
    """One system by quality, light and flank; empty where there is nothing to tell apart."""
    ranks, parts = ranks_of(prediction), []
    rows = []
    for name, use in query_strata(prediction).items():
        found = retrieval_figures(prediction, ranks, use, replicates=replicates)
        count = int((use & ranks.known & ~prediction.unknown).sum())
        if count:
            rows.append((name, count, *(str(found[c]) for c in RETRIEVAL)))
    if rows:
        parts.append(table(("queries", "n", *RETRIEVAL), rows))
    rows = []
    shown = ("AUC", "Cllr", "Cllr-min", "ECE")
    for name, use in pair_strata(prediction).items():
        found = pair_figures(prediction, use, names=shown, replicates=replicates)
        same = prediction.pair_same[use]
        if not np.isnan(found["AUC"].value):
            counts = f"{int(same.sum())} / {int((~same).sum())}"
            rows.append((name, counts, *(str(found[c]) for c in shown)))
    if rows:
        parts.append(table(("pairs", "same / different", *shown), rows))
    return "\n\n".join([f"`{prediction.about['system']}` by stratum:", *parts]) if parts else ""


def flat(predictions: Sequence[Prediction], *, replicates: int = 1000) -> list[dict[str, Any]]:
    """All figures of all predictions as JSON values: one object a prediction."""
    names = (*RETRIEVAL, *OPEN, *PAIRS, *CALIBRATION)
    out = []
    for prediction in predictions:
        figures = figures_of(prediction, replicates=replicates)
        values = {n: _numbers(figures[n]) for n in names}
        out.append({**prediction.about, "figures": values})
    return out


def _numbers(figure: Figure) -> list[float] | None:
    if np.isnan(figure.value):
        return None
    ends = (figure.value, figure.low, figure.high)
    return [round(float(v), 5) for v in ends if not np.isnan(v)]
