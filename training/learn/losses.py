"""What is minimised: sub-centre ArcFace, supervised contrastive, and staying near the start."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.learn.recipe import Losses

_ALMOST_ONE = 1 - 1e-6  # the angle has no gradient at a cosine of 1


class SubCentreArcFace(nn.Module):
    """Softmax over cosines to class centres, the own class made harder by an angular margin.

    Each class has several centres and a picture belongs to the nearest, so a mislabelled or odd
    picture need not pull the others (Deng et al., Sub-center ArcFace, ECCV 2020).
    """

    def __init__(self, classes: int, dim: int, how: Losses) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.empty(classes * how.arcface_centres, dim))
        nn.init.xavier_uniform_(self.centres)
        self._many, self._scale, self._margin = (
            how.arcface_centres,
            how.arcface_scale,
            how.arcface_margin,
        )

    def forward(self, vectors: Tensor, labels: Tensor) -> Tensor:
        """Mean loss of unit vectors (n, dim) with labels (n,) int64."""
        cosine = vectors @ functional.normalize(self.centres, dim=1).T
        cosine = cosine.view(len(vectors), -1, self._many).amax(dim=2)
        own = cosine.gather(1, labels[:, None]).clamp(-_ALMOST_ONE, _ALMOST_ONE)
        angle = torch.acos(own) + self._margin
        # Past pi the cosine would rise again; from there on it falls as a line.
        harder = torch.where(angle < math.pi, torch.cos(angle), -2 - torch.cos(angle))
        logits = self._scale * cosine.scatter(1, labels[:, None], harder)
        return functional.cross_entropy(logits, labels)


def contrastive(vectors: Tensor, labels: Tensor, *, temperature: float) -> Tensor:
    """Supervised contrastive loss, the sum outside the logarithm (Khosla et al. 2020, eq. 2).

    Unit vectors (n, dim), labels (n,); pictures without a positive in the batch do not count.
    """
    likeness = vectors @ vectors.T / temperature
    oneself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    positive = (labels[:, None] == labels[None]) & ~oneself
    log_share = likeness - likeness.masked_fill(oneself, -torch.inf).logsumexp(1, keepdim=True)
    count = positive.sum(1)
    each = -(log_share.masked_fill(~positive, 0.0).sum(1)) / count.clamp(min=1)
    some = count > 0
    return each[some].mean() if bool(some.any()) else vectors.sum() * 0.0


def distance_to_start(weights: Mapping[str, Tensor], start: Mapping[str, Tensor]) -> Tensor:
    """Half the squared distance of weights to where they started, by name (L2-SP)."""
    parts = [(weight - start[name]).square().sum() for name, weight in weights.items()]
    return torch.stack(parts).sum() / 2 if parts else torch.zeros(())
