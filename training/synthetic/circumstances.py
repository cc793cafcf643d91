"""The weather, the animal's doings and the state of its coat, drawn for each sighting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from training.synthetic.condition import Condition
from training.synthetic.individual import STREAM_CONDITION, stream
from training.synthetic.sampling import sample_pose
from training.synthetic.spec import Illumination, Pose

_NIGHT = (Illumination.FLASH, Illumination.INFRARED)
_YEAR_DAYS = 365.25
_COLDEST_DAY = 20  # of the year
_SCARS = 2.5  # mean, by the end of the survey
# Chance of each, and what it does to a walking pose: fields and ranges.
_POSTURES: tuple[tuple[float, dict[str, tuple[float, float]]], ...] = (
    (0.70, {}),
    (0.08, {"stride": (0.0, 0.15)}),
    (0.09, {"neck_deg": (-50, -15), "head_pitch_deg": (20, 60), "stride": (0.1, 0.9)}),
    (0.06, {"trot": (0.7, 1.0), "stride": (0.9, 1.4)}),
    (0.04, {"crouch_m": (0.04, 0.14), "neck_deg": (-20, 0)}),
    (0.015, {"crouch_m": (0.27, 0.30), "stride": (0.0, 0.1)}),
    (0.015, {"sit": (0.85, 1.0), "stride": (0.0, 0.1), "neck_deg": (-10, 15)}),
)


@dataclass(frozen=True, slots=True)
class Habit:
    """What an animal does in one sighting: fields of ``Pose`` that all its frames share."""

    fixed: dict[str, float]


def draw_habit(rng: np.random.Generator) -> Habit:
    """Mostly walking; sometimes standing, sniffing, trotting, stalking, lying or sitting."""
    chances = np.array([chance for chance, _ in _POSTURES])
    fields = _POSTURES[int(rng.choice(len(chances), p=chances / chances.sum()))][1]
    fixed = {name: float(rng.uniform(*span)) for name, span in fields.items()}
    if rng.random() < 0.3:
        fixed["turn_deg"] = float(np.clip(rng.normal(0, 16), -40, 40))
    return Habit(fixed)


def draw_pose(rng: np.random.Generator, habit: Habit) -> Pose:
    """A moment of what the animal is doing."""
    pose = sample_pose(rng)
    values = {name: getattr(pose, name) for name in Pose.__dataclass_fields__}
    return Pose(**{**values, **habit.fixed})


def draw_condition(rng: np.random.Generator, animal: int, taken: datetime, age: float) -> Condition:
    """The coat on that day; ``age`` from 0 to 1 through the survey: scars only ever come."""
    day = taken.timetuple().tm_yday
    cold = math.cos(2 * math.pi * (day - _COLDEST_DAY) / _YEAR_DAYS)
    scars = int(stream(STREAM_CONDITION, animal, 1).poisson(_SCARS))
    return Condition(
        seed=int(rng.integers(2**31)),
        season=float(cold * rng.uniform(0.1, 1.0)),
        wet=float(rng.uniform(0.2, 0.8)) if rng.random() < 0.08 else 0.0,
        mud=float(rng.uniform(0.15, 0.65)) if rng.random() < 0.10 else 0.0,
        scars=min(12, int(scars * age)),
        slide_m=float(rng.uniform(0, 0.010)),
    )


def draw_air(rng: np.random.Generator, light: Illumination) -> dict[str, Any]:
    """Shadows, burnt-out lamps and how much brighter than meant the picture came out."""
    night = light in _NIGHT
    return {
        "dapple": float(rng.uniform(0.1, 0.9)) if rng.random() < (0.1 if night else 0.35) else 0.0,
        "burn": float(rng.uniform(0.1, 0.7)) if night and rng.random() < 0.08 else 0.0,
        "brighter_ev": float(rng.normal(0.9, 0.5) if night else rng.normal(0.5, 0.35)),
    }
