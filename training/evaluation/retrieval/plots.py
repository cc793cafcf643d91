"""Plots of one setting: CMC, Tippett, reliability, histograms. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from training.calibration.metrics import halves
from training.evaluation.retrieval.calibrated import pair_llr
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.ranks import ranks_of

RANKS = 20
BINS = 10
mpl.rcParams["svg.hashsalt"] = "leopard-reid"  # equal input, equal file


def draw_setting(predictions: Sequence[Prediction], folder: Path, stem: str) -> list[Path]:
    """``stem-cmc.svg`` of all systems; Tippett, reliability and scores of each."""
    made = [_saved(cmc(predictions), folder / f"{stem}-cmc.svg")]
    for kind, draw in (("tippett", tippett), ("reliability", reliability), ("scores", scores)):
        canvas = draw(predictions)
        if canvas is not None:
            made.append(_saved(canvas, folder / f"{stem}-{kind}.svg"))
    return made


def cmc(predictions: Sequence[Prediction]) -> Canvas:
    """Share of known queries whose class is among the first k classes."""
    canvas, (axes,) = _canvas(1)
    for prediction in predictions:
        ranks = ranks_of(prediction)
        rank = ranks.class_rank[ranks.known & ~prediction.unknown]
        shares = [(rank <= k).mean() if len(rank) else 0.0 for k in range(1, RANKS + 1)]
        axes.plot(range(1, RANKS + 1), shares, label=prediction.about["system"], linewidth=1)
    axes.set(xlabel="classes looked at", ylabel="share of queries found", ylim=(0, 1))
    axes.legend(fontsize=7)
    return canvas


def tippett(predictions: Sequence[Prediction]) -> Canvas | None:
    """Share of same and of different pairs whose llr is above each value."""
    return _each(predictions, _tippett_of)


def _tippett_of(axes: Any, llr: NDArray[np.float64], same: NDArray[np.bool_]) -> None:
    for use, label in ((same, "same"), (~same, "different")):
        values = np.sort(llr[use]) / np.log(10)
        axes.step(values, 1 - np.arange(len(values)) / len(values), label=label, linewidth=1)
    axes.axvline(0, color="grey", linewidth=0.5)
    axes.set(xlabel="log10 likelihood ratio", ylabel="share above", ylim=(0, 1))
    axes.legend(fontsize=7)


def reliability(predictions: Sequence[Prediction]) -> Canvas | None:
    """Share of same pairs against the posterior at a prior of one half."""
    return _each(predictions, _reliability_of)


def _reliability_of(axes: Any, llr: NDArray[np.float64], same: NDArray[np.bool_]) -> None:
    mass = halves(same)
    posterior = 1 / (1 + np.exp(-np.clip(llr, -500, 500)))
    place = np.minimum((posterior * BINS).astype(int), BINS - 1)
    total = np.bincount(place, weights=mass, minlength=BINS)
    good = total > 0
    said = np.bincount(place, weights=mass * posterior, minlength=BINS)[good] / total[good]
    true = np.bincount(place, weights=mass * same, minlength=BINS)[good] / total[good]
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.5)
    axes.scatter(said, true, s=400 * total[good], alpha=0.6)
    axes.set(xlabel="posterior said", ylabel="share that is same", xlim=(0, 1), ylim=(0, 1))


def scores(predictions: Sequence[Prediction]) -> Canvas:
    """Histograms of the raw scores of same and different pairs."""
    canvas, every = _canvas(len(predictions))
    for axes, prediction in zip(every, predictions, strict=True):
        same, value = prediction.pair_same, prediction.pair_score
        edges = np.linspace(float(value.min()), float(value.max()) + 1e-6, 41)
        for use, label in ((same, "same"), (~same, "different")):
            axes.hist(value[use], edges, density=True, alpha=0.5, label=label)
        axes.set_title(prediction.about["system"], fontsize=8)
        axes.legend(fontsize=7)
    return canvas


def _each(predictions: Sequence[Prediction], draw: Any) -> Canvas | None:
    fitted = [(p, llr) for p in predictions if (llr := pair_llr(p)) is not None]
    if not fitted:
        return None
    canvas, every = _canvas(len(fitted))
    for axes, (prediction, llr) in zip(every, fitted, strict=True):
        draw(axes, llr, prediction.pair_same)
        axes.set_title(prediction.about["system"], fontsize=8)
    return canvas


def _canvas(count: int) -> tuple[Canvas, list[Any]]:
    columns = min(3, count)
    lines = -(-count // columns)
    canvas = Canvas(figsize=(4.2 * columns, 3.2 * lines), layout="constrained")
    return canvas, list(np.ravel(canvas.subplots(lines, columns, squeeze=False)))[:count]


def _saved(canvas: Canvas, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.savefig(path, metadata={"Date": None})
    return path
