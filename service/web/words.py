"""Values as people read them: filters of the templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from reid.catalogue.gallery import Frame
from reid.evidence.report import flag_text
from reid.identities.shown import answer_lines, shown_rows
from reid.identities.words import sentence
from reid.pipeline.identifiable import chance_of
from reid.types import AnnotationOrigin, CandidateTime
from reid.types.words import likelier, listed
from reid.types.words import percent as percent_of

FLAGS = {
    "clock-conflict": "its cameras' clocks disagree",
    "touches-edge": "cut off by the edge of the picture",
    "mask-is-box": "its outline was not found",
    "truncated": "the file is cut off",
    "second-look": "found only at a second look",
    "capture-time-missing": "no time in the file",
    "capture-time-impossible": "impossible time in the file",
    "capture-time-reset": "the camera's clock was reset",
    "capture-time-future": "the camera's clock is in the future",
    "capture-time-from-note": "time of the camera's own note",
    "camera-note-time-differs": "EXIF and the camera's own note say different times",
    "light-disagrees": "colours and camera disagree about the light",
    "capture-time-from-datetime": "time of the file's last change",
    "exif-unreadable": "unreadable EXIF",
    "wrong-extension": "the file's name tells another format",
    "synthetic": "synthetic: no camera took it",
    "other-outline": "outlined by another localiser than the calibration was made with",
    "species-not-checked": "its species was not checked",
}
"""Flags of a picture or an animal that a person wants to know of."""

QUIET_FLAGS = frozenset(
    (
        *("gps-unset", "multi-page", "16-bit", "pixels-not-loaded"),
        *(
            "several-animals",
            "box-of-several",
            "not-a-leopard",
            "no-animal",
            "whole-image",
        ),  # `silent` says them
    )
)
CSS = {
    "same": "same",
    "different": "different",
    "inconclusive": "inconclusive",
    "not comparable": "not-comparable",
}
SIGNS = {"same": "=", "different": "≠", "inconclusive": "?", "not comparable": "∅"}
STATES = {
    "queued": "waits for a worker",
    "running": "is being worked on",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}


def day(at: datetime | None) -> str:
    """A day and time of the service's clock (UTC), or of a camera's, which has no zone."""
    if at is None:
        return "unknown"
    if at.tzinfo is None:
        return f"{at:%Y-%m-%d %H:%M}"
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def when(times: Sequence[CandidateTime]) -> str:
    """When a sighting was; where sources disagree, all of them."""
    if not times:
        return "time unknown"
    return " or ".join(dict.fromkeys(_time(time) for time in times))


def _time(time: CandidateTime) -> str:
    if time.written is None:
        return f"{time.at:%Y-%m-%d %H:%M}"
    return f"{time.at:%Y-%m-%d %H:%M} (the clock wrote {time.written:%Y-%m-%d %H:%M})"


def moments(times: Sequence[CandidateTime]) -> str:
    """Times to the second, as they stand; what a correction of a clock moves."""
    return " or ".join(time.at.isoformat(" ", "seconds") for time in times) or "no time"


def percent(share: float | None) -> str:
    """A share; never 0 % or 100 %, which nobody knows."""
    return "unknown" if share is None else percent_of(share)


def lasting(seconds: float | None) -> str:
    """A time span."""
    if seconds is None:
        return "unknown"
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def count(number: int, word: str, words: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"


def part(text: Any) -> str:
    """A name as one part of an address, whatever is in it."""
    return quote(str(text), safe="")


def usable(share: float) -> str:
    """How much a picture can tell, in a word: it depends on the reasons that stand beside it."""
    if share >= 0.5:
        return "good"
    return "fair" if share >= 0.2 else "poor"


def silent(frame: Frame) -> str:
    """Why a frame speaks for no sighting; "" where it does."""
    if not frame.is_leopard:
        whole = "whole-image" in frame.flags or "no-animal" in frame.flags
        return "no animal was found" if whole else "seems to be no leopard"
    if "box-of-several" in frame.flags:
        return "its box may hold several animals: one drawn closely would say which is meant"
    several = "several-animals" in frame.flags and frame.origin != AnnotationOrigin.USER
    return "several animals: a box would say which is meant" if several else ""


def findable(frame: Frame) -> str:
    """How likely a match can be found with this picture; "" where that is not known."""
    chance = chance_of(frame.quality, frame.flags)
    return "" if chance is None else percent_of(chance)


def flags(found: Sequence[str]) -> list[str]:
    """What is odd about a picture, in words."""
    told = (FLAGS.get(flag, flag) for flag in found if flag not in QUIET_FLAGS)
    return list(dict.fromkeys(told))


def figure(value: object) -> str:
    """A measured figure with three digits; what nobody measured is a dash."""
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


def difference(line: Mapping[str, Any]) -> str:
    """The difference of two models with its interval."""
    told = line.get("difference")
    if not isinstance(told, dict) or not isinstance(told.get("value"), int | float):
        return "–"
    return f"{told['value']:+.3f} [{figure(told.get('low'))}, {figure(told.get('high'))}]"


def outcome(line: Mapping[str, Any]) -> str:
    """A line of the gate's report in words."""
    if line.get("worse"):
        return "worse, and not by chance"
    if line.get("better"):
        return "better, and not by chance"
    told = line.get("difference") or {}
    ends = [one for one in (told.get("low"), told.get("high")) if isinstance(one, int | float)]
    apart = len(ends) > 1 and (ends[0] > 0 or ends[1] < 0)
    return "a difference, not by chance" if apart else "no difference shown"


FILTERS: dict[str, Callable[..., Any]] = {
    "answer_lines": answer_lines,
    "count": count,
    "css": lambda kind: CSS.get(kind, "plain"),
    "day": day,
    "difference": difference,
    "figure": figure,
    "findable": findable,
    "flag": flag_text,
    "flags": flags,
    "lasting": lasting,
    "likelier": likelier,
    "listed": listed,
    "moments": moments,
    "outcome": outcome,
    "part": part,
    "percent": percent,
    "shown_rows": shown_rows,
    "silent": silent,
    "sentence": lambda event: sentence(event.kind, event.told),
    "sign": lambda kind: SIGNS.get(kind, ""),
    "state": lambda state: STATES.get(state, state),
    "usable": usable,
    "when": when,
}
