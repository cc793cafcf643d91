"""Whether a sighting's cameras saw one passage, as far as their clocks tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reid.pipeline.preparing import PreparedSighting
from reid.pipeline.usable import speaking
from reid.types import PreparedAnnotation
from reid.types.words import listed

CLOCKS_APART = timedelta(minutes=10)
"""Two cameras of one passage that disagree by more saw two events, or one clock is wrong."""
CLOCK_CONFLICT = "clock-conflict"

Cameras = frozenset[str | None]
Animals = Sequence[PreparedAnnotation]


def passages(prepared: PreparedSighting) -> tuple[PreparedSighting, ...]:
    """The sighting itself, or one for each clock where its cameras' clocks disagree.

    The parts are named after their cameras and lie at one station. Nothing says that they show
    one animal, so they are compared like any two sightings and bridge no flanks. A camera on
    whose pictures no leopard speaks goes with the first part; refused files are told with it.
    """
    groups = cameras_by_clock(speaking(prepared.annotations))
    if len(groups) < 2:
        return (prepared,)
    known = frozenset().union(*groups)
    return tuple(
        _part(prepared, group, known if number == 0 else None)
        for number, group in enumerate(groups)
    )


def one_clock(animals: Animals) -> list[PreparedAnnotation]:
    """The animals that the clock with most pictures saw, flagged where others were left out."""
    able = speaking(animals)
    groups = cameras_by_clock(able)
    if len(groups) < 2:
        return list(animals)
    count = Counter(a.camera for a in able)
    most = max(groups, key=lambda group: sum(count[camera] for camera in group))
    return [_flagged(a, a.sighting_id) for a in animals if a.camera in most]


def cameras_by_clock(animals: Animals) -> list[Cameras]:
    """Cameras whose clocks agree, together, the earliest first.

    Clocks agree when the times of their pictures overlap or lie within ``CLOCKS_APART``. A camera
    without times is held to agree as long as no clocks disagree, and stands alone otherwise.
    """
    spans = _spans(animals)
    groups: list[set[str | None]] = []
    end = datetime.min
    for camera in sorted(spans, key=lambda name: spans[name]):
        first, last = spans[camera]
        if groups and first - end <= CLOCKS_APART:
            groups[-1].add(camera)
            end = max(end, last)
        else:
            groups.append({camera})
            end = last
    untimed = list(dict.fromkeys(a.camera for a in animals if a.camera not in spans))
    if len(groups) < 2:
        return [frozenset({*untimed, *(groups[0] if groups else ())})]
    return [*map(frozenset, groups), *(frozenset({camera}) for camera in untimed)]


def _spans(animals: Animals) -> dict[str | None, tuple[datetime, datetime]]:
    """First and last time of each camera; compared as written unless every one has a zone."""
    seen = [(a.camera, a.image.captured_at) for a in animals]
    known = [(camera, at) for camera, at in seen if at is not None]
    zoned = all(at.tzinfo is not None for _, at in known)
    times: dict[str | None, list[datetime]] = {}
    for camera, at in known:
        at = (at.astimezone(UTC) if zoned else at).replace(tzinfo=None)
        times.setdefault(camera, []).append(at)
    return {camera: (min(t), max(t)) for camera, t in times.items()}


def _part(prepared: PreparedSighting, cameras: Cameras, known: Cameras | None) -> PreparedSighting:
    """What ``cameras`` saw; with ``known`` also what cameras outside of it saw."""

    def mine(camera: str | None) -> bool:
        return camera in cameras or (known is not None and camera not in known)

    whole = prepared.sighting
    sighting = replace(
        whole,
        id=f"{whole.id} ({_named(cameras)})",
        media=tuple(m for m in whole.media if mine(m.camera)),
        station=whole.station or whole.id,
    )
    animals = (_flagged(a, sighting.id) for a in prepared.annotations if mine(a.camera))
    return replace(
        prepared,
        sighting=sighting,
        annotations=tuple(animals),
        rejected=() if known is None else prepared.rejected,
    )


def _named(cameras: Cameras) -> str:
    names = sorted(name for name in cameras if name)
    if not names:
        return "no camera named"
    return f"camera{'s' if len(names) > 1 else ''} {listed(names)}"


def _flagged(animal: PreparedAnnotation, sighting_id: str) -> PreparedAnnotation:
    return replace(animal, sighting_id=sighting_id, flags=(*animal.flags, CLOCK_CONFLICT))
