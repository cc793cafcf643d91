"""Through which sightings an answer came, and where the evidence contradicts itself."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from reid.decide.links import Links, likelihood_ratio, neighbours

MIN_BRIDGE = math.log(2)
"""Evidence through others that is weaker than a factor of two is no bridge."""

BRIDGE_SHARE = 0.25
"""A sighting is a bridge when the evidence falls by this share without it: two equal bridges
carry a half each, so both are named."""

STRONG = math.log(20)
"""Evidence that must not be overruled in silence: 20 times likelier one way than the other."""


def bridges(links: Links, i: int, j: int) -> tuple[str, ...]:
    """Ids of the sightings through which ``i`` and ``j`` are linked, strongest first.

    Recomputes the evidence of the pair without each other sighting.
    """
    near = [i, j, *neighbours(links.llr, i, j)]
    llr = links.llr[np.ix_(near, near)]
    whole = likelihood_ratio(llr, 0, 1)
    side = math.copysign(1, whole)
    falls = {
        near[k]: side * (whole - likelihood_ratio(without(llr, k), 0, 1))
        for k in range(2, len(near))
    }
    least = max(MIN_BRIDGE, BRIDGE_SHARE * abs(whole))
    ranked = sorted((k for k in falls if falls[k] >= least), key=lambda k: -falls[k])
    return tuple(links.ids[k] for k in ranked)


def without(llr: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """The same evidence (n, n) with everything that sighting ``k`` says set to 0."""
    result = llr.copy()
    result[k, :] = result[:, k] = 0.0
    return result


def conflicts(links: Links) -> tuple[tuple[str, str, str], ...]:
    """Triples (a, b, c): a and c match b strongly, yet a and c are strongly different.

    In the order of the sightings, b being the one in the middle.
    """
    n = len(links.ids)
    found = []
    for b in range(n):
        alike = [k for k in range(n) if k != b and links.llr[k, b] >= STRONG]
        for a, c in itertools.combinations(alike, 2):
            if links.llr[a, c] <= -STRONG:
                found.append((links.ids[a], links.ids[b], links.ids[c]))
    return tuple(found)
