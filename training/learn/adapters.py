"""Low-rank changes of convolutions: few numbers move, the weights themselves stay."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


class LowRank(nn.Module):
    """``weight + up @ down``, of rank ``rank``; nothing is changed at the beginning.

    LoRA (Hu et al. 2022) for convolutions: the weight (out, in, h, w) as a matrix (out, rest).
    """

    def __init__(self, shape: torch.Size, rank: int) -> None:
        super().__init__()
        rows, columns = shape[0], int(torch.tensor(shape[1:]).prod())
        rank = min(rank, rows, columns)
        self.down = nn.Parameter(torch.randn(rank, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight as it is used."""
        return weight + (self.up @ self.down).view_as(weight)


def adapt(backbone: nn.Module, names: set[str], rank: int) -> int:
    """Put adapters on the convolutions whose weights are ``names``; returns how many.

    All of the backbone's own parameters stay where they are.
    """
    backbone.requires_grad_(False)
    count = 0
    for name, module in list(backbone.named_modules()):
        if isinstance(module, nn.Conv2d) and f"{name}.weight" in names:
            added = LowRank(module.weight.shape, rank)
            parametrize.register_parametrization(module, "weight", added)
            count += 1
    return count


def merged(backbone: nn.Module) -> dict[str, Tensor]:
    """The backbone's tensors under their own names, adapters added to what they adapt."""
    state = dict(backbone.state_dict())
    for name, module in backbone.named_modules():
        if isinstance(module, nn.Conv2d) and parametrize.is_parametrized(module, "weight"):
            before = f"{name}.parametrizations."
            state = {key: value for key, value in state.items() if not key.startswith(before)}
            state[f"{name}.weight"] = module.weight.detach()
    return state
