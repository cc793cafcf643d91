"""Colours that people with any colour vision can tell apart."""

from __future__ import annotations

from reid.types import VerdictKind

RGB = tuple[int, int, int]

GROUPS: tuple[RGB, ...] = (
    (240, 228, 66),
    (86, 180, 233),
    (230, 159, 0),
    (0, 190, 140),
    (204, 121, 167),
    (213, 94, 0),
    (255, 255, 255),
)
"""Okabe & Ito (2008), *Color Universal Design*, brightest first and without its dark blue and
black, which drown in a coat; the green is lightened for the same reason, white is added."""

LINES: tuple[str, ...] = ("#0072b2", "#d55e00", "#007a5a", "#a3487a", "#7a5c00", "#333333")
"""The same hues, dark enough for thin lines on white (contrast 4.5 or more, but orange 3.9)."""

MARKS: dict[VerdictKind, str] = {
    VerdictKind.SAME: "=",
    VerdictKind.DIFFERENT: "≠",
    VerdictKind.INCONCLUSIVE: "?",
    VerdictKind.NOT_COMPARABLE: "∅",
}
"""A sign for each verdict, so that colour is never alone."""

CSS_CLASS: dict[VerdictKind, str] = {
    VerdictKind.SAME: "same",
    VerdictKind.DIFFERENT: "different",
    VerdictKind.INCONCLUSIVE: "inconclusive",
    VerdictKind.NOT_COMPARABLE: "not-comparable",
}


def group_colours(groups: list[int]) -> dict[int, RGB]:
    """A colour for each local group; they repeat after the seventh."""
    return {group: GROUPS[i % len(GROUPS)] for i, group in enumerate(groups)}
