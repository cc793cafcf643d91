"""YOLOX-tiny with one class, written from the published architecture.

Source: Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021": CSPDarknet with a focus stem,
a path-aggregation neck and a decoupled anchor-free head. The names of the modules are those of
published checkpoints, so that their tensors load strictly. Inference only.
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Network = TypeVar("Network", bound=nn.Module)

WIDTH = 24  # channels of the stem: 64 x 0.375
STRIDES = (8, 16, 32)


class ConvUnit(nn.Module):
    """Convolution without bias, batch norm, SiLU."""

    def __init__(self, wide_in: int, wide_out: int, kernel: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(wide_in, wide_out, kernel, stride, kernel // 2, bias=False)
        self.bn: nn.Module = nn.BatchNorm2d(wide_out, eps=1e-3)  # eps of published checkpoints

    def forward(self, x: Tensor) -> Tensor:
        """(batch, in, h, w) to (batch, out, h / stride, w / stride)."""
        return nn.functional.silu(self.bn(self.conv(x)))


def folded(network: Network) -> Network:
    """The network with every batch norm folded into its convolution, laid out channels-last.

    In place; the same function up to rounding, in about two thirds of the time on a CPU.
    """
    for unit in network.modules():
        if isinstance(unit, ConvUnit) and isinstance(unit.bn, nn.BatchNorm2d):
            unit.conv, unit.bn = fuse_conv_bn_eval(unit.conv, unit.bn), nn.Identity()
    return network.to(memory_format=torch.channels_last)


class Bottleneck(nn.Module):
    """1 x 1 then 3 x 3, with a way past both where ``shortcut``."""

    def __init__(self, wide: int, shortcut: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = ConvUnit(wide, wide), ConvUnit(wide, wide, 3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``."""
        out: Tensor = self.conv2(self.conv1(x))
        return out + x if self.shortcut else out


class CrossStage(nn.Module):
    """Cross-stage-partial block: half through ``depth`` bottlenecks, half past them."""

    def __init__(self, wide_in: int, wide_out: int, depth: int, shortcut: bool) -> None:
        super().__init__()
        half = wide_out // 2
        self.conv1, self.conv2 = ConvUnit(wide_in, half), ConvUnit(wide_in, half)
        self.conv3 = ConvUnit(2 * half, wide_out)
        self.m = nn.Sequential(*(Bottleneck(half, shortcut) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, in, h, w) to (batch, out, h, w)."""
        out: Tensor = self.conv3(torch.cat((self.m(self.conv1(x)), self.conv2(x)), 1))
        return out


class PyramidPool(nn.Module):
    """Spatial pyramid pooling with windows of 5, 9 and 13."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = ConvUnit(wide, wide // 2), ConvUnit(2 * wide, wide)
        self.m = nn.ModuleList(nn.MaxPool2d(k, 1, k // 2) for k in (5, 9, 13))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``."""
        x = self.conv1(x)
        out: Tensor = self.conv2(torch.cat([x, *(pool(x) for pool in self.m)], 1))
        return out


class Focus(nn.Module):
    """Four neighbouring pixels side by side in the channels, then a convolution."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self.conv = ConvUnit(12, wide, 3)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, 3, h, w) to (batch, wide, h / 2, w / 2)."""
        corners = (x[..., i::2, j::2] for j in (0, 1) for i in (0, 1))
        out: Tensor = self.conv(torch.cat(list(corners), 1))
        return out


class Darknet(nn.Module):
    """The backbone; returns strides 8, 16 and 32."""

    def __init__(self, w: int = WIDTH) -> None:
        super().__init__()
        self.stem = Focus(w)
        self.dark2 = nn.Sequential(ConvUnit(w, 2 * w, 3, 2), CrossStage(2 * w, 2 * w, 1, True))
        self.dark3 = nn.Sequential(ConvUnit(2 * w, 4 * w, 3, 2), CrossStage(4 * w, 4 * w, 3, True))
        self.dark4 = nn.Sequential(ConvUnit(4 * w, 8 * w, 3, 2), CrossStage(8 * w, 8 * w, 3, True))
        self.dark5 = nn.Sequential(
            ConvUnit(8 * w, 16 * w, 3, 2),
            PyramidPool(16 * w),
            CrossStage(16 * w, 16 * w, 1, False),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(batch, 3, h, w), h and w multiples of 32."""
        third = self.dark3(self.dark2(self.stem(x)))
        fourth = self.dark4(third)
        return third, fourth, self.dark5(fourth)
