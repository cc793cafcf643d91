"""Lines, points and letters on a picture, smooth at the edges."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.evidence.palette import RGB

SHIFT = 4
"""OpenCV draws at sixteenths of a pixel."""

PAPER: RGB = (250, 250, 248)
INK: RGB = (28, 28, 28)
GREY: RGB = (88, 88, 88)
DARK: RGB = (20, 20, 20)

Pixels = NDArray[np.uint8]


_FACE = "uni"
"""OpenCV's built-in font, so that no font file is needed; names of stations may be in Latin,
Cyrillic, Greek, Arabic or Chinese letters. What it lacks is drawn as a question mark."""
_ONE_WRITER = Lock()
"""Threads share the one loaded font, and OpenCV does not say that they may use it at once."""
_NO_WRAP = (0, 1 << 20)


def fitted(text: str, size_px: int, width_px: float) -> str:
    """The text, shortened in the middle until it is no wider than ``width_px``."""
    if text_width(text, size_px) <= width_px:
        return text
    for kept in range(len(text) - 1, 1, -1):
        short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if text_width(short, size_px) <= width_px:
            return short
    return "…"


def text_width(text: str, size_px: int) -> float:
    """Width of one line of text in pixels."""
    with _ONE_WRITER:
        face = cv2.FontFace(_FACE)
        box = cv2.getTextSize(_NO_WRAP, text, (0, 0), face, size_px, wrap=_NO_WRAP)
    return float(box[0] + box[2])


class Words(NamedTuple):
    """One line of text and where its top left corner stands."""

    left: float
    top: float
    text: str
    size_px: int
    colour: RGB


def write(canvas: Pixels, lines: list[Words]) -> Pixels:
    """The canvas with lines of text on it, as a new array."""
    picture = canvas.copy()
    with _ONE_WRITER:
        face = cv2.FontFace(_FACE)
        for line in lines:
            base = round(line.left), round(line.top + line.size_px)
            size = line.size_px
            cv2.putText(picture, line.text, base, line.colour, face, size, wrap=_NO_WRAP)
    return picture


def fixed(points: NDArray[np.float32]) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point pixels."""
    return np.round(np.asarray(points, np.float64) * (1 << SHIFT)).astype(np.int32)


def draw_outline(canvas: Pixels, outline: NDArray[np.float32], width_px: int = 2) -> None:
    """A closed outline, white on dark, drawn in place."""
    curve = [fixed(outline).reshape(-1, 1, 2)]
    cv2.polylines(canvas, curve, True, DARK, width_px + 1, cv2.LINE_AA, SHIFT)
    cv2.polylines(canvas, curve, True, (255, 255, 255), width_px, cv2.LINE_AA, SHIFT)


def draw_lines(
    canvas: Pixels,
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    colours: list[RGB],
    opacity: float = 0.75,
) -> None:
    """Thin lines with a dark edge, each in its colour, drawn in place; the coat shines through."""
    layer = canvas.copy()
    for start, end, colour in zip(fixed(starts), fixed(ends), colours, strict=True):
        cv2.line(layer, start.tolist(), end.tolist(), DARK, 3, cv2.LINE_AA, SHIFT)
        cv2.line(layer, start.tolist(), end.tolist(), colour, 2, cv2.LINE_AA, SHIFT)
    cv2.addWeighted(layer, opacity, canvas, 1 - opacity, 0, dst=canvas)


def draw_points(
    canvas: Pixels, points: NDArray[np.float32], colours: list[RGB], radius_px: float = 4.5
) -> None:
    """Small rings with a dark edge, drawn in place; what they mark stays visible."""
    radius = round(radius_px * (1 << SHIFT))
    for point, colour in zip(fixed(points), colours, strict=True):
        cv2.circle(canvas, point.tolist(), radius, DARK, 4, cv2.LINE_AA, SHIFT)
        cv2.circle(canvas, point.tolist(), radius, colour, 2, cv2.LINE_AA, SHIFT)
