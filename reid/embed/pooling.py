"""From a network's features to one vector: pooling, and a linear head where the bundle has one.

Training uses the same module, so that what is trained is what is used. Imports torch.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from reid.embed.residuals import Residuals, blanked
from reid.errors import WeightsAlteredError

SMALLEST = 1e-6  # a power of zero has no gradient
HEAD = "vector_head."
"""Before the names of the head's tensors in a bundle's file."""
WORDS = "residuals."
"""Before the names of the tensors of pooling by visual words."""


def generalised_mean(features: Tensor, power: float, grid: tuple[int, int] = (1, 1)) -> Tensor:
    """(n, channels, h, w) to (n, channels * rows * columns): a power mean of each cell of a grid.

    ``mean(x ** power) ** (1 / power)`` of what is > 0: large powers weigh the strongest places, 1
    is the mean (Radenovic et al. 2019).
    """
    raised = features.clamp(min=SMALLEST).pow(power)
    return functional.adaptive_avg_pool2d(raised, grid).pow(1 / power).flatten(1)


class VectorNetwork(nn.Module):
    """A timm backbone, its pooling, and the linear head (None: the pooled features are it).

    ``residuals`` pool by visual words, else ``gem_power`` by a generalised mean over ``grid``,
    else the backbone's own pooling does.

    Raises:
        WeightsAlteredError: at birth, a pooling of maps over a backbone whose features are none.
    """

    def __init__(
        self,
        backbone: nn.Module,
        head: nn.Linear | None = None,
        *,
        gem_power: float | None = None,
        grid: tuple[int, int] = (1, 1),
        residuals: Residuals | None = None,
    ) -> None:
        super().__init__()
        mapped = gem_power is not None or residuals is not None
        if mapped and not hasattr(backbone, "feature_info"):
            raise WeightsAlteredError(
                f"pooling {'gem' if residuals is None else 'words'!r}: expected a network with a "
                f"feature map, found one of tokens ({type(backbone).__name__}); use 'token' or "
                "'native'"
            )
        self.backbone = backbone
        self.vector_head = head
        self.gem_power, self.grid = gem_power, grid
        self.residuals = residuals

    def features(self, pixels: Tensor) -> Tensor:
        """The backbone's last features: (n, channels, h, w), or tokens (n, t, channels)."""
        found = cast(Tensor, self.backbone.forward_features(pixels))  # type: ignore[operator]
        return found if self.residuals is None else blanked(found, pixels)

    def vectors(self, features: Tensor) -> Tensor:
        """(n, dim), before they are brought to length 1."""
        pooled = self.pooled(features)
        return pooled if self.vector_head is None else cast(Tensor, self.vector_head(pooled))

    def pooled(self, features: Tensor) -> Tensor:
        """(n, width): what the head sees."""
        if self.residuals is not None:
            return cast(Tensor, self.residuals(features))
        if self.gem_power is None:
            return self._native(features)
        return generalised_mean(features, self.gem_power, self.grid)

    def logits(self, features: Tensor) -> Tensor:
        """(n, classes) of the backbone's own classifier, over its own pooling."""
        classifier = self.backbone.get_classifier()  # type: ignore[operator]
        return cast(Tensor, classifier(self._native(features)))

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels (n, 3, side, side) to vectors (n, dim)."""
        return self.vectors(self.features(pixels))

    def _native(self, features: Tensor) -> Tensor:
        pooled = self.backbone.forward_head(features, pre_logits=True)  # type: ignore[operator]
        return cast(Tensor, pooled)
