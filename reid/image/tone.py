"""Every way of storing colour, as 8-bit RGB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageChops

from reid.errors import ImageFormatError

_GREY = 128  # what shows through transparent pixels


def to_rgb(picture: PillowImage.Image, *, inverted_cmyk: bool, name: str) -> NDArray[np.uint8]:
    """Decoded pixels as (height, width, 3) uint8 RGB.

    ``inverted_cmyk``: the four inks were read upside down and are turned first.

    Raises:
        ImageFormatError: a colour space that has no plain way to RGB.
    """
    if picture.mode in ("F", "I") or picture.mode.startswith("I;16"):
        return np.repeat(deep_to_8bit(np.asarray(picture))[:, :, None], 3, axis=2)
    if picture.mode == "CMYK" and inverted_cmyk:
        picture = ImageChops.invert(picture)
    if picture.has_transparency_data:
        picture = _over_grey(picture)
    try:
        return np.asarray(picture.convert("RGB"), dtype=np.uint8)
    except ValueError as error:
        raise ImageFormatError(
            f"{name}: expected grey, RGB, palette or CMYK colours, found {picture.mode}; "
            "export it as RGB"
        ) from error


def deep_to_8bit(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of more than 8 bits as uint8, same shape, never wrapped.

    Whole numbers divide by the range that the sensor used (8 to 16 bits, by the 99.9th
    percentile, so that a hot pixel does not darken a 12-bit picture); other numbers, and
    whole ones below 0 or over 16 bits, stretch from the 0.1th to the 99.9th percentile.
    """
    deep = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = np.percentile(deep, (0.1, 99.9))
    if np.issubdtype(values.dtype, np.integer) and deep.min() >= 0 and high <= 65535:
        bits = max(8, int(high).bit_length())
        low, high = 0.0, float(2**bits - 1)
    scaled = (deep - low) * (255.0 / max(high - low, 1e-12))
    return np.asarray(np.clip(np.rint(scaled), 0, 255), dtype=np.uint8)


def _over_grey(picture: PillowImage.Image) -> PillowImage.Image:
    top = picture.convert("RGBA")
    below = PillowImage.new("RGBA", top.size, (_GREY, _GREY, _GREY, 255))
    return PillowImage.alpha_composite(below, top)
