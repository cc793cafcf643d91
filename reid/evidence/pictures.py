"""Evidence for eyes: two animals side by side with what matches, or one animal alone."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from reid.evidence import ink
from reid.evidence.crop import Crop, crop_animal, window_of
from reid.evidence.palette import RGB, group_colours
from reid.types import Flank, PairEvidence, PreparedAnnotation, VerifiedMatches
from reid.types.checks import require
from reid.types.words import likelier, percent

TEXT_SHARE = 1 / 72
"""Letters as a share of the width: 14 px on a page 1,000 px wide, however wide the picture."""

LEAST_TEXT_PX = 16
EDGE_PX = 14
GAP_PX = 18
MIN_WIDTH_PX = 860
MAX_WIDTH_PX = 1800


def pair_picture(
    a: PreparedAnnotation,
    b: PreparedAnnotation,
    evidence: PairEvidence,
    *,
    max_lines: int = 60,
    height_px: int = 460,
    matches_only_points: bool = False,
    synthetic: bool = False,
) -> NDArray[np.uint8]:
    """Both animals side by side, equally high, with the matches on their coats.

    White outlines show what was compared. Each ring is one end of a verified match; lines join
    them, at most ``max_lines``, the strongest of each local group in turn; colours are local
    groups. ``matches_only_points`` leaves the lines out and shows every match. Above stand
    sighting, file and time, below the numbers and what is wrong with the pictures. ``synthetic``,
    or a flag of that name on a picture, is written on it.

    Returns:
        (height, width, 3) uint8 RGB, at most about 1800 px wide.

    Raises:
        InputError: if ``evidence`` is of other annotations or ``max_lines`` is negative.
        AnnotationError: if a box lies outside its picture.
    """
    require(max_lines >= 0, f"max_lines: expected 0 or more, found {max_lines}")
    require(
        (evidence.a, evidence.b) == (a.id, b.id),
        f"picture: expected evidence of {a.id} and {b.id}, found {evidence.a} and {evidence.b}",
        InputError,
    )
    height = _fitting_height(a, b, height_px)
    left, right = crop_animal(a, height), crop_animal(b, height)
    chosen = spread(evidence.matches, None if matches_only_points else max_lines)
    canvas, places = _side_by_side(left, right)
    _draw_matches(canvas, (left, right), places, evidence.matches, chosen, matches_only_points)
    heads = [_head(a, left, synthetic), _head(b, right, synthetic)]
    return _frame(canvas, places, heads, _feet(a, b, evidence, len(chosen)))


def annotation_picture(
    animal: PreparedAnnotation, *, height_px: int = 460, synthetic: bool = False
) -> NDArray[np.uint8]:
    """One animal with its outline, its names above, its flank and quality below.

    Returns:
        (height, width, 3) uint8 RGB.

    Raises:
        AnnotationError: if the box lies outside its picture.
    """
    x0, y0, x1, y1 = window_of(animal)
    height = min(height_px, max(1, round((MAX_WIDTH_PX - 2 * EDGE_PX) * (y1 - y0) / (x1 - x0))))
    crop = crop_animal(animal, height)
    canvas = crop.pixels.copy()
    for outline in crop.outline:
        ink.draw_outline(canvas, outline)
    return _frame(canvas, [0], [_head(animal, crop, synthetic)], [look(animal)])


def spread(matches: VerifiedMatches, most: int | None) -> NDArray[np.int64]:
    """Rows of the matches to draw: the strongest of each group, then the second, up to ``most``."""
    strongest = np.argsort(-matches.distinctiveness, kind="stable")
    queues: dict[int, list[int]] = {}
    for row in strongest:
        queues.setdefault(int(matches.group[row]), []).append(int(row))
    rounds = itertools.zip_longest(*queues.values())
    rows = [row for turn in rounds for row in turn if row is not None]
    return np.array(rows[:most], dtype=np.int64)


def look(animal: PreparedAnnotation) -> str:
    """Flank and quality of a picture in words: "left flank, 620 px: motion blur, dark"."""
    best = animal.view.flank.best
    side = "flank not known" if best is Flank.UNKNOWN else f"{best.value} flank"
    quality = animal.view.quality
    wrong = ", ".join(quality.reasons[:3]) or "nothing wrong found"
    return f"{side}, animal {quality.animal_px} px long: {wrong}"


def _fitting_height(a: PreparedAnnotation, b: PreparedAnnotation, height_px: int) -> int:
    """The wished height, less if the two side by side would be too wide."""
    windows = (window_of(a), window_of(b))
    aspect = sum((x1 - x0) / (y1 - y0) for x0, y0, x1, y1 in windows)
    return max(1, min(height_px, int((MAX_WIDTH_PX - GAP_PX - 2 * EDGE_PX) / aspect)))


def _side_by_side(left: Crop, right: Crop) -> tuple[NDArray[np.uint8], list[int]]:
    """Both cuts on one canvas with their outlines, and the left edge of each."""
    height, first = left.pixels.shape[:2]
    second = right.pixels.shape[1]
    places = [0, first + GAP_PX]
    canvas = np.full((height, first + GAP_PX + second, 3), ink.PAPER, dtype=np.uint8)
    for crop, x in zip((left, right), places, strict=True):
        half = crop.pixels.copy()
        for outline in crop.outline:
            ink.draw_outline(half, outline)
        canvas[:, x : x + half.shape[1]] = half
    return canvas, places


def _draw_matches(
    canvas: NDArray[np.uint8],
    crops: tuple[Crop, Crop],
    places: list[int],
    matches: VerifiedMatches,
    chosen: NDArray[np.int64],
    only_points: bool,
) -> None:
    colour_of = group_colours([int(g) for g in dict.fromkeys(matches.group[chosen].tolist())])
    colours: list[RGB] = [colour_of[int(g)] for g in matches.group[chosen]]
    shift = np.array([places[1], 0], dtype=np.float32)
    starts = crops[0].points(matches.a_xy_px[chosen])
    ends = crops[1].points(matches.b_xy_px[chosen]) + shift
    if not only_points:
        ink.draw_lines(canvas, starts, ends, colours)
    ink.draw_points(canvas, starts, colours)
    ink.draw_points(canvas, ends, colours)


def _head(animal: PreparedAnnotation, crop: Crop, synthetic: bool) -> str:
    time = animal.image.captured_at
    when = f"{time:%Y-%m-%d %H:%M}" if time else "no clock time"
    unreal = synthetic or "synthetic" in (*animal.flags, *animal.image.flags)
    before = ["SYNTHETIC"] if unreal else []
    after = ["brightened"] if crop.brightened else []
    return " · ".join([*before, animal.sighting_id, animal.image.file_name, when, *after])


def _feet(
    a: PreparedAnnotation, b: PreparedAnnotation, evidence: PairEvidence, drawn: int
) -> list[str]:
    found, groups = len(evidence.matches), len(set(evidence.matches.group.tolist()))
    some = f" ({drawn} drawn)" if drawn < found else ""
    numbers = (
        f"{found} verified match{'' if found == 1 else 'es'}{some} in {groups} local "
        f"group{'' if groups == 1 else 's'}"
    )
    chances = f"{likelier(evidence.llr)}; chance to miss a true match {percent(evidence.miss)}"
    return [f"{numbers} · {chances}", f"Left picture: {look(a)}", f"Right picture: {look(b)}"]


def _frame(
    canvas: NDArray[np.uint8], places: list[int], heads: list[str], feet: list[str]
) -> NDArray[np.uint8]:
    """Paper around the canvas, ``heads`` above at ``places``, ``feet`` below."""
    height, width = canvas.shape[:2]
    full = max(width + 2 * EDGE_PX, MIN_WIDTH_PX)
    text_px = max(LEAST_TEXT_PX, round(full * TEXT_SHARE))
    line_px = round(text_px * 1.4)
    left, top = (full - width) // 2, line_px + EDGE_PX
    size = (top + height + EDGE_PX + line_px * len(feet) + EDGE_PX // 2, full, 3)
    paper = np.full(size, ink.PAPER, dtype=np.uint8)
    paper[top : top + height, left : left + width] = canvas
    starts = [EDGE_PX, *(left + x for x in places[1:])]
    ends = [*(start - GAP_PX for start in starts[1:]), full - EDGE_PX]
    lines = [
        ink.Words(start, EDGE_PX - 4, ink.fitted(head, text_px, end - start), text_px, ink.INK)
        for start, end, head in zip(starts, ends, heads, strict=True)
    ]
    for i, foot in enumerate(feet):
        text = ink.fitted(foot, text_px, full - 2 * EDGE_PX)
        y = top + height + EDGE_PX // 2 + i * line_px
        lines.append(ink.Words(EDGE_PX, y, text, text_px, ink.INK if i == 0 else ink.GREY))
    return ink.write(paper, lines)
