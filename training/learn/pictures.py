"""From an example to the network's input, with the preprocessing of the bundle that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset as TorchDataset

from reid.embed import animal_crop
from reid.embed.preprocess import fill_rgb, network_input
from reid.embed.trunk import trunk
from reid.types import Annotation, Box, Image
from reid.weights import Preprocessing
from training.learn.augment import disturb
from training.learn.examples import Example
from training.learn.outlines import Outlines
from training.learn.recipe import Augmentation
from training.learn.sampler import Show

_LOOK = 2  # which stream of random numbers: augmentation has its own


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """The pictures of batches: ``self[show]`` is (3, side, side) float32 and its label.

    What chance does to a picture depends on the show alone, so it does not matter which process
    makes it, nor after which resume.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        preprocessing: Preprocessing,
        augmentation: Augmentation,
        outlines: Outlines,
    ) -> None:
        self._examples = tuple(examples)
        self._preprocessing = preprocessing
        self._augmentation = augmentation
        self._outlines = outlines

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, show: Show) -> tuple[Tensor, int]:
        rng = np.random.default_rng([*show.seed, _LOOK])
        image, animal = self._outlines.outlined(self._examples[show.example].row)
        focused = self._preprocessing.crop.focus == "trunk"
        box = trunk(animal, image.size_wh).box if focused else animal.box
        if rng.random() < self._augmentation.box:
            box = moved(box, rng)
        animal = with_box(animal, box, image.size_wh)
        crop, mask = cut(image, animal)
        if show.mirrored:
            crop, mask = crop[:, ::-1], mask[:, ::-1]
        crop, mask = disturb(
            np.ascontiguousarray(crop), np.ascontiguousarray(mask), self._augmentation, rng
        )
        crop = crop.copy()
        crop[~mask] = fill_rgb(self._preprocessing)
        return torch.from_numpy(network_input([crop], self._preprocessing)[0]), show.label


def plain_crop(
    example: Example, preprocessing: Preprocessing, outlines: Outlines
) -> NDArray[np.uint8]:
    """The crop of an example as the product would make it."""
    image, animal = outlines.outlined(example.row)
    return animal_crop(image, animal, preprocessing.crop, fill_rgb=fill_rgb(preprocessing))


def cut(image: Image, animal: Annotation) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The box's pixels (h, w, 3) and mask (h, w), all true where there is no outline."""
    x0, y0, x1, y1 = animal.box.window(image.size_wh)
    mask = animal.mask
    whole = np.ones((y1 - y0, x1 - x0), dtype=np.bool_) if mask is None else mask
    return image.pixels[y0:y1, x0:x1], whole


def moved(box: Box, rng: np.random.Generator) -> Box:
    """The box as another localiser might have drawn it: each side off by up to 6 %."""
    left, right = rng.uniform(-0.06, 0.06, 2) * box.width_px
    top, bottom = rng.uniform(-0.06, 0.06, 2) * box.height_px
    width, height = box.width_px - left + right, box.height_px - top + bottom
    return Box(box.x_px + left, box.y_px + top, width, height)


def with_box(animal: Annotation, box: Box, size_wh: tuple[int, int]) -> Annotation:
    """The same animal in another box; what its outline does not cover is no animal."""
    if animal.mask is None:
        return replace(animal, box=box)
    full = np.zeros((size_wh[1], size_wh[0]), dtype=np.bool_)
    x0, y0, x1, y1 = animal.box.window(size_wh)
    full[y0:y1, x0:x1] = animal.mask
    x0, y0, x1, y1 = box.window(size_wh)
    return replace(animal, box=box, mask=full[y0:y1, x0:x1].copy())
