"""How a sighting's pictures look, in words: flanks shown and quality."""

from __future__ import annotations

from collections.abc import Sequence

from reid.types import Flank, PreparedAnnotation

USABLE = 0.5
"""A picture of which at least this much is usable counts as good."""


def flanks_shown(pictures: Sequence[PreparedAnnotation]) -> frozenset[Flank]:
    """The known flanks (left, right) among the pictures."""
    best = {picture.view.flank.best for picture in pictures}
    return frozenset(best & {Flank.LEFT, Flank.RIGHT})


def flanks_text(pictures: Sequence[PreparedAnnotation]) -> str:
    """ "right flank only", "both flanks", "flank not known", or "" without pictures."""
    if not pictures:
        return ""
    shown = flanks_shown(pictures)
    if len(shown) == 2:
        return "both flanks"
    return f"{next(iter(shown)).value} flank only" if shown else "flank not known"


def best_picture(
    pictures: Sequence[PreparedAnnotation], flank: Flank | None = None
) -> PreparedAnnotation | None:
    """The most usable picture, of ``flank`` if one is named and shown."""
    wanted = [p for p in pictures if flank is None or p.view.flank.best is flank] or pictures
    return max(wanted, key=lambda p: p.view.quality.usable, default=None)


def quality_text(pictures: Sequence[PreparedAnnotation]) -> str:
    """What lowers the best picture, at most two reasons; "" if nothing does."""
    best = best_picture(pictures)
    return ", ".join(best.view.quality.reasons[:2]) if best else ""
