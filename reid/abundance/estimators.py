"""How many animals there are, those never photographed too: closed populations. Pure.

From how many animals were caught in 1, 2, 3 ... of the occasions. All take the population as
closed, and who is who as known: how unsure that is comes in by doing it for every draw.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scipy.special import gammaln
from scipy.stats import chi2, norm

CONFIDENCE = 0.95
MOST = 1_000_000
"""An end of an interval beyond it is no end."""
ORDERS = 5
Weights = tuple[float, ...]
"""Of animals caught in 1, 2 ... `ORDERS` occasions; those caught oftener weigh one."""


@dataclass(frozen=True, slots=True)
class Caught:
    """``times[j - 1]`` animals were caught in just j of ``occasions``."""

    times: tuple[int, ...]
    occasions: int

    @property
    def animals(self) -> int:
        """How many were caught at all."""
        return sum(self.times)

    @property
    def catches(self) -> int:
        """All their catches, one an occasion."""
        return sum(j * many for j, many in enumerate(self.times, start=1))

    def just(self, j: int) -> int:
        """How many were caught in j occasions."""
        return self.times[j - 1] if 0 < j <= len(self.times) else 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of animals with a 95 % interval for the chance of being photographed.

    ``inf`` where there is no upper end.
    """

    number: float
    low: float
    high: float


def caught(times: Iterable[int], occasions: int) -> Caught:
    """From the number of occasions of every animal."""
    counted = Counter(times)
    return Caught(tuple(counted[j] for j in range(1, max(counted, default=0) + 1)), occasions)


@lru_cache(maxsize=4096)
def equal(one: Caught) -> Estimate:
    """M0: every animal is caught with the same probability in every occasion.

    Otis, Burnham, White & Anderson (1978), *Statistical inference from capture data on closed
    animal populations*, Wildl. Monogr. 62: the whole number N that makes the captures likeliest
    with p = catches / (occasions N); the interval by profile likelihood. Without an end where
    nobody was caught twice: the likelihood then grows for ever.
    """
    n, catches, t = one.animals, one.catches, one.occasions
    if catches == n:
        return _endless(n)

    def fit(number: float) -> float:
        p = catches / (t * number)
        missed = t * number - catches
        told = gammaln(number + 1) - gammaln(number - n + 1) + catches * math.log(p)
        return float(told + (missed * math.log1p(-p) if missed > 0 else 0.0))

    best = _first(lambda k: fit(k + 1) <= fit(k), n)
    least = fit(best) - float(chi2.ppf(CONFIDENCE, 1)) / 2
    low = _first(lambda k: fit(k) >= least, n)
    high = _first(lambda k: fit(k + 1) < least, best)
    return Estimate(best, low, high if high < MOST else math.inf)


def _endless(animals: int) -> Estimate:
    """What can be said of animals of which none came back."""
    return Estimate(math.inf, animals, math.inf) if animals else Estimate(0, 0, 0)


def _first(holds: Callable[[int], bool], start: int) -> int:
    """The first whole number from ``start`` for which it holds, where it then always does."""
    low = high = start
    step = 1
    while high < MOST and not holds(high):
        low, high, step = high + 1, high + step, step * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


@lru_cache(maxsize=4096)
def jackknife(one: Caught) -> Estimate:
    """Mh: animals differ in how easily they are caught; the jackknife over occasions.

    Burnham & Overton (1978), Biometrika 65:625-633, and (1979), Ecology 60:927-936: of orders up
    to five the first from which the next does not differ at 5 %, interpolated with the one before
    by how near to 5 % their tests are. The interval is normal, cut at the animals seen. Without
    an end where nobody was caught twice.
    """
    n, t = one.animals, one.occasions
    if one.catches == n or t < 2:
        return _endless(n)
    orders = [_weights(k, t) for k in range(1, min(ORDERS, t - 1) + 1)]
    weights = _between(one, orders)
    number = _weighed(one, weights)
    squares = sum(w * w * one.just(j) for j, w in enumerate(weights, start=1))
    squares += n - sum(one.just(j) for j in range(1, ORDERS + 1))
    reach = float(norm.ppf((1 + CONFIDENCE) / 2)) * math.sqrt(max(0.0, squares - number))
    return Estimate(max(number, n), max(n, number - reach), max(n, number + reach))


