"""Which pixels of a window are the animal: a small decoder over a frozen ImageNet network.

The decoder goes from the deepest features up, adding finer ones on the way (Lin et al. 2017),
with separable convolutions (Chollet 2017). Imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from reid.errors import WeightsAlteredError
from reid.weights import SPECIES_BUNDLE, Bundle, load_bundle, load_state_dict

ARCHITECTURE = "tf_efficientnet_lite1"
CHANNELS = (24, 40, 112, 320)
"""Of the backbone's maps, 4, 8, 16 and 32 times smaller than its input. Finer ones know spots and
blades, not animals: with them outlines of real coats fray."""
WIDTHS = (24, 40, 56, 64)
"""Of the decoder at the same maps: wide where it costs little."""
STRIDE = 4


class Separable(nn.Module):
    """Each channel's neighbourhood, then all channels of a place."""

    def __init__(self, wide_in: int, wide_out: int) -> None:
        super().__init__()
        self.near = nn.Conv2d(wide_in, wide_in, 3, padding=1, groups=wide_in, bias=False)
        self.across = nn.Conv2d(wide_in, wide_out, 1, bias=False)
        self.norm = nn.BatchNorm2d(wide_out)

    def forward(self, x: Tensor) -> Tensor:
        """(n, wide_in, h, w) to (n, wide_out, h, w)."""
        return functional.relu(self.norm(self.across(self.near(x))))


class MaskHead(nn.Module):
    """Maps of the backbone, and where the box is, to log-odds of "this is the animal"."""

    def __init__(self) -> None:
        super().__init__()
        pairs = list(zip(CHANNELS, WIDTHS, strict=True))
        self.sides = nn.ModuleList(nn.Conv2d(c + 1, w, 1) for c, w in pairs)
        narrower = [WIDTHS[0], *WIDTHS[:-1]]
        pairs = list(zip(WIDTHS, narrower, strict=True))
        self.steps = nn.ModuleList(Separable(w, n) for w, n in pairs)
        self.deep = Separable(WIDTHS[-1], WIDTHS[-1])
        self.last = nn.Conv2d(WIDTHS[0], 1, 3, padding=1)

    def forward(self, maps: Sequence[Tensor], box: Tensor) -> Tensor:
        """(n, 1, h, w) of the finest map's size.

        ``maps``: four, finest first; ``box`` (n, 1, H, W): 1 inside the detector's box, else 0.
        """
        x: Tensor | None = None
        for side, step, one in reversed(list(zip(self.sides, self.steps, maps, strict=True))):
            size = one.shape[2:]
            here = functional.interpolate(box, size=size, mode="bilinear", align_corners=False)
            here = side(torch.cat((one, here), 1))
            if x is None:
                x = self.deep(here)
            else:
                x = here + functional.interpolate(
                    x, size=size, mode="bilinear", align_corners=False
                )
            x = step(x)
        out: Tensor = self.last(x)
        return out


class Backbone(nn.Module):
    """The frozen network's four maps of (n, 3, h, w) pixels in 0 to 255."""

    def __init__(self, bundle: Bundle | None = None) -> None:
        """Read the weights.

        Raises:
            WeightsMissingError, WeightsAlteredError: as `reid.weights.load_state_dict`.
        """
        super().__init__()
        import timm

        found = bundle or load_bundle(SPECIES_BUNDLE)
        with torch.random.fork_rng(devices=[]):  # the caller's random numbers stay as they are
            self.network = timm.create_model(
                ARCHITECTURE, pretrained=False, features_only=True, out_indices=(1, 2, 3, 4)
            )
        state = load_state_dict(found)
        wanted = self.network.state_dict()
        missing = [name for name in wanted if name not in state]
        if missing:
            raise WeightsAlteredError(
                f"bundle {found.name!r}: expected the tensors of {ARCHITECTURE}, found no "
                f"{missing[0]} ({len(missing)} are missing): run `reid weights verify`"
            )
        self.network.load_state_dict({name: state[name] for name in wanted}, strict=True)
        self.eval().requires_grad_(False).to(memory_format=torch.channels_last)

    def train(self, _mode: bool = True) -> Backbone:
        """It never trains: its means and variances stay as they are."""
        super().train(False)
        return self

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Finest first."""
        normed = (pixels / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        found: list[Tensor] = self.network(normed)
        return found
