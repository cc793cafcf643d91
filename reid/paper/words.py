"""How papers say times, lights and flanks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from reid.catalogue.gallery import Frame
from reid.catalogue.individual_pages import Seen
from reid.exporters.places import Exactness, told
from reid.types import CandidateTime
from reid.types.words import listed

FLANKS = {"left": "Left flank", "right": "Right flank", "front": "Front", "back": "Back"}
LIGHTS = {"colour": "daylight or flash", "infrared": "infrared"}
USABLE = 0.05
"""Below this a frame shows a flank to nobody."""


def moment(at: datetime) -> str:
    """A time as people write it."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def day(at: datetime) -> str:
    """A date as people write it."""
    return f"{at.day} {at:%b %Y}"


def spoken(times: Sequence[CandidateTime]) -> str:
    """When a sighting was; all of its disputed times."""
    if not times:
        return "time not known"
    return listed([moment(at) for at in distinct(times)], last="or")


def distinct(times: Sequence[CandidateTime]) -> list[datetime]:
    """Different times, the likeliest (the first told) first."""
    return list(dict.fromkeys(time.at.replace(tzinfo=None) for time in times))


def disputed(one: Seen) -> bool:
    """Whether its sources disagree on when it was."""
    return len(distinct(one.times)) > 1


def span(seen: Sequence[Seen]) -> tuple[str, str]:
    """When first and when last; "" where no sighting has a time."""
    dated = [distinct(one.times) for one in seen if one.times]
    if not dated:
        return "", ""
    first, last = min(dated, key=min), max(dated, key=max)
    return tuple(listed([day(at) for at in _days(one)], last="or") for one in (first, last))  # type: ignore[return-value]


def _days(times: Iterable[datetime]) -> list[datetime]:
    return list({at.date(): at for at in sorted(times)}.values())


def shown(frames: Sequence[Frame]) -> list[Frame]:
    """Those that seem to show the animal; where none does, a person's word counts: all."""
    return [frame for frame in frames if frame.is_leopard] or list(frames)


def flanks_of(frames: Sequence[Frame]) -> set[str]:
    """The sides that frames show well enough."""
    sides = {f.flank.value for f in shown(frames) if f.usable >= USABLE}
    return sides & {"left", "right"}


def lacking(frames: Sequence[Frame]) -> str:
    """Which flank nobody knows, in words; "" where both are known."""
    missing = {"left", "right"} - flanks_of(frames)
    if len(missing) == 2:
        return "no flank known that can be compared"
    return f"no {missing.pop()} flank known" if missing else ""


def places_words(exactness: Exactness) -> str:
    """How exactly positions stand on a paper."""
    if exactness == "exact":
        return "Exact positions: never to be published, nor left lying about."
    if exactness == "withheld":
        return "Positions are withheld: an endangered animal. Ask the data's owner."
    return told(exactness)
