"""Which animals of a sighting may speak for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from reid.types import AnnotationOrigin, Flank, PreparedAnnotation

UNUSABLE = ("no-animal", "not-a-leopard")
CLOCKS_APART = timedelta(minutes=10)
"""Two cameras of one passage that disagree by more saw two events, or one clock is wrong."""


def usable(
    animals: Sequence[PreparedAnnotation], frames_per_flank: int
) -> tuple[list[PreparedAnnotation], tuple[str, ...]]:
    """The animals to compare, best first a flank, and flags of what was left out and why.

    A box that the user drew is the user's word: it is compared whatever the screens say.
    """
    flags: set[str] = set()
    kept = [a for a in animals if _speaks(a)]
    flags |= {f for a in animals if not _speaks(a) for f in a.annotation.flags if f in UNUSABLE}
    crowded = _crowded(kept)
    if crowded:
        flags.add("several-animals")
        kept = [a for a in kept if a.image.sha256 not in crowded]
    one_clock = _one_clock(kept)
    if len(one_clock) < len(kept):
        flags.add("clock-conflict")
    return _best(one_clock, frames_per_flank), tuple(sorted(flags))


def _speaks(animal: PreparedAnnotation) -> bool:
    mine = animal.annotation.origin is AnnotationOrigin.USER
    return mine or not any(f in UNUSABLE for f in animal.annotation.flags)


def _crowded(animals: Sequence[PreparedAnnotation]) -> set[str]:
    """Pictures with several leopards: which of them the sighting means, only a user can say."""
    count = Counter(a.image.sha256 for a in animals)
    return {digest for digest, n in count.items() if n > 1}


def _one_clock(animals: Sequence[PreparedAnnotation]) -> list[PreparedAnnotation]:
    """Only one camera's pictures when the cameras' clocks disagree: then nothing bridges."""
    times = [a.image.captured_at for a in animals if a.image.captured_at is not None]
    cameras = Counter(a.camera for a in animals)
    if len(cameras) < 2 or not times or max(times) - min(times) <= CLOCKS_APART:
        return list(animals)
    best = cameras.most_common(1)[0][0]
    return [a for a in animals if a.camera == best]


def _best(animals: Sequence[PreparedAnnotation], count: int) -> list[PreparedAnnotation]:
    chosen: list[PreparedAnnotation] = []
    for flank in (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN):
        group = [a for a in animals if a.view.flank.best is flank]
        chosen += sorted(group, key=lambda a: -a.view.quality.usable)[:count]
    return chosen
