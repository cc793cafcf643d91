"""What a survey would photograph of one animal: sightings at drawn places, frames in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from reid.types import Flank
from training.synthetic.circumstances import draw_air, draw_condition, draw_habit, draw_pose
from training.synthetic.crops import Framing, draw_framing
from training.synthetic.family import Family
from training.synthetic.individual import STREAM_PLACE, STREAM_SURVEY, stream
from training.synthetic.sampling import Difficulty, sample_spec
from training.synthetic.spec import FULL_DETAIL, Illumination, RenderSpec

_IDENTITIES_PER_SEED = 10_000_000
_FIRST_DAY = datetime(2017, 1, 1)
_DAYS = 1500
_BOTH_CAMERAS = 0.25  # of sightings show both flanks
_SHARES = {Difficulty.GOOD: 0.45, Difficulty.FAIR: 0.38, Difficulty.POOR: 0.17}
_MOST_EV = 2.1  # brighter, or half as bright in fog, and nothing is left to see
_SOFT_SEAMS = 0.85
_ODD_VIEW = 0.15
_DISTANCE_M = (1.8, 9.0)
DEFAULT_FAMILIES = {
    Family.ROSETTES: 0.57,  # LEOPARD is left for checking on a style that was not trained on
    Family.MELANISTIC: 0.03,
    Family.JAGUAR: 0.08,
    Family.SPOTS: 0.08,
    Family.STRIPES: 0.12,
    Family.FAINT: 0.08,
    Family.BLOTCHES: 0.04,
}


@dataclass(frozen=True, slots=True)
class Survey:
    """What decides a whole set, apart from the number of animals.

    ``pictures`` of each animal; ``size_px`` the usual length of an animal; ``stations`` how many
    places there are; ``families`` shares, of any sum.
    """

    seed: int
    pictures: int
    size_px: int = 256
    stations: int = 120
    families: tuple[tuple[Family, float], ...] = tuple(DEFAULT_FAMILIES.items())
    texels_per_m: int = 320


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture to be made: ``spec`` still without its framing."""

    spec: RenderSpec
    framing: Framing
    sighting: str
    taken: datetime
    number: int

    @property
    def rng(self) -> np.random.Generator:
        """The stream from which the window of the background is drawn."""
        return stream(STREAM_SURVEY, self.spec.individual, self.number, 1)


def texels_for(size_px: int) -> int:
    """Detail of a coat that an animal of ``size_px`` can show, texels a metre."""
    return int(min(FULL_DETAIL, max(100, round(1.25 * size_px))))


def identity_name(survey: Survey, index: int) -> str:
    """``syn<seed>-<index>``, sorted as numbers."""
    return f"syn{survey.seed}-{index:06d}"


def individual_seed(survey: Survey, index: int) -> int:
    """The renderer's seed of an animal: no two surveys share one."""
    return 1 + survey.seed * _IDENTITIES_PER_SEED + index


def family_of(survey: Survey, index: int) -> Family:
    """The coat of an animal."""
    kinds, shares = zip(*survey.families, strict=True)
    weights = np.array(shares, np.float64)
    at = stream(STREAM_SURVEY, individual_seed(survey, index), 2).random() * weights.sum()
    chosen: Family = kinds[int(np.searchsorted(np.cumsum(weights)[:-1], at, side="right"))]
    return chosen


def frames_of(survey: Survey, index: int) -> Iterator[Frame]:
    """The pictures of an animal, ``survey.pictures`` of them, both flanks where there are two."""
    animal = individual_seed(survey, index)
    rng = stream(STREAM_SURVEY, animal)
    places = stream(STREAM_PLACE, animal)  # its own stream: places know nothing of the animal
    made, sighting = 0, 0
    flank = (Flank.LEFT, Flank.RIGHT)[int(rng.integers(2))]
    while made < survey.pictures:
        name = f"{identity_name(survey, index)}-s{sighting:02d}"
        for frame in _sighting(survey, index, rng, places, flank, name):
            if made < survey.pictures:
                yield replace(frame, number=made)
                made += 1
        flank, sighting = _other(flank), sighting + 1


