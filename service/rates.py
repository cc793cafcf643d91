"""Token buckets: so many a minute, and as many at once after a pause."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_REMEMBERED = 10_000


class Buckets:
    """A bucket for each name, kept in this process alone: two processes allow twice as much.

    Call it from one thread (the event loop's). ``per_minute`` 0: no limit.
    """

    def __init__(
        self, *, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_s, self.burst = per_minute / 60, float(burst)
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> int:
        """Take a token; 0, or the whole seconds after which there is one again."""
        if self.per_s <= 0:
            return 0
        tokens = self._tokens(name)
        if tokens >= 1:
            self._keep(name, tokens - 1)
            return 0
        self._keep(name, tokens)
        return max(1, math.ceil((1 - tokens) / self.per_s))

    def give_back(self, name: str) -> None:
        """Put a token back that turned out not to be needed."""
        self._keep(name, min(self.burst, self._tokens(name) + 1))

    def _tokens(self, name: str) -> float:
        tokens, at = self._held.get(name, (self.burst, self._clock()))
        return min(self.burst, tokens + (self._clock() - at) * self.per_s)

    def _keep(self, name: str, tokens: float) -> None:
        self._held[name] = tokens, self._clock()
        self._held.move_to_end(name)
        while len(self._held) > MOST_REMEMBERED:
            self._held.popitem(last=False)
