"""When an identification may stop: its answer cannot change any more. Pure.

The rule. Candidates are verified in the order of `reid.pipeline.proposing`. After the head (the
best of every route) was looked at, and the last ``patience`` candidates showed no evidence of
sameness (a log-likelihood ratio above 0, or a copy), the rest is taken to show none either: each
of their individuals can have a ratio from 0 (excluded) to 1. Where every such outcome gives the
same kind of answer and the same name, the rest is not looked at.

The order makes the assumption good: on tigers the first true picture was among the first 10 of
both routes' shortlists for 97.2 % of the queries and anywhere in them for 97.6 %, on nyala for 71
and 76 % (250 queries each, leave one out; `python -m training.benchmarking.routes`).

What was not looked at keeps a ratio of 1 in the probability that is reported: its whole prior.
So stopping never makes an answer surer than looking on without finding anything would.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from reid.pipeline.naming import name_from


@dataclass(frozen=True, slots=True)
class Looked:
    """A verified candidate: ``llr`` is None where the pictures could not be compared.

    ``withheld``: a control matched as well, so the ratio counts as 1.
    """

    individual: str
    llr: float | None
    copy: bool = False
    withheld: bool = False

    @property
    def evidence(self) -> bool:
        """Whether it speaks for sameness, or is a copy."""
        return self.copy or (self.llr is not None and self.llr > 0)


def best_of(looked: Sequence[Looked]) -> dict[str, float]:
    """The best log-likelihood ratio of each individual that could be compared."""
    best: dict[str, tuple[float, bool]] = {}
    for one in looked:
        if one.llr is not None and one.llr > best.get(one.individual, (-math.inf, False))[0]:
            best[one.individual] = one.llr, one.withheld
    return {name: 0.0 if withheld else llr for name, (llr, withheld) in best.items()}


def bounded(best: Mapping[str, float], waiting: Collection[str]) -> dict[str, float]:
    """``best`` with what is known of individuals of whom a candidate was not looked at.

    Nothing against them counts: the sighting that was not looked at might be the one that shows
    the same flank as well.
    """
    return {name: max(llr, 0.0) if name in waiting else llr for name, llr in best.items()}


def settled(
    looked: Sequence[Looked],
    waiting: Collection[str],
    known: int,
    *,
    head: int,
    patience: int,
    prior_known: float,
    max_error: float,
) -> bool:
    """Whether the rest need not be looked at.

    Args:
        looked: what was verified so far, in order.
        waiting: individuals of the candidates that were proposed and not verified yet.
        known: how many individuals the catalogue holds.
        head: how many candidates have to be looked at in any case.
        patience: how many without evidence, at the end of ``looked``, are enough; 0: never.
        prior_known: as in `name_from`.
        max_error: as in `name_from`.
    """
    if not patience or len(looked) < max(head, patience):
        return False
    if any(one.evidence for one in looked[-patience:]):
        return False
    best, ask = best_of(looked), {"prior_known": prior_known, "max_error": max_error}
    if not best:
        return False  # the next may be the first that can be compared
    now = name_from(bounded(best, waiting), known, **ask)
    # the rest excluded: whoever leads then has all the probability that the rest leaves
    excluded = {name: -math.inf for name in waiting if name not in best}
    then = name_from({**best, **excluded}, known, **ask)
    return (now.kind, now.individual) == (then.kind, then.individual)
