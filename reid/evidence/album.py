"""Pictures inside a report: JPEG in data addresses, small enough together."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from reid.evidence.crop import crop_animal, window_of
from reid.evidence.names import pair_name
from reid.evidence.pictures import pair_picture
from reid.types import Comparison, PairEvidence, PreparedAnnotation, SightingPairEvidence

PICTURES_BYTES = 3_200_000
THUMBS_BYTES = 1_000_000
"""Together 4.2 MB, 5.6 MB in base64: the report stays under about 6 MB."""

MOST_PICTURE_BYTES = 340_000
MOST_PAIRS = 24
MOST_THUMBS = 240
MORE_PER_PAIR = 3
"""Pictures of a pair of sightings beyond the best of each flank."""

STEPS = ((1.0, 84), (0.85, 80), (0.7, 75), (0.55, 70), (0.4, 60))
"""Scale and JPEG quality, tried in turn until a picture fits."""


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A picture in the report: its data address, size in pixels and the words beside it."""

    src: str = field(repr=False)
    width_px: int
    height_px: int
    alt: str


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """Plates of pairs by name, thumbnails by annotation id, and how many were left out."""

    pairs: dict[str, Plate] = field(repr=False)
    thumbs: dict[str, Plate] = field(repr=False)
    left_out: int = 0


def album_of(comparison: Comparison) -> Album:
    """Draw what the report shows: the best pair of each flank first, then the next best."""
    wanted = chosen_pairs(comparison)
    shown = wanted[:MOST_PAIRS]
    animals = {animal.id: animal for animal in comparison.annotations}
    share = min(MOST_PICTURE_BYTES, PICTURES_BYTES // max(1, len(shown)))
    synthetic = "synthetic" in comparison.flags
    pairs = {}
    for pair in shown:
        if pair.a in animals and pair.b in animals:
            drawn = pair_picture(animals[pair.a], animals[pair.b], pair, synthetic=synthetic)
            pairs[pair_name(pair)] = plate(drawn, _alt(pair, animals), share)
    some = comparison.annotations[:MOST_THUMBS]
    share = min(12_000, THUMBS_BYTES // max(1, len(some)))
    thumbs = {animal.id: plate(_thumb(animal), _thumb_alt(animal), share) for animal in some}
    return Album(pairs, thumbs, len(wanted) - len(shown))


def chosen_pairs(comparison: Comparison) -> list[PairEvidence]:
    """The best pair of each flank of all sightings, then the next best, each once."""
    first = [flank.best for pair in comparison.pairs for flank in pair.flanks]
    later = [one for pair in comparison.pairs for one in next_best(pair)]
    return list({pair_name(pair): pair for pair in (*first, *later)}.values())


def next_best(pair: SightingPairEvidence) -> list[PairEvidence]:
    """The strongest pairs of annotations beside the best of each flank."""
    best = {pair_name(flank.best) for flank in pair.flanks}
    others = [one for one in pair.pairs if pair_name(one) not in best]
    return sorted(others, key=lambda one: -one.llr)[:MORE_PER_PAIR]


def plate(pixels: NDArray[np.uint8], alt: str, most_bytes: int) -> Plate:
    """A picture (h, w, 3) as a plate of at most about ``most_bytes`` of JPEG."""
    for scale, quality in STEPS:
        content, size = _jpeg(pixels, scale, quality)
        if len(content) <= most_bytes:
            break
    src = f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
    return Plate(src, size[0], size[1], alt)


def _jpeg(pixels: NDArray[np.uint8], scale: float, quality: int) -> tuple[bytes, tuple[int, int]]:
    picture = PillowImage.fromarray(pixels)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if size != picture.size:
        picture = picture.resize(size, PillowImage.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=True)
    return stream.getvalue(), size


def _alt(pair: PairEvidence, animals: dict[str, PreparedAnnotation]) -> str:
    a, b = animals[pair.a], animals[pair.b]
    return (
        f"{a.image.file_name} of {a.sighting_id} beside {b.image.file_name} of {b.sighting_id}, "
        f"{len(pair.matches)} verified matches"
    )


def _thumb(animal: PreparedAnnotation) -> NDArray[np.uint8]:
    x0, y0, x1, y1 = window_of(animal)
    height = max(1, min(170, round(300 * (y1 - y0) / (x1 - x0))))
    return crop_animal(animal, height).pixels


def _thumb_alt(animal: PreparedAnnotation) -> str:
    return f"the animal in {animal.image.file_name} of {animal.sighting_id}"
