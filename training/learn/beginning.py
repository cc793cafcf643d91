"""A head that begins by losing nothing: principal directions of what the start already sees."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from training.learn.network import Learner

Floats = NDArray[np.float64]


def principal_rows(features: Floats, dim: int, *, seed: int) -> Floats:
    """(dim, width) orthonormal rows that span the leading directions of features (n, width).

    They are turned at random within their span: the normalisation that follows would otherwise
    raise the weakest direction to the strength of the first (whitening), and so the noise. Where
    there are fewer pictures than directions the rest is random.
    """
    rng = np.random.default_rng(seed)
    centred = features - features.mean(0)
    leading = np.linalg.svd(centred, full_matrices=False)[2][: min(dim, len(features) - 1)]
    rest = rng.standard_normal((dim - len(leading), features.shape[1]))
    basis = np.linalg.qr(np.concatenate([leading, rest]).T)[0]
    turn = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
    return np.asarray(turn @ basis.T)


def begin_head(learner: Learner, features: NDArray[np.float32], *, seed: int) -> None:
    """Set head and neck of a learner from the pooled features (n, width) of training pictures."""
    head, found = learner.network.vector_head, features.astype(np.float64)
    assert head is not None  # a learner is built with one
    assert learner.neck.running_mean is not None
    assert learner.neck.running_var is not None
    rows = principal_rows(found, head.out_features, seed=seed)
    seen = found @ rows.T
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(rows))
        learner.neck.running_mean.copy_(torch.from_numpy(seen.mean(0)))
        learner.neck.running_var.copy_(torch.from_numpy(seen.var(0)))
