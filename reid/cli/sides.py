"""What the user says about flanks and distances, put into the sightings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reid.errors import InputError
from reid.types import Flank, Sighting

Distances = dict[tuple[str, str], float]


def with_flanks(
    sightings: Sequence[Sighting], written: Sequence[str] | None
) -> tuple[Sighting, ...]:
    """The sightings with ``FLANK`` or ``SIGHTING=FLANK`` on every picture that has no flank yet.

    Raises:
        InputError: no such flank or sighting.
    """
    said = dict(_flank(one, [s.id for s in sightings]) for one in written or ())
    return tuple(_side(s, said.get(s.id, said.get(None))) for s in sightings)


def with_distances(
    sightings: Sequence[Sighting], written: Sequence[str] | None
) -> tuple[tuple[Sighting, ...], Distances]:
    """Distances in km by station from ``A:B=KM``; A and B are stations or sightings.

    A sighting without a station becomes a station of its own name, so that it can be named.

    Raises:
        InputError: not of this form, or a name that is neither.
    """
    said = [_distance(one, sightings) for one in written or ()]
    named = {name for a, b, _ in said for name in (a, b)}
    placed = tuple(
        replace(s, station=s.id) if s.station is None and s.id in named else s for s in sightings
    )
    station = {s.id: s.station for s in placed if s.station is not None}
    stations = {s.station for s in placed}
    apart: Distances = {}
    for a, b, km in said:
        key = (a if a in stations else station[a], b if b in stations else station[b])
        apart[key] = km
    return placed, apart


def _side(sighting: Sighting, flank: Flank | None) -> Sighting:
    if flank is None:
        return sighting
    media = tuple(m if m.flank else replace(m, flank=flank) for m in sighting.media)
    return replace(sighting, media=media)


def _flank(written: str, ids: Sequence[str]) -> tuple[str | None, Flank]:
    name, sign, word = written.rpartition("=")
    try:
        flank = Flank(word.strip().lower())
    except ValueError:
        raise InputError(
            f"--flank {written}: expected one of {', '.join(Flank)}, or SIGHTING=FLANK"
        ) from None
    if sign and name not in ids:
        raise InputError(f"--flank {written}: {_unknown(name, ids, 'a sighting')}")
    return (name if sign else None), flank


def _distance(written: str, sightings: Sequence[Sighting]) -> tuple[str, str, float]:
    names, _, number = written.rpartition("=")
    known = {s.id for s in sightings} | {s.station for s in sightings if s.station}
    pieces = names.split(":")
    # a name may hold a colon itself, so every way of cutting is looked at
    cuts = [(":".join(pieces[:i]), ":".join(pieces[i:])) for i in range(1, len(pieces))]
    try:
        km = float(number)
    except ValueError:
        cuts = []
    if not cuts:
        raise InputError(f"--distance {written}: expected A:B=KM, such as north:south=18.6")
    for a, b in cuts:
        if a in known and b in known:
            return a, b, km
    lost = next(name for name in cuts[0] if name not in known)
    raise InputError(f"--distance {written}: {_unknown(lost, known, 'a station or sighting')}")


def _unknown(name: str, known: Iterable[str], expected: str) -> str:
    there = sorted(known)
    near = difflib.get_close_matches(name, there, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(there)}"
    return f"expected {expected}, found {name!r}; {hint}"
