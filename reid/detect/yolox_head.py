"""Neck and head of YOLOX-tiny, and the decoding of its raw output; see ``yolox``."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reid.detect.yolox import STRIDES, WIDTH, ConvUnit, CrossStage, Darknet


def _twice(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Neck(nn.Module):
    """Path aggregation: coarse to fine, then fine to coarse."""

    def __init__(self, w: int = WIDTH) -> None:
        super().__init__()
        self.backbone = Darknet(w)
        self.lateral_conv0 = ConvUnit(16 * w, 8 * w)
        self.C3_p4 = CrossStage(16 * w, 8 * w, 1, False)
        self.reduce_conv1 = ConvUnit(8 * w, 4 * w)
        self.C3_p3 = CrossStage(8 * w, 4 * w, 1, False)
        self.bu_conv2 = ConvUnit(4 * w, 4 * w, 3, 2)
        self.C3_n3 = CrossStage(8 * w, 8 * w, 1, False)
        self.bu_conv1 = ConvUnit(8 * w, 8 * w, 3, 2)
        self.C3_n4 = CrossStage(16 * w, 16 * w, 1, False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features at strides 8, 16 and 32."""
        third, fourth, fifth = self.backbone(x)
        top = self.lateral_conv0(fifth)
        middle = self.reduce_conv1(self.C3_p4(torch.cat((_twice(top), fourth), 1)))
        fine = self.C3_p3(torch.cat((_twice(middle), third), 1))
        middle = self.C3_n3(torch.cat((self.bu_conv2(fine), middle), 1))
        return fine, middle, self.C3_n4(torch.cat((self.bu_conv1(middle), top), 1))


class Head(nn.Module):
    """Decoupled head: box, objectness and class apart, at each of three strides."""

    def __init__(self, w: int = WIDTH) -> None:
        super().__init__()
        wide = 4 * w
        self.stems = nn.ModuleList(ConvUnit(k * w, wide) for k in (4, 8, 16))
        self.cls_convs, self.reg_convs = (
            nn.ModuleList(
                nn.Sequential(ConvUnit(wide, wide, 3), ConvUnit(wide, wide, 3)) for _ in STRIDES
            )
            for _ in range(2)
        )
        self.cls_preds, self.obj_preds, self.reg_preds = (
            nn.ModuleList(nn.Conv2d(wide, n, 1) for _ in STRIDES) for n in (1, 1, 4)
        )

    def forward(self, features: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """(batch, cells, 5): left, top, right, bottom in pixels of the input, score in [0, 1]."""
        return torch.cat([self._level(i, x) for i, x in enumerate(features)], 1)

    def _level(self, i: int, x: Tensor) -> Tensor:
        x = self.stems[i](x)
        boxes = self.reg_convs[i](x)
        score = self.obj_preds[i](boxes).sigmoid()
        score = score * self.cls_preds[i](self.cls_convs[i](x)).sigmoid()
        corners = decode(self.reg_preds[i](boxes), STRIDES[i])
        return torch.cat((corners, score), 1).flatten(2).transpose(1, 2)


def decode(raw: Tensor, stride: int) -> Tensor:
    """(batch, 4, h, w) offsets and log sizes to left, top, right, bottom in pixels."""
    rows, columns = torch.meshgrid(*(torch.arange(n) for n in raw.shape[2:]), indexing="ij")
    centre = (raw[:, :2] + torch.stack((columns, rows)).to(raw)) * stride
    half = raw[:, 2:].exp() * stride / 2
    return torch.cat((centre - half, centre + half), 1)


class YoloxTiny(nn.Module):
    """The whole network: RGB or BGR pixels 0 to 255, (batch, 3, h, w) float, h and w of 32 n."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Neck()
        self.head = Head()

    def forward(self, x: Tensor) -> Tensor:
        """(batch, cells, 5): left, top, right, bottom in pixels, score in [0, 1]."""
        out: Tensor = self.head(self.backbone(x))
        return out