def _sighting(
    survey: Survey,
    index: int,
    rng: np.random.Generator,
    places: np.random.Generator,
    flank: Flank,
    name: str,
) -> Iterator[Frame]:
    """One to three frames a camera; sometimes a second camera with the other flank."""
    difficulty = list(_SHARES)[int(rng.choice(3, p=list(_SHARES.values())))]
    taken = _FIRST_DAY + timedelta(days=int(rng.integers(_DAYS)), seconds=int(rng.integers(86400)))
    light: Illumination | None = None
    age = (taken - _FIRST_DAY) / timedelta(days=_DAYS)
    condition = draw_condition(rng, individual_seed(survey, index), taken, age)
    habit = draw_habit(rng)
    flanks = (flank, _other(flank)) if rng.random() < _BOTH_CAMERAS else (flank,)
    for camera in flanks:
        station = survey.seed * 1000 + int(places.integers(survey.stations))
        base = sample_spec(
            rng, individual_seed(survey, index), difficulty, flank=camera, station=station,
            light=light,
        )  # fmt: skip
        light = base.light
        air = draw_air(rng, light)
        most = _MOST_EV if base.fog < 0.1 else 0.5
        bright = float(np.clip(base.exposure_ev + air.pop("brighter_ev"), -_MOST_EV - 0.8, most))
        base = replace(base, **_as_crop(survey, index, rng), **air, exposure_ev=bright)
        base = replace(base, condition=condition, soft_seams=bool(rng.random() < _SOFT_SEAMS))
        for step in range(int(rng.integers(1, 4))):
            spec = replace(base, pose=draw_pose(rng, habit), **_moved_on(rng, base))
            cut = 0.05 if difficulty is Difficulty.GOOD else 0.22
            framing = draw_framing(rng, 0.5 if difficulty is Difficulty.GOOD else 1.0, cut)
            yield Frame(spec, framing, name, taken + timedelta(seconds=step), 0)


def _as_crop(survey: Survey, index: int, rng: np.random.Generator) -> dict[str, Any]:
    """Size, lens and lamp of one camera at one passage."""
    large = rng.random() < 0.75
    size = survey.size_px * (rng.uniform(0.62, 0.90) if large else rng.uniform(0.30, 0.62))
    return {
        "family": family_of(survey, index),
        "texels_per_m": survey.texels_per_m,
        "size_px": float(size),
        "distance_m": float(np.exp(rng.uniform(*np.log(_DISTANCE_M)))),
        "lamp_xy": (float(rng.normal(0.5, 0.4)), float(rng.normal(0.5, 0.3))),
        **_view(rng),
        "lamp_spread": float(np.exp(rng.uniform(np.log(0.12), np.log(2.0)))),
    }


def _view(rng: np.random.Generator) -> dict[str, float]:
    """Now and then a camera that stands far from the usual: obliquely, on the ground, in a tree."""
    made = {}
    if rng.random() < _ODD_VIEW:
        made["yaw_deg"] = float(rng.uniform(-60, 60))
    if rng.random() < _ODD_VIEW:
        made["pitch_deg"] = float(rng.uniform(-10, 35))
    return made


def _moved_on(rng: np.random.Generator, base: RenderSpec) -> dict[str, Any]:
    """What differs between frames of one passage; blur is scaled to the crop."""
    scale = base.size_px / (0.55 * base.picture_wh[0])
    return {
        "yaw_deg": float(np.clip(base.yaw_deg + rng.normal(0, 6), -60, 60)),
        "exposure_ev": float(np.clip(base.exposure_ev + rng.normal(0, 0.25), -6, 6)),
        "motion_blur_px": float(min(60, base.motion_blur_px * scale * rng.lognormal(0, 0.4))),
        "defocus_px": float(min(20, base.defocus_px * scale * rng.lognormal(0, 0.3))),
        "picture": int(rng.integers(2**31)),
    }


def _other(flank: Flank) -> Flank:
    return Flank.RIGHT if flank is Flank.LEFT else Flank.LEFT
