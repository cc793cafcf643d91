"""Which animals of a sighting may speak for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reid.types import AnnotationOrigin, Flank, PreparedAnnotation

UNUSABLE = ("no-animal", "not-a-leopard")
SEVERAL, BOX_OF_SEVERAL = "several-animals", "box-of-several"
TOLD = ("species-not-checked", "other-outline")


def usable(
    animals: Sequence[PreparedAnnotation], frames_per_flank: int
) -> tuple[list[PreparedAnnotation], tuple[str, ...]]:
    """The animals to compare, best first a flank, and flags of what has to be said of them: what
    was left out and why, that nobody looked at their species, that another localiser outlined them.

    A box that the user drew is the user's word: it is compared whatever the screens say.
    """
    mute = {f for a in animals if not _speaks(a) for f in a.annotation.flags if f in UNUSABLE}
    told = {f for a in speaking(animals) for f in a.annotation.flags if f in TOLD}
    flags = mute | told | ({SEVERAL} if crowded(animals) else set())
    return _best(speaking(animals), frames_per_flank), tuple(sorted(flags))


def speaking(animals: Sequence[PreparedAnnotation]) -> list[PreparedAnnotation]:
    """The animals that may be leopards, alone as such in their pictures."""
    many = crowded(animals)
    return [a for a in animals if _speaks(a) and a.image.sha256 not in many]


def crowded(animals: Sequence[PreparedAnnotation]) -> set[str]:
    """sha256 of pictures with several leopards: which of them is meant, only a user can say.

    A user who draws one box says it: then nothing else of the picture is looked at, unless the
    box holds several animals as well.
    """
    speak = [a for a in animals if _speaks(a)]
    count = Counter(a.image.sha256 for a in speak)
    loose = {a.image.sha256 for a in speak if BOX_OF_SEVERAL in a.annotation.flags}
    return loose | {digest for digest, n in count.items() if n > 1}


def _speaks(animal: PreparedAnnotation) -> bool:
    mine = animal.annotation.origin is AnnotationOrigin.USER
    return mine or not any(f in UNUSABLE for f in animal.annotation.flags)


def _best(animals: Sequence[PreparedAnnotation], count: int) -> list[PreparedAnnotation]:
    chosen: list[PreparedAnnotation] = []
    for flank in (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN):
        group = [a for a in animals if a.view.flank.best is flank]
        chosen += sorted(group, key=lambda a: -a.view.quality.usable)[:count]
    return chosen
