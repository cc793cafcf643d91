"""What speaks for a clock being wrong: hours against light, years, strips. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from reid.clocks.candidates import AGREE
from reid.clocks.correction import Correction, span_words
from reid.clocks.kinds import Whose, half_day, known_offset
from reid.types import Light

NOON_H, MIDNIGHT_H = range(10, 14), (22, 23, 0, 1)
"""Hours in which it is day, or night, nearly everywhere that leopards live, whatever the zone."""

LEAST_ODD, ODD_SHARE = 2, 0.8
"""So many pictures whose light does not fit their hour, and this share of those that tell."""

LEAST_STRIPS = 2
LONG_PAUSE = timedelta(days=180)
NEW_YEAR = timedelta(days=2)
"""A clock without power begins at midnight of a 1 January."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one picture says: its clock, its light, its strip."""

    at: datetime
    light: Light | None = None
    strip: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """``words`` say what speaks for it; ``correction`` is a proposal, where the evidence tells one.

    Nothing is corrected by it: a person decides, who knows more.
    """

    station: str
    camera: str
    kind: str
    words: str
    correction: Correction | None = None


def suspects_of(station: str, camera: str, pictures: Sequence[Written]) -> list[Suspect]:
    """What the pictures of one camera tell of its clock."""
    ordered = sorted(pictures, key=lambda one: _wall(one.at))
    whose = Whose(station, camera)
    found = (_slip(whose, ordered), _strips(whose, ordered), _begun_anew(whose, ordered))
    return [one for one in found if one is not None]


def _slip(whose: Whose, pictures: Sequence[Written]) -> Suspect | None:
    """Infrared at noon and colours at midnight.

    A white flash has colours by night: these count only of a camera that also sees infrared.
    """
    infrared = any(one.light is Light.INFRARED for one in pictures)
    noon = [one.light for one in pictures if one.at.hour in NOON_H and one.light]
    night = [one.light for one in pictures if one.at.hour in MIDNIGHT_H and one.light]
    dark, bright = noon.count(Light.INFRARED), night.count(Light.COLOUR) if infrared else 0
    fit = noon.count(Light.COLOUR) + night.count(Light.INFRARED)
    odd = dark + bright
    if odd < LEAST_ODD or odd < ODD_SHARE * (odd + fit):
        return None
    words = (
        f"{dark} infrared pictures at 10:00 to 14:00 and {bright} in colour at 22:00 to 2:00, "
        f"{fit} as they should be: morning was set for afternoon, or the other way. Which of "
        "'behind' and 'ahead' tells the date; they are a day apart"
    )
    return Suspect(whose.station, whose.camera or "", "half-day", words, half_day(whose, "behind"))


def _strips(whose: Whose, pictures: Sequence[Written]) -> Suspect | None:
    """Strips that are apart from EXIF by one and the same time."""
    apart = [(_wall(p.strip) - _wall(p.at)).total_seconds() for p in pictures if p.strip]
    if len(apart) < LEAST_STRIPS:
        return None
    middle = median(apart)
    close = [one for one in apart if abs(one - middle) <= AGREE.total_seconds()]
    if abs(middle) <= AGREE.total_seconds() or len(close) < ODD_SHARE * len(apart):
        return None
    seconds = round(middle / 60) * 60
    word = "later" if seconds > 0 else "earlier"
    words = (
        f"the strips of {len(close)} of {len(apart)} pictures are {span_words(abs(seconds))} "
        f"{word} than EXIF; one of the two was changed"
    )
    return Suspect(whose.station, whose.camera or "", "strip", words, known_offset(whose, seconds))


def _begun_anew(whose: Whose, pictures: Sequence[Written]) -> Suspect | None:
    """A run of pictures that begins at a new year, far from the others."""
    runs: list[list[datetime]] = []
    for one in pictures:
        at = _wall(one.at)
        if runs and at - runs[-1][-1] <= LONG_PAUSE:
            runs[-1].append(at)
        else:
            runs.append([at])
    for run, after in pairwise(runs):
        start = datetime(run[0].year, 1, 1)
        if run[0] - start <= NEW_YEAR:
            words = (
                f"{len(run)} pictures from {run[0]:%Y-%m-%d %H:%M} to {run[-1]:%Y-%m-%d %H:%M} lie "
                f"{(after[0] - run[-1]).days} days before the others and begin with a year: a "
                "clock that was reset. A moment that is known from elsewhere tells by how much"
            )
            return Suspect(whose.station, whose.camera or "", "reset", words)
    return None


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
