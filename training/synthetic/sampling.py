"""Specs drawn at random with the variety of a camera-trap survey."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reid.types import Flank
from training.synthetic.spec import Illumination, Pose, RenderSpec

Range = tuple[float, float]
_PICTURES_WH = ((1600, 1200), (1280, 960), (1600, 900), (800, 600))
_LIGHTS = (Illumination.DAY, Illumination.FLASH, Illumination.INFRARED, Illumination.DUSK)


class Difficulty(StrEnum):
    """How much of the coat can be read."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class _Variety:
    """Ranges to draw from; ``size`` and ``off_centre`` are shares of the picture's width."""

    size: Range
    yaw_deg: Range
    exposure_ev: Range
    blur: Range  # motion and defocus, in thousandths of the animal's length
    noise: Range
    fog: Range
    occlusion: Range
    off_centre: float
    quality: tuple[int, int]
    lights: tuple[float, float, float, float]


_VARIETIES = {
    Difficulty.GOOD: _Variety(
        (0.45, 0.72),
        (-18, 18),
        (-0.4, 0.4),
        (0.0, 2.0),
        (0.03, 0.25),
        (0.0, 0.0),
        (0.0, 0.1),
        0.06,
        (85, 95),
        (0.45, 0.35, 0.15, 0.05),
    ),
    Difficulty.FAIR: _Variety(
        (0.30, 0.80),
        (-35, 35),
        (-1.2, 1.0),
        (0.0, 6.0),
        (0.1, 0.5),
        (0.0, 0.15),
        (0.0, 0.5),
        0.20,
        (70, 92),
        (0.30, 0.35, 0.25, 0.10),
    ),
    Difficulty.POOR: _Variety(
        (0.15, 0.95),
        (-50, 50),
        (-2.8, 2.2),
        (4.0, 22.0),
        (0.3, 1.0),
        (0.0, 0.8),
        (0.2, 1.0),
        0.38,
        (45, 85),
        (0.15, 0.40, 0.30, 0.15),
    ),
}
_SHARES = (0.45, 0.35, 0.20)  # good, fair, poor among "any"


def sample_spec(
    rng: np.random.Generator,
    individual: int,
    difficulty: Difficulty = Difficulty.ANY,
    *,
    flank: Flank | None = None,
    station: int | None = None,
    light: Illumination | None = None,
) -> RenderSpec:
    """One spec of ``individual``; what is given is kept, everything else is drawn from ``rng``."""
    if difficulty is Difficulty.ANY:
        difficulty = list(_VARIETIES)[int(rng.choice(3, p=_SHARES))]
    variety = _VARIETIES[difficulty]
    picture_wh = _PICTURES_WH[int(rng.integers(len(_PICTURES_WH)))]
    size_px = picture_wh[0] * rng.uniform(*variety.size)
    blur = rng.uniform(*variety.blur) * size_px / 1000
    moving = rng.random()
    drawn_light = _LIGHTS[int(rng.choice(4, p=variety.lights))]
    return RenderSpec(
        individual=individual,
        flank=flank or (Flank.LEFT, Flank.RIGHT)[int(rng.integers(2))],
        pose=sample_pose(rng),
        yaw_deg=float(rng.uniform(*variety.yaw_deg)),
        pitch_deg=float(rng.uniform(-2, 16)),
        size_px=float(size_px),
        centre_xy=_centre(rng, variety.off_centre),
        picture_wh=picture_wh,
        light=light or drawn_light,
        exposure_ev=float(rng.uniform(*variety.exposure_ev)),
        motion_blur_px=float(min(blur * moving, 60.0)),
        defocus_px=float(min(0.25 * blur * (1 - moving), 20.0)),
        noise=float(rng.uniform(*variety.noise)),
        fog=float(rng.uniform(*variety.fog) * (rng.random() < 0.5)),
        occlusion=float(rng.uniform(*variety.occlusion)),
        station=int(rng.integers(2**31)) if station is None else station,
        picture=int(rng.integers(2**31)),
        jpeg_quality=int(rng.integers(variety.quality[0], variety.quality[1] + 1)),
    )


def sample_pose(rng: np.random.Generator) -> Pose:
    """A walking pose at any moment of the step."""
    return Pose(
        gait_phase=float(rng.random()),
        stride=float(rng.uniform(0.5, 1.15)),
        head_turn_deg=float(np.clip(rng.normal(5, 18), -40, 60)),
        head_pitch_deg=float(rng.uniform(0, 30)),
        bend_deg=float(rng.normal(0, 8)),
        tail_curl=float(rng.random()),
    )


def _centre(rng: np.random.Generator, spread: float) -> tuple[float, float]:
    x = 0.5 + spread * rng.uniform(-1, 1)
    y = 0.58 + 0.35 * spread * rng.uniform(-1, 1)
    return float(x), float(y)
