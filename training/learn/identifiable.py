"""Fit the identifiability head: ``python -m training.learn.identifiable TABLE... --bundle B``.

A picture of a held-out individual counts as identifiable when the bundle's embedding ranks a
picture of its own flank, from another sighting, before every other animal's. A head fitted on one
half of the individuals is judged on the other; what is written is fitted on all of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from reid.embed import load_embedder, use_threads
from reid.errors import TableError
from reid.view.identifiability import FEATURES, IdentifiabilityHead, quality_features
from reid.view.quality import quality
from reid.weights import load_bundle
from training.calibration.metrics import auc
from training.data import read_dataset
from training.learn.examples import examples_of
from training.learn.judge import Judged, found_first, judged
from training.learn.outlines import Outlines

RIDGE = 1e-2  # per picture: keeps weights finite where every picture was found
Floats = NDArray[np.float64]
BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Queries with a true picture to find: features (n, 5), found (n,), individual (n,)."""

    features: Floats
    found: NDArray[np.bool_]
    individual: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> Looked:
        """The chosen queries."""
        return Looked(self.features[chosen], self.found[chosen], self.individual[chosen])


def fit_head(looked: Looked, *, method: str, fitted_on: str) -> IdentifiabilityHead:
    """Logistic regression with weights of at least 0, by bounded quasi-Newton (L-BFGS-B)."""
    x = np.column_stack([np.ones(len(looked.found)), looked.features])
    sign = np.where(looked.found, 1.0, -1.0)

    def cost(w: Floats) -> tuple[float, Floats]:
        margin = sign * (x @ w)
        loss = np.logaddexp(0, -margin).mean() + RIDGE / 2 * float(w[1:] @ w[1:]) / 5
        slope = -(x * (sign / (1 + np.exp(np.clip(margin, -500, 500))))[:, None]).mean(0)
        slope[1:] += RIDGE * w[1:] / 5
        return float(loss), slope

    bounds = [(None, None)] + [(0.0, None)] * len(FEATURES)
    best = minimize(cost, np.zeros(x.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = tuple(round(float(w), 5) for w in best[1:])
    return IdentifiabilityHead(round(float(best[0]), 5), weights, method, fitted_on)


def chances(head: IdentifiabilityHead, looked: Looked) -> Floats:
    """(n,) probabilities."""
    score = head.intercept + looked.features @ np.array(head.weights)
    return np.asarray(np.clip(1 / (1 + np.exp(-score)), 0.01, 0.99))


def figures(head: IdentifiabilityHead, looked: Looked) -> dict[str, float]:
    """How well a head's chances order and how true they are, on queries that it did not see."""
    chance = chances(head, looked)
    edges = np.quantile(chance, np.linspace(0, 1, 11)[1:-1])
    bins = np.searchsorted(edges, chance)
    gaps = [
        (bins == b).mean() * abs(chance[bins == b].mean() - looked.found[bins == b].mean())
        for b in np.unique(bins)
    ]
    return {
        "queries": float(len(chance)),
        "found": float(looked.found.mean()),
        "AUC": auc(chance, looked.found),
        "expected calibration error": float(sum(gaps)),
        "Brier": float(((chance - looked.found) ** 2).mean()),
        "Brier of the mean": float(looked.found.var()),
    }


def look(tables: Sequence[Path], bundle: str, *, at_most: int, seed: int) -> Looked:
    """Embed and judge.

    Raises:
        TableError: no picture has another sighting of its flank to find.
    """
    outlines, embedder = Outlines(None), load_embedder(load_bundle(bundle))
    examples = [e for table in tables for e in examples_of(read_dataset(table))]
    among = judged(examples, at_most=at_most, seed=seed)
    features, vectors = [], []
    for start in range(0, len(among.examples), BATCH):
        crops = []
        for example in among.examples[start : start + BATCH]:
            image, animal = outlines.outlined(example.row)
            features.append(quality_features(quality(image, animal)))
            crops.append(embedder.crop(image, animal))
        vectors.append(embedder.embed(crops))
    return _looked(np.array(features), np.concatenate(vectors), among)


def _looked(features: Floats, vectors: NDArray[np.float32], among: Judged) -> Looked:
    first = found_first(vectors, among)
    asked = np.array([f is not None for f in first])
    if not asked.any():
        raise TableError(
            "expected pictures of one flank from several sightings, found none; name sightings in "
            "the table"
        )
    names = [(e.of.dataset, e.of.identity) for e in among.examples]
    number = {name: k for k, name in enumerate(dict.fromkeys(names))}
    individual = np.array([number[name] for name in names], dtype=np.int64)
    found = np.array([bool(f) for f in first])
    return Looked(features[asked], found[asked], individual[asked])


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print the figures, write the head."""
    parser = argparse.ArgumentParser(description=__doc__, prog="training.learn.identifiable")
    parser.add_argument("tables", type=Path, nargs="+", help="tables with outlines")
    parser.add_argument("--bundle", required=True, help="name or path of the embedding's bundle")
    parser.add_argument("--out", type=Path, help="the JSON file to write")
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    use_threads(2)
    looked = look(given.tables, given.bundle, at_most=given.pictures, seed=given.seed)
    half = looked.individual % 2 == 0
    told = ", ".join(t.resolve().parent.name if t.is_file() else t.name for t in given.tables)
    method = load_embedder(load_bundle(given.bundle)).fingerprint
    judge = fit_head(looked.of(half), method=method, fitted_on=told)
    for name, value in figures(judge, looked.of(~half)).items():
        print(f"{name}: {value:.3f}")
    if given.out:
        head = fit_head(looked, method=method, fitted_on=told)
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(head.as_json(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
