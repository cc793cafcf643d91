"""Whether, and after how long, a request is made again. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from reid.errors import ConfigError

NOT_BEGUN = frozenset({"busy", "not-ready", "too-many"})
"""Refusals before any work: every request may be made again after these."""

GATEWAYS = frozenset({502, 503, 504})
"""What a proxy says when the service behind it does not answer."""


@dataclass(frozen=True, slots=True)
class Retries:
    """``tries`` in all, with pauses that double from ``first_s`` to ``longest_s``; no pause is
    begun that would end later than ``total_s`` after the first try.

    ``tries=1``: never again. What the service asks for (Retry-After) is kept. A part of each pause
    is left to chance, so that clients which were refused together do not come back together.
    """

    tries: int = 6
    first_s: float = 0.5
    longest_s: float = 30.0
    total_s: float = 300.0
    chance: Callable[[], float] = field(default=random.random, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, least in (("tries", 1), ("first_s", 0), ("longest_s", 0), ("total_s", 0)):
            found = getattr(self, name)
            if found < least:
                raise ConfigError(f"{name}: expected at least {least}, found {found}")

    def pause_s(self, tried: int, spent_s: float, asked_s: float | None = None) -> float | None:
        """Seconds to wait after ``tried`` tries in vain; None: give up.

        ``asked_s`` is what the service asked for.
        """
        if tried >= self.tries:
            return None
        own = min(self.longest_s, self.first_s * 2 ** (tried - 1)) * (0.5 + self.chance() / 2)
        pause = max(own, asked_s or 0.0)
        return pause if spent_s + pause <= self.total_s else None


NEVER = Retries(tries=1)


def may_repeat(*, repeatable: bool, kind: str | None, status: int) -> bool:
    """Whether a refused request may be made again.

    ``repeatable``: twice does no more than once. ``kind`` None: no problem of this service.
    """
    if kind in NOT_BEGUN:
        return True
    return repeatable and status in GATEWAYS
