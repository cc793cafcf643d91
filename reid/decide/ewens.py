"""Prior over ways of grouping sightings: the Ewens distribution.

Ewens (1972), *The sampling theory of selectively neutral alleles*, Theor. Popul. Biol. 3:87-112;
as a sequential scheme it is the Chinese restaurant process (Aldous 1985). It has one parameter,
``theta``; it does not depend on the order of the sightings (exchangeable) nor on how many others
there are (consistent), and two sightings are the same animal with probability 1 / (1 + theta).
So one stated number, the prior probability of "same" for a pair, fixes the prior over groupings.

Taken by sightings, it lets large groups swallow each other: with nothing known between four
sightings of a left flank and two of a right one it says "one animal" at 20 to 1, since it would be
a chance that two animals, met at random, showed a side each. Stations are no random meetings: each
has its side, and its animals. So the prior counts animals and not their pictures: sightings that
the pictures tie together weigh as one (`shares`), and between two such groups it says what was
stated.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from reid.errors import ConfigError
from reid.types.checks import require


def theta_of(prior_same: float) -> float:
    """The Ewens parameter for which a pair is the same with probability ``prior_same``.

    Raises:
        ConfigError: unless 0 < prior_same < 1.
    """
    require(
        math.isfinite(prior_same) and 0 < prior_same < 1,
        f"prior_same: expected a probability between 0 and 1, both excluded, found {prior_same}; "
        "0.5 prefers neither answer",
        ConfigError,
    )
    return (1 - prior_same) / prior_same


def shares(llr: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., n) what each sighting counts of an animal: 1 alone, half where another is surely it.

    ``llr`` (..., n, n) natural log. One over the sum of what ties it to every sighting, itself
    included: the square of tanh(x / 2) of the widest chain of evidence for sameness, which is how
    far the probability of "same" lies above even. (Squared, little evidence ties nothing; without
    the square, more evidence for a pair could lower its probability by a hair.)
    """
    width = np.maximum(llr, 0.0)
    for k in range(llr.shape[-1]):
        width = np.maximum(width, np.minimum(width[..., :, k, None], width[..., None, k, :]))
    tied = np.tanh(width / 2) ** 2
    itself = np.eye(llr.shape[-1], dtype=bool)
    result: NDArray[np.float64] = 1 / np.where(itself, 1.0, tied).sum(axis=-1)
    return result


def block_sizes(
    labels: NDArray[np.int16], share: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Sizes of the groups, (..., m, n), of partitions ``labels`` (m, n); 0 where there is none.

    ``share`` (..., n): what each sighting counts, 1 if not given.
    """
    n = labels.shape[1]
    counts = np.ones(n) if share is None else share
    inside = [(labels == block).astype(np.float64) for block in range(n)]
    return np.stack([counts @ block.T for block in inside], axis=-1)


def log_prior(sizes: NDArray[np.float64], theta: float) -> NDArray[np.float64]:
    """Log prior (..., m) of partitions with group ``sizes`` (..., m, n), 0 for absent groups.

    theta^k * prod (size - 1)! / (theta (theta + 1) ... (theta + n - 1)), whose sum is 1 where
    sightings count 1 each.
    """
    n = sizes.shape[-1]
    rising = gammaln(theta + n) - gammaln(theta)
    orders = log_orders(sizes).sum(axis=-1)
    result: NDArray[np.float64] = (sizes > 0).sum(axis=-1) * math.log(theta) + orders - rising
    return result


def log_orders(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of (size - 1)!, by the gamma function between whole sizes; 0 up to 2 as for 1 and 2."""
    result: NDArray[np.float64] = gammaln(np.maximum(sizes, 2.0))
    return result
