"""Fit the decoder: the network under it stays as it is. Equal seeds give equal weights.

The network costs four times what a step of the decoder does, so what it said of a view is kept
for a while and learned from several times.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from reid.detect.mask_network import Backbone, MaskHead
from training.mask.scenes import read_scene
from training.mask.views import view_of


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast. ``animals`` render two scenes each; ``fresh`` of the ``batch`` views
    of a step are new, the others drawn from the ``kept`` latest. The rate rises for ``warm`` steps
    and falls with the root of the step; what counts are the weights' running means, over the
    latest ``1 / (1 - mean)`` steps. No step depends on how many follow.
    """

    seed: int = 902
    animals: int = 200
    steps: int = 600
    batch: int = 12
    fresh: int = 4
    kept: int = 320
    rate: float = 5e-3
    warm: int = 10
    mean: float = 0.96
    decay: float = 1e-4

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


Told = Callable[[int, float, MaskHead], None]
"""Hears of every step: its number, its loss, the head so far."""
Seen = tuple[list[Tensor], Tensor, Tensor]
"""Maps of one view, its box and its target; without a batch's axis."""


def fit(paths: Sequence[Path], recipe: Recipe, backbone: Backbone, told: Told) -> MaskHead:
    """A head fitted on scenes by AdamW, its weights averaged (Polyak and Juditsky 1992)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        head = MaskHead().train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = AveragedModel(head, multi_avg_fn=get_ema_multi_avg_fn(recipe.mean), use_buffers=True)
    chosen = torch.optim.AdamW(head.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    rate = torch.optim.lr_scheduler.LambdaLR(chosen, lambda step: _rate(step + 1, recipe.warm))
    for step, batch in enumerate(_batches(paths, recipe, backbone), 1):
        loss = loss_of(head(*_stacked(batch)), torch.stack([one[2] for one in batch]))
        chosen.zero_grad(set_to_none=True)
        loss.backward()
        chosen.step()
        rate.step()
        mean.update_parameters(head)
        told(step, float(loss.detach()), mean.module)
    return mean.module.eval().requires_grad_(False)


def _rate(step: int, warm: int) -> float:
    return min(step / warm, (3 * warm / (step + 2 * warm)) ** 0.5) if step else 0.0


def _stacked(batch: Sequence[Seen]) -> tuple[list[Tensor], Tensor]:
    maps = [torch.stack(level).float() for level in zip(*(one[0] for one in batch), strict=True)]
    fast = [level.contiguous(memory_format=torch.channels_last) for level in maps]
    return fast, torch.stack([one[1] for one in batch])


def loss_of(odds: Tensor, target: Tensor) -> Tensor:
    """Scalar: mean over pixels of the cross-entropy, plus one less the mean soft overlap.

    The overlap (Milletari et al. 2016) counts a small animal as much as a large one.
    """
    chance = torch.sigmoid(odds)
    both = (chance * target).sum((1, 2, 3))
    sizes = (chance + target).sum((1, 2, 3))
    overlap = (2 * both + 1) / (sizes + 1)
    return functional.binary_cross_entropy_with_logits(odds, target) + 1 - overlap.mean()


def _batches(paths: Sequence[Path], recipe: Recipe, backbone: Backbone) -> Iterator[list[Seen]]:
    draw = np.random.default_rng([recipe.seed, 2])
    kept: deque[Seen] = deque(maxlen=recipe.kept)
    fresh = _fresh(paths, recipe, backbone)
    for step in range(recipe.steps):
        new = [next(fresh) for _ in range(recipe.batch if step == 0 else recipe.fresh)]
        old = draw.choice(len(kept), min(recipe.batch - len(new), len(kept)), replace=False)
        yield [*new, *(kept[int(i)] for i in old)]
        kept.extend(new)


def _fresh(paths: Sequence[Path], recipe: Recipe, backbone: Backbone) -> Iterator[Seen]:
    """Every scene once before any twice; a view depends on the seed and its number alone."""
    deal = np.random.default_rng([recipe.seed, 1])
    number = 0
    while True:
        for i in deal.permutation(len(paths)):
            rng = np.random.default_rng([recipe.seed, 3, number])
            pixels, box, target = view_of(read_scene(paths[i]), rng)
            with torch.no_grad():
                maps = backbone(torch.from_numpy(pixels).permute(2, 0, 1)[None].float())
            halves = [m[0].half() for m in maps]
            yield halves, torch.from_numpy(box)[None], torch.from_numpy(target)[None]
            number += 1