def _between(one: Caught, orders: Sequence[Weights]) -> Weights:
    """The weights of the order that is taken."""
    before = 0.0
    for k in range(len(orders) - 1):
        chance = _chance(one, orders[k], orders[k + 1])
        if chance > 1 - CONFIDENCE:
            if k == 0:
                return orders[0]
            share = (1 - CONFIDENCE - before) / (chance - before)
            pairs = zip(orders[k - 1], orders[k], strict=True)
            return tuple((1 - share) * low + share * high for low, high in pairs)
        before = chance
    return orders[-1]


def _chance(one: Caught, order: Weights, after: Weights) -> float:
    """Of so large a difference between two orders, were there none."""
    n = one.animals
    steps = [b - a for a, b in zip(order, after, strict=True)]
    change = sum(step * one.just(j) for j, step in enumerate(steps, start=1))
    spread = sum(step * step * one.just(j) for j, step in enumerate(steps, start=1))
    variance = (spread - change**2 / n) * n / (n - 1) if n > 1 else 0.0
    return 2 * float(norm.sf(abs(change) / math.sqrt(variance))) if variance > 1e-12 else 1.0


def _weighed(one: Caught, weights: Weights) -> float:
    """Animals caught oftener than the order weigh one."""
    more = one.animals - sum(one.just(j) for j in range(1, len(weights) + 1))
    return more + sum(w * one.just(j) for j, w in enumerate(weights, start=1))


@lru_cache(maxsize=4096)
def _weights(order: int, t: int) -> Weights:
    """What an animal caught in 1, 2 ... 5 occasions weighs: the mean over occasions left out.

    With i of t occasions left out, one caught in j is still seen unless all j are among them.
    """
    found = []
    for j in range(1, ORDERS + 1):
        lost = sum(
            (-1) ** i * math.comb(order, i) * (t - i) ** order * _all_left_out(j, i, t)
            for i in range(j, order + 1)
        )
        found.append(1 - lost / math.factorial(order))
    return tuple(found)


def _all_left_out(j: int, i: int, t: int) -> float:
    return math.comb(t - j, i - j) / math.comb(t, i) if j <= i <= t else 0.0


@lru_cache(maxsize=4096)
def lower_bound(one: Caught) -> Estimate:
    """Chao's lower bound: at least so many, however animals differ.

    Chao (1987), Biometrics 43:783-791, in the bias-corrected form for t occasions, n + A f1 (f1 -
    1) / (2 (f2 + 1)) with A = (t - 1) / t; variance and log-normal interval as in Colwell (2013),
    EstimateS 9.1, appendix B.
    """
    n, t = one.animals, one.occasions
    f1, f2, a = one.just(1), one.just(2), (t - 1) / t
    unseen = a * f1 * (f1 - 1) / (2 * (f2 + 1))
    if unseen == 0:
        return Estimate(n, n, n)
    number = n + unseen
    if f2:
        variance = (
            unseen
            + a**2 * f1 * (2 * f1 - 1) ** 2 / (4 * (f2 + 1) ** 2)
            + a**2 * f1**2 * f2 * (f1 - 1) ** 2 / (4 * (f2 + 1) ** 4)
        )
    else:
        variance = unseen + a**2 * f1 * (2 * f1 - 1) ** 2 / 4 - a**2 * f1**4 / (4 * number)
    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    factor = math.exp(z * math.sqrt(math.log1p(max(0.0, variance) / unseen**2)))
    return Estimate(number, n + unseen / factor, n + unseen * factor)


ESTIMATORS: dict[str, Callable[[Caught], Estimate]] = {
    "M0": equal,
    "Mh-jackknife": jackknife,
    "Chao": lower_bound,
}
