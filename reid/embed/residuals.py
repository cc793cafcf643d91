"""Pooling by visual words: what stands where on the coat, without saying how many of it there are.

Imports torch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

PAINTED = 0.02
"""Normalised pixels nearer to the fill than this were painted over."""
_SMALLEST = 1e-6  # a root has no gradient at zero


class Residuals(nn.Module):
    """Sums of what sets local features apart from the visual word that each is nearest to.

    NetVLAD (Arandjelovic et al. 2016; VLAD, Jegou et al. 2010) with three changes: features
    are projected to ``dim`` numbers of unit length, each carries its place (x, y in -0.5..0.5
    times ``position``), and cells that are exactly zero, which is how `blanked` marks painted
    ones, count for nothing. Each word's sum is brought to length 1, then signed roots are taken.
    """

    def __init__(self, channels: int, words: int, dim: int, position: float) -> None:
        super().__init__()
        self.project = nn.Linear(channels, dim)
        self.words = nn.Parameter(torch.zeros(words, dim + 2))
        self.sharpness = nn.Parameter(torch.tensor(50.0))
        self.position = position

    @property
    def width(self) -> int:
        """Numbers that are pooled."""
        return self.words.numel()

    def cells(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(n, c, h, w) to cells (n, h * w, dim + 2), and (n, h * w) 1 where there is coat."""
        n, _, h, w = features.shape
        flat = features.flatten(2).transpose(1, 2)
        y, x = torch.meshgrid(_centres(h, flat), _centres(w, flat), indexing="ij")
        place = self.position * torch.stack([x.flatten(), y.flatten()], dim=1)
        marks = functional.normalize(self.project(flat), dim=2)
        seen = (flat != 0).any(dim=2).to(flat.dtype)
        return torch.cat([marks, place.expand(n, -1, -1)], dim=2), seen

    def forward(self, features: Tensor) -> Tensor:
        """(n, c, h, w) to (n, width); zero for a picture without coat."""
        cells, seen = self.cells(features)
        near = 2 * cells @ self.words.T - (self.words * self.words).sum(dim=1)
        share = torch.softmax(self.sharpness * near, dim=2) * seen[..., None]
        sums = share.transpose(1, 2) @ cells - share.sum(dim=1)[..., None] * self.words
        sums = functional.normalize(sums, dim=2).flatten(1)
        return torch.sign(sums) * (sums.abs() + _SMALLEST).sqrt()


def blanked(features: Tensor, pixels: Tensor) -> Tensor:
    """Features with the cells set to zero of which at least half were painted over.

    ``pixels`` (n, 3, side, side) are normalised, so that the fill is (nearly) zero.
    """
    coat = (pixels.abs().amax(dim=1, keepdim=True) > PAINTED).to(features.dtype)
    share = functional.adaptive_avg_pool2d(coat, (features.shape[2], features.shape[3]))
    return features * (share > 0.5)


def _centres(count: int, like: Tensor) -> Tensor:
    """Centres of ``count`` cells, -0.5 to 0.5."""
    return (torch.arange(count, dtype=like.dtype, device=like.device) + 0.5) / count - 0.5
