"""Where somebody was, as a drawing: no tiles from elsewhere, positions as they may be seen.

A generalised position is a square of the step to which it was rounded, not a point in its middle;
an exact one is a small square.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reid.catalogue.individual_pages import Seen
from reid.exporters.places import Exactness
from reid.people import generalised

KM_PER_DEGREE = 111.32
WIDTH, HEIGHT, EDGE = 640.0, 420.0, 46.0
LEAST_KM = 2.0
LEAST_PX = 6.0
BARS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the map in its pixels, with how many sightings lie in it, and where it is."""

    x: float
    y: float
    width: float
    height: float
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Map:
    """``bar_px`` is the length of ``bar_km``; ``unplaced`` sightings have no position."""

    cells: tuple[Cell, ...]
    bar_px: float
    bar_km: float
    span_km: float
    unplaced: int
    precision: str
    withheld: bool
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def bar_words(self) -> str:
        """The length of the bar."""
        return f"{self.bar_km * 1000:.0f} m" if self.bar_km < 1 else f"{self.bar_km:.0f} km"


def map_of(seen: Sequence[Seen], precision: Exactness) -> Map | None:
    """Where the sightings were, as somebody may know it; None where none has a position."""
    placed = [one.position for one in seen if one.position is not None]
    if not placed:
        return None
    unplaced = len(seen) - len(placed)
    if precision == "withheld":
        return Map((), 0, 0, 0, unplaced, precision, withheld=True)
    if precision == "exact":
        return _drawn(dict(Counter(placed)), 0.0, unplaced, precision)
    shown = [generalised(position, precision) for position in placed]
    found = Counter((s.latitude or 0.0, s.longitude or 0.0) for s in shown)
    return _drawn(dict(found), shown[0].precision or 0.0, unplaced, precision)


def _drawn(
    points: dict[tuple[float, float], int], step: float, unplaced: int, precision: str
) -> Map:
    """Degrees to pixels, equally long east and north; good for the range of an animal."""
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    narrow = max(0.05, math.cos(math.radians(middle[0])))
    east = (max(lons) - min(lons) + step) * narrow * KM_PER_DEGREE
    north = (max(lats) - min(lats) + step) * KM_PER_DEGREE
    span = max(east, north * (WIDTH - 2 * EDGE) / (HEIGHT - 2 * EDGE), LEAST_KM)
    scale = (WIDTH - 2 * EDGE) / span  # pixels for a kilometre
    wide, high = step * narrow * KM_PER_DEGREE * scale, step * KM_PER_DEGREE * scale
    rounded = f" (rounded to {step:g}°)" if step else ""
    cells = []
    for (lat, lon), count in sorted(points.items()):
        x = WIDTH / 2 + (lon - middle[1]) * narrow * KM_PER_DEGREE * scale
        y = HEIGHT / 2 - (lat - middle[0]) * KM_PER_DEGREE * scale
        words = f"{count} at {lat:g}, {lon:g}{rounded}"
        cells.append(Cell(x - wide / 2, y - high / 2, wide, high, count, words))
    bar = max((km for km in BARS_KM if km * scale <= WIDTH / 4), default=BARS_KM[0])
    widest = max(east, north)
    return Map(tuple(cells), bar * scale, bar, widest, unplaced, precision, withheld=False)


def map_svg(found: Map) -> str:
    """The map as an SVG file that needs no style sheet: for paper."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {found.width:g} {found.height:g}"'
        f' width="{found.width:g}" height="{found.height:g}" font-family="sans-serif"'
        ' font-size="17" fill="#1d1d1b">',
        f'<rect width="{found.width:g}" height="{found.height:g}" fill="#f1efe7"/>',
        *(_cell(cell) for cell in found.cells),
        f'<path d="M{found.width - 28:g} 20 l9 26 l-9 -6 l-9 6 z"/>',
        f'<text x="{found.width - 28:g}" y="66" text-anchor="middle">N</text>',
        f'<path d="M20 {found.height - 22:g} v6 h{found.bar_px:.1f} v-6" fill="none"'
        ' stroke="#1d1d1b" stroke-width="2"/>',
        f'<text x="20" y="{found.height - 30:g}">{found.bar_words}</text>',
        "</svg>",
    ]
    return "\n".join(parts)


def _cell(cell: Cell) -> str:
    width, height = max(cell.width, 4 * LEAST_PX), max(cell.height, 4 * LEAST_PX)
    x, y = cell.x + (cell.width - width) / 2, cell.y + (cell.height - height) / 2
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="#c9803a"'
        ' fill-opacity="0.55" stroke="#6b3d10" stroke-width="1.5"/>'
        f'<text x="{x + width / 2:.1f}" y="{y + height / 2 + 6:.1f}"'
        f' text-anchor="middle">{cell.count}</text>'
    )
