"""Four scenes of synthetic sightings, and what the engine answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from reid import Comparison, Engine, Flank, Sighting, SightingMedia, compare
from reid.types import CandidateTime
from training.synthetic.jpeg import encode_jpeg
from training.synthetic.render import render
from training.synthetic.sightings import Burst, bursts, frame_spec
from training.ustyurt.record import distance_km

LEFT, RIGHT = Flank.LEFT, Flank.RIGHT


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene: its truth in words and how its sightings are made."""

    title: str
    truth: str
    sightings: Callable[[], tuple[Sighting, ...]]


STRANGER = "stranger"
"""The december of another animal: the same days, station and light as the wanderer's."""


def _burst(name: str, flank: Flank) -> Burst:
    if name == STRANGER:
        other = next(b for b in bursts() if b.sighting == STRANGER).base.individual
        december = _burst("december", flank)
        return replace(december, base=replace(december.base, individual=other))
    return next(b for b in bursts() if b.sighting == name and b.base.flank is flank)


@cache
def _media(burst_of: str, flank: Flank, frame: int) -> SightingMedia:
    burst = _burst(burst_of, flank)
    at = burst.start
    content = encode_jpeg(
        render(frame_spec(burst, frame)), captured_at=at, camera_model=burst.camera
    )
    name = f"SYNTHETIC-{burst.sighting}-{burst.camera}-{frame + 1}.jpg"
    return SightingMedia(name, content, camera=burst.camera, flank=flank)


def _sighting(name: str, *shots: tuple[str, Flank, int]) -> Sighting:
    burst = _burst(name, shots[0][1] if name == shots[0][0] else LEFT)
    disputed = [CandidateTime(burst.alternative, "disputed")] if burst.alternative else []
    times = (CandidateTime(burst.start, "camera clock"), *disputed)
    return Sighting(name, tuple(_media(*shot) for shot in shots), burst.station, times)


def september(frame: int = 2) -> Sighting:
    """Right flank by flash; only frame 2 is fit for use."""
    return _sighting("september", ("september", RIGHT, frame))


def november(*flanks: Flank) -> Sighting:
    """Dawn, two frames a camera; ``flanks`` are the cameras."""
    return _sighting("november", *(("november", f, n) for f in flanks for n in (0, 2)))


def december(shown: str = "december") -> Sighting:
    """Left flank by day, of the wanderer or of the stranger."""
    return _sighting("december", *((shown, LEFT, n) for n in (0, 2)))


SCENES = {
    "one": Scene(
        "One animal, pictures as good as the note suggests",
        "one animal",
        lambda: (september(), november(LEFT, RIGHT), december()),
    ),
    "two": Scene(
        "Two animals: December is another",
        "two animals",
        lambda: (september(), november(LEFT, RIGHT), december(STRANGER)),
    ),
    "unbridged": Scene(
        "September right flank only, November with one camera",
        "one animal",
        lambda: (september(), november(LEFT)),
    ),
    "bridged": Scene(
        "The same September, November with its second camera",
        "one animal",
        lambda: (september(), november(LEFT, RIGHT)),
    ),
    "poor": Scene(
        "September too poor",
        "one animal",
        lambda: (september(0), november(LEFT, RIGHT)),
    ),
}


def answered(engine: Engine, key: str) -> Comparison:
    """The engine's answer to a scene."""
    apart = {("synthetic-A", "synthetic-B"): distance_km()}
    shown = tuple(replace(one) for one in SCENES[key].sightings())
    return compare(engine, shown, distances_km=apart)
