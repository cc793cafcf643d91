"""Visual words at their beginning: clusters of what the start sees of training pictures."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from reid.embed.preprocess import network_input
from reid.embed.residuals import Residuals
from reid.weights import Preprocessing
from training.learn.network import Learner

Floats = NDArray[np.float32]
PICTURES = 600  # more move no word that counts
_CELLS = 60_000
_ROUNDS = 20
_BATCH = 16
_FLOOR = 1e-3  # of the largest variance: weaker directions are not blown up


def begin_words(
    learner: Learner,
    crops: list[NDArray[np.uint8]],
    preprocessing: Preprocessing,
    *,
    seed: int,
) -> None:
    """Set projection (whitened principal directions) and words (k-means) from training pictures.

    Only cells that show coat take part. Nothing happens to a learner without visual words.
    """
    residuals = learner.network.residuals
    if residuals is None:
        return
    rng = np.random.default_rng([seed, 4])
    _set_projection(residuals, _coat(learner, crops, preprocessing, rng, projected=False))
    cells = _coat(learner, crops, preprocessing, rng, projected=True)
    clusters = KMeans(len(residuals.words), n_init=1, max_iter=_ROUNDS, random_state=seed)
    with torch.no_grad():
        residuals.words.copy_(torch.from_numpy(clusters.fit(cells).cluster_centers_))


def _set_projection(residuals: Residuals, seen: Floats) -> None:
    mean = seen.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((seen - mean).T))
    best = np.argsort(-values)[: residuals.project.out_features]
    rows = (vectors[:, best] / np.sqrt(values[best] + _FLOOR * values.max())).T
    with torch.no_grad():
        residuals.project.weight.copy_(torch.from_numpy(rows))
        residuals.project.bias.copy_(torch.from_numpy(-rows @ mean))


@torch.inference_mode()
def _coat(
    learner: Learner,
    crops: list[NDArray[np.uint8]],
    preprocessing: Preprocessing,
    rng: np.random.Generator,
    *,
    projected: bool,
) -> Floats:
    """(k, channels) features of cells that show coat, or (k, dim + 2) as the words see them."""
    learner.eval()
    residuals, device = learner.network.residuals, next(learner.parameters()).device
    assert residuals is not None
    share, rows = max(1, -(-_CELLS // max(1, len(crops)))), []
    for k in range(0, len(crops), _BATCH):
        pixels = torch.from_numpy(network_input(crops[k : k + _BATCH], preprocessing)).to(device)
        features = learner.network.features(pixels)
        cells, seen = residuals.cells(features)
        plain = cells if projected else features.flatten(2).transpose(1, 2)
        rows += [
            _some(c[s > 0].cpu().numpy(), share, rng) for c, s in zip(plain, seen, strict=True)
        ]
    return np.ascontiguousarray(np.concatenate(rows), dtype=np.float32)


def _some(rows: Floats, count: int, rng: np.random.Generator) -> Floats:
    return rows[rng.permutation(len(rows))[:count]]
