"""Prior over ways of grouping sightings: the Ewens distribution.

Ewens (1972), *The sampling theory of selectively neutral alleles*, Theor. Popul. Biol. 3:87-112;
as a sequential scheme it is the Chinese restaurant process (Aldous 1985). It has one parameter,
``theta``; it does not depend on the order of the sightings (exchangeable) nor on how many others
there are (consistent), and two sightings are the same animal with probability 1 / (1 + theta).
So one stated number, the prior probability of "same" for a pair, fixes the prior over groupings.
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


def block_sizes(labels: NDArray[np.int16]) -> NDArray[np.int64]:
    """Sizes of the groups, (m, n), of partitions ``labels`` (m, n); 0 where there is no group."""
    n = labels.shape[1]
    return np.stack([(labels == block).sum(axis=1) for block in range(n)], axis=1)


def log_prior(sizes: NDArray[np.int64], theta: float) -> NDArray[np.float64]:
    """Log prior (m,) of partitions with group sizes ``sizes`` (m, n), zeros for absent groups.

    theta^k * prod (size - 1)! / (theta (theta + 1) ... (theta + n - 1)).
    """
    n = sizes.shape[1]
    rising = gammaln(theta + n) - gammaln(theta)
    orders = np.where(sizes > 0, gammaln(np.maximum(sizes, 1)), 0.0).sum(axis=1)
    result: NDArray[np.float64] = (sizes > 0).sum(axis=1) * math.log(theta) + orders - rising
    return result
