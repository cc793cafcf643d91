"""Does the animal look like a leopard, or like an animal? No more looks than the answer needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reid.detect import SpeciesCheck, check_animal, check_species, settled, species_crops
from reid.detect.species import MIN_LIKENESS, SCREEN_CROPS
from reid.pipeline.engine import Engine

Logits = NDArray[np.float32]


def screen(
    engine: Engine,
    crop: NDArray[np.uint8],
    logits: Logits,
    *,
    min_likeness: float = MIN_LIKENESS,
) -> SpeciesCheck:
    """The check over the crop, its mirror image and a copy of even contrast.

    ``logits`` (1, classes) are the crop's own, from the screener's first pass. Where they alone
    carry the mean over the limit the other two are not looked at: the flags are the same. Where
    the configuration wants any species, one look tells whether it is an animal.
    """
    if engine.config.species == "any":
        return check_animal(logits)
    if not settled(logits, SCREEN_CROPS, min_likeness=min_likeness):
        more = engine.screener.forward(species_crops(crop)[1:], feature_map=False).logits
        logits = logits if more is None else np.concatenate((logits, more))
    return check_species(logits, min_likeness=min_likeness)
