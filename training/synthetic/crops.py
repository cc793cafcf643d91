"""Crops as a localiser would cut them out: the animal's box, a margin, some jitter."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.synthetic.camera import camera_for
from training.synthetic.mesh import body_of
from training.synthetic.places import place_behind
from training.synthetic.render import render
from training.synthetic.rendered import Rendered
from training.synthetic.spec import RenderSpec

_SMALLEST_PX, _LARGEST_PX = 64, 4096  # sides that a spec allows
_MARGIN = 0.05  # of the side, mean and spread
_CUT = (0.05, 0.35)  # share of the animal's length beyond the edge of the frame, when cut


@dataclass(frozen=True, slots=True)
class Framing:
    """How the localiser's box lies about the true one, in shares of its sides.

    ``edges`` left, top, right, bottom: outwards positive; a large negative one cuts the animal.
    """

    edges: tuple[float, float, float, float]

    @property
    def cut(self) -> float:
        """The share of the animal's box that lies outside, 0 to 1."""
        left, top, right, bottom = (min(0.0, e) for e in self.edges)
        return 1 - max(0.0, 1 + left + right) * max(0.0, 1 + top + bottom)


def draw_framing(rng: np.random.Generator, jitter: float, cut_chance: float) -> Framing:
    """A box with ``jitter`` times the usual error, sometimes cut by the frame's left or right."""
    edges = list(_MARGIN + _MARGIN * jitter * rng.standard_normal(4))
    if rng.random() < cut_chance:
        edges[2 * int(rng.integers(2))] = -float(rng.uniform(*_CUT))
    left, top, right, bottom = (float(np.clip(e, -0.4, 0.3)) for e in edges)
    return Framing((left, top, right, bottom))


def framed(spec: RenderSpec, framing: Framing) -> RenderSpec:
    """The spec with the picture's size and place set so that it is the crop.

    ``spec.distance_m`` must be given: a crop says nothing about the lens.
    """
    camera = camera_for(spec)
    points = np.concatenate([s.points.reshape(-1, 3) for s in body_of(spec).values()])
    xy = camera.project(points)[:, :2] - np.array(camera.principal_px)
    low, high = xy.min(0), xy.max(0)
    span = high - low
    edges = np.array(framing.edges)
    low, high = low - edges[:2] * span, high + edges[2:] * span
    short = np.maximum(_SMALLEST_PX - (high - low), 0) / 2
    low, high = low - short, high + short
    wide, high_px = (int(n) for n in np.clip(np.ceil(high - low), _SMALLEST_PX, _LARGEST_PX))
    x, y = (0.5 - low) / (wide, high_px)
    return replace(spec, picture_wh=(wide, high_px), centre_xy=(_near(x), _near(y)))


def render_crop(spec: RenderSpec, rng: np.random.Generator) -> Rendered:
    """Render a framed spec over a window of its station that is drawn from ``rng``."""
    feet = camera_for(spec).project(np.zeros((1, 3)))[0, 1] / spec.picture_wh[1]
    return render(spec, place_behind(spec.station, spec.picture_wh, feet, spec.size_px, rng))


def _near(fraction: float) -> float:
    return float(np.clip(fraction, -1.0, 2.0))
