"""Synthetic crops without end, for training on the fly.

>>> from training.synthetic.stream import stream_crops
>>> crop = next(stream_crops(seed=1, pictures=4))
>>> crop.pixels.shape, crop.identity, crop.flank
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from reid.types import Box, Flank
from training.synthetic.arrays import U8, Bool
from training.synthetic.crops import framed, render_crop
from training.synthetic.survey import Frame, Survey, frames_of, identity_name, texels_for


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """One crop: ``pixels`` (H, W, 3) uint8 RGB and ``mask`` (H, W) bool, true on the animal.

    ``box`` is the animal's within the crop, None where everything of it is hidden; ``frame`` says
    how it was made.
    """

    pixels: U8 = field(repr=False)
    mask: Bool = field(repr=False)
    box: Box | None
    identity: str
    flank: Flank
    hidden: float
    frame: Frame = field(repr=False)


def crops_of(survey: Survey, index: int) -> Iterator[Crop]:
    """All crops of one animal of a survey; they depend on nothing else."""
    identity = identity_name(survey, index)
    for frame in frames_of(survey, index):
        made = render_crop(framed(frame.spec, frame.framing), frame.rng)
        yield Crop(made.pixels, made.mask, made.box, identity, made.flank, made.hidden, frame)


def stream_crops(
    seed: int, *, pictures: int = 8, worker: int = 0, workers: int = 1, **survey: object
) -> Iterator[Crop]:
    """Crops of animal after animal, for ever; worker ``worker`` takes every ``workers``-th animal.

    ``survey`` are further fields of ``training.synthetic.survey.Survey``, such as ``size_px`` or
    ``families``.
    """
    made = Survey(seed, pictures, **survey)  # type: ignore[arg-type]
    if "texels_per_m" not in survey:
        made = replace(made, texels_per_m=texels_for(made.size_px))
    for index in count(worker, workers):
        yield from crops_of(made, index)
