"""Is it a leopard-like cat? Read from the ImageNet logits that the embedding's backbone gives.

The classifier saw leopards by day and on screens; a likeness summed over the spotted big cats
and averaged over a crop, its mirror image and a grey copy of even local contrast survives night,
infrared and burnt-out frames.
It is a screen against bears, blanks and cars, not a determination of the species, and no
calibrated probability.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.detect.boxes import Pixels
from reid.errors import InputError
from reid.types import Annotation

# Indices of ILSVRC 2012 in the order of its synset list (n02128385 and so on), as timm has them.
LEOPARD, SNOW_LEOPARD, JAGUAR, LION, TIGER, CHEETAH = 288, 289, 290, 291, 292, 293
SPOTTED_CATS = (LEOPARD, SNOW_LEOPARD, JAGUAR, CHEETAH)
CLASSES = 1000
EVEN_PX = 320  # wide: an animal's rosettes are then 5 to 15 pixels across
EVEN_SIGMA_PX = 18.0  # wider than a rosette, narrower than the flank
NOISE = 6.0  # grey levels: below this spread there is nothing to bring out

# On the development frames labelled leopards lie at 0.21 (the burnt-out one, then 0.40) or above,
# an ocelot at 0.4, all else, tiger and leopard cat too, below 0.03.
MIN_LIKENESS = 0.07  # the geometric mean of the two sides
SCREEN_CROPS = 3
NOT_A_LEOPARD = "not-a-leopard"
ANIMALS = tuple(range(398))  # the classes before the abacus: fish to dogs, and all wild mammals
# On the development frames animals of all kinds lie at 0.29 or above, in one look; three blank
# frames and a car below 0.2, but for one patch of one blank, and a person at 0.47.
MIN_ANIMAL = 0.25
NO_ANIMAL, NOT_CHECKED = "no-animal", "species-not-checked"


@dataclass(frozen=True, slots=True)
class SpeciesCheck:
    """``likeness`` in [0, 1], the likeliest ImageNet class, and whether to warn."""

    likeness: float
    best_class: int
    flags: tuple[str, ...]

    @property
    def speaks(self) -> bool:
        """Whether it may be what is asked for: nothing was found against it."""
        return not {NOT_A_LEOPARD, NO_ANIMAL} & set(self.flags)


def even_contrast(crop: Pixels) -> Pixels:
    """Grey (h, 320, 3) uint8 with the same contrast everywhere (local mean and deviation).

    What a burnt-out or foggy coat has left of its pattern comes out as in a good picture.
    """
    size = EVEN_PX, max(1, round(EVEN_PX * crop.shape[0] / crop.shape[1]))
    grey = cv2.resize(crop, size, interpolation=cv2.INTER_AREA).astype(np.float32).mean(2)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), EVEN_SIGMA_PX)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), EVEN_SIGMA_PX)) + NOISE
    even = np.clip(128 + 45 * detail / spread, 0, 255).astype(np.uint8)
    return np.repeat(even[..., None], 3, axis=2)


def species_crops(crop: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """The crops to classify: (h, w, 3) uint8 RGB itself, mirrored, of even contrast.

    The first is the one that is embedded, so that its logits come without a pass of their own.
    """
    return crop, np.ascontiguousarray(crop[:, ::-1]), even_contrast(crop)


def probabilities(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Softmax over the last axis."""
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    powers = np.exp(shifted)
    out: NDArray[np.float64] = powers / powers.sum(-1, keepdims=True)
    return out


def check_species(
    logits: NDArray[np.floating], *, min_likeness: float = MIN_LIKENESS
) -> SpeciesCheck:
    """Judge one animal from the logits (n, 1000) of one or more crops of it.

    Raises:
        InputError: another shape, or values that are not finite.
    """
    mean = probabilities(_checked(logits)).mean(0)
    likeness = float(np.clip(mean[list(SPOTTED_CATS)].sum(), 0.0, 1.0))
    flags = () if likeness >= min_likeness else (NOT_A_LEOPARD,)
    return SpeciesCheck(likeness, int(mean.argmax()), flags)


def settled(
    logits: NDArray[np.floating], crops: int, *, min_likeness: float = MIN_LIKENESS
) -> bool:
    """Whether the logits (n, 1000) of n of ``crops`` crops are enough for no flag to be raised.

    The mean over all crops is at least what these would give if the others saw no cat at all.
    """
    likeness = probabilities(logits)[:, list(SPOTTED_CATS)].sum()
    return bool(likeness / crops >= min_likeness)


def check_animal(logits: NDArray[np.floating]) -> SpeciesCheck:
    """As `check_species`, for whoever wants every animal: is it one at all?

    The flag says that nobody looked at which; ``likeness`` is the share of all animal classes.

    Raises:
        InputError: as `check_species`.
    """
    mean = probabilities(_checked(logits)).mean(0)
    likeness = float(np.clip(mean[list(ANIMALS)].sum(), 0.0, 1.0))
    flag = NOT_CHECKED if likeness >= MIN_ANIMAL else NO_ANIMAL
    return SpeciesCheck(likeness, int(mean.argmax()), (flag,))


def with_species(annotation: Annotation, check: SpeciesCheck) -> Annotation:
    """The annotation with the check's flags added once."""
    new = tuple(f for f in check.flags if f not in annotation.flags)
    return replace(annotation, flags=(*annotation.flags, *new))


def _checked(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    if logits.ndim != 2 or logits.shape[1] != CLASSES or not len(logits):
        raise InputError(
            f"logits: expected (n, {CLASSES}) with n >= 1 from an ImageNet classifier, found "
            f"{logits.shape}; a backbone without that head cannot check the species"
        )
    if not np.isfinite(logits).all():
        raise InputError("logits: expected finite values, found NaN or infinity")
    return logits
