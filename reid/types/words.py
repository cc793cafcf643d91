"""Numbers and lists as people read them: one wording for decide and evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence

MOST = 1e6
"""Factors beyond this are not told: no calibration set can tell a million from ten million."""


def percent(probability: float) -> str:
    """A probability in words, "62 %", with care at both ends."""
    if probability > 0.999:
        return "more than 99.9 %"
    if probability < 0.001:
        return "less than 0.1 %"
    digits = 1 if min(probability, 1 - probability) < 0.05 else 0
    return f"{round(100 * probability, digits):g} %"


def times(factor: float) -> str:
    """A factor above 1 with two meaningful digits: "1.6 times", "about 2,300 times"."""
    if factor >= MOST:
        return "more than a million times"
    if factor < 10:
        return f"{factor:.1f} times"
    size = 10 ** (math.floor(math.log10(factor)) - 1)
    return f"about {round(factor / size) * size:,} times"


def likelier(llr: float) -> str:
    """What a log-likelihood ratio (natural log) says, in words."""
    factor = math.exp(min(abs(llr), 50.0))
    if factor < 1.5:
        return "about as likely if they are one animal as if they are two"
    which = "one animal" if llr > 0 else "two different animals"
    return f"{times(factor)} more likely if they are {which}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
