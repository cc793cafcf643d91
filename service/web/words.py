"""Values as people read them: filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote


def day(at: datetime | None) -> str:
    """A day and time of the service's clock (UTC), or of a camera's, which has no zone."""
    if at is None:
        return "unknown"
    if at.tzinfo is None:
        return f"{at:%Y-%m-%d %H:%M:%S}"
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def percent(share: float | None) -> str:
    """A share; never 0 % or 100 %, which nobody knows."""
    if share is None:
        return "unknown"
    if share < 0.001:
        return "under 0.1 %"
    if share > 0.999:
        return "over 99.9 %"
    digits = 0 if 0.1 <= share <= 0.9 else 1
    return f"{100 * share:.{digits}f} %"


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


FILTERS: dict[str, Callable[..., str]] = {
    "count": count,
    "day": day,
    "lasting": lasting,
    "part": part,
    "percent": percent,
}
