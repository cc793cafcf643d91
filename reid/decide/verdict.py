"""From the evidence of every pair of sightings to groupings and verdicts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reid.decide.animals import count_animals
from reid.decide.bridges import STRONG, bridges, conflicts
from reid.decide.decision import Decision, PairCase
from reid.decide.links import Links, likelihood_ratio, links_of
from reid.decide.partitions import Posterior, posterior
from reid.decide.reasons import reasons
from reid.decide.settle import would_settle
from reid.errors import ConfigError
from reid.types import (
    Grouping,
    PairVerdict,
    PreparedAnnotation,
    PriorPoint,
    SightingPairEvidence,
    VerdictKind,
)
from reid.types.checks import require

PRIORS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MAX_GROUPINGS = 52
"""Groupings handed back: all 52 of five sightings, the likeliest of more."""

Curves = tuple[tuple[float, NDArray[np.float64]], ...]


def decide(
    sighting_ids: Sequence[str],
    pairs: Sequence[SightingPairEvidence],
    *,
    annotations: Sequence[PreparedAnnotation] = (),
    prior_same: float = 0.5,
    max_error: float = 0.01,
) -> Decision:
    """Which of the sightings show the same animal, with what probability and why.

    ``pairs`` holds the evidence of every pair once, in any order; ``annotations`` serve only for
    the words. ``prior_same`` is the prior probability that two sightings are one animal
    (`reid.decide.ewens`); ``max_error`` the error rate allowed for "same" and "different".

    Raises:
        InputError: for no sightings, repeated ids, or pairs that are missing or unknown.
        ConfigError: for a prior outside (0, 1) or an error rate outside (0, 0.5).
    """
    require(
        0 < max_error < 0.5,
        f"max_error: expected more than 0 and less than 0.5, found {max_error}; 0.01 is 1 %",
        ConfigError,
    )
    links = links_of(sighting_ids, pairs)
    found = posterior(links.llr, prior_same)
    curves: Curves = tuple((p, posterior(links.llr, p).pair_probability()) for p in PRIORS)
    cases = _cases(links, found.pair_probability(), curves, annotations, prior_same, max_error)
    verdicts = tuple(_verdict(case) for case in cases)
    return Decision(
        links.ids,
        _groupings(links.ids, found),
        found.exact,
        verdicts,
        count_animals(links, verdicts, found),
        prior_same,
        max_error,
        _flags(cases, found.exact),
    )


def kind_of(probability: float, evidence: float, max_error: float) -> VerdictKind:
    """The verdict for a pair that can be compared.

    ``probability`` of "same" under the prior; ``evidence`` natural log without it. Both must
    reach the error rate: a prior can hold an answer back, never make one.
    """
    sure = math.log((1 - max_error) / max_error) - 1e-9
    if probability >= 1 - max_error - 1e-12 and evidence >= sure:
        return VerdictKind.SAME
    if probability <= max_error + 1e-12 and evidence <= -sure:
        return VerdictKind.DIFFERENT
    return VerdictKind.INCONCLUSIVE


def _cases(
    links: Links,
    same: NDArray[np.float64],
    curves: Curves,
    annotations: Sequence[PreparedAnnotation],
    prior_same: float,
    max_error: float,
) -> list[PairCase]:
    contradictions = conflicts(links)
    cases = []
    for i, j in itertools.combinations(range(len(links.ids)), 2):
        evidence = likelihood_ratio(links.llr, i, j)
        via = _bridges(links, i, j, max_error)
        names = {links.ids[i], links.ids[j]}
        curve = tuple(PriorPoint(p, float(table[i, j])) for p, table in curves)
        answer = [_kind(links, i, j, p.probability, evidence, max_error, via) for p in curve]
        case = PairCase(
            pair=links.pairs[i, j],
            kind=_kind(links, i, j, float(same[i, j]), evidence, max_error, via),
            probability=float(same[i, j]),
            evidence=evidence,
            bridged_by=via,
            prior_same=prior_same,
            max_error=max_error,
            prior_curve=curve,
            answers=tuple(zip(PRIORS, answer, strict=True)),
            conflicts=tuple(c for c in contradictions if names <= set(c)),
            annotations=tuple(a for a in annotations if a.sighting_id in names),
        )
        cases.append(case)
    return cases


def _bridges(links: Links, i: int, j: int, max_error: float) -> tuple[str, ...]:
    """Bridges, where the two do not decide it by themselves."""
    alone = abs(links.llr[i, j]) >= math.log((1 - max_error) / max_error)
    return () if alone else bridges(links, i, j)


def _kind(
    links: Links,
    i: int,
    j: int,
    probability: float,
    evidence: float,
    max_error: float,
    via: tuple[str, ...],
) -> VerdictKind:
    pair, direct = links.pairs[i, j], links.llr[i, j]
    if pair.withheld:
        return VerdictKind.INCONCLUSIVE
    if not pair.comparable and not via:
        return VerdictKind.NOT_COMPARABLE
    if abs(direct) >= STRONG and direct * evidence < 0:  # never against its own strong evidence
        return VerdictKind.INCONCLUSIVE
    return kind_of(probability, evidence, max_error)


def _verdict(case: PairCase) -> PairVerdict:
    nothing = case.kind is VerdictKind.NOT_COMPARABLE
    return PairVerdict(
        a=case.pair.a,
        b=case.pair.b,
        kind=case.kind,
        probability=None if nothing else case.probability,
        direct_llr=case.pair.llr,
        prior_curve=() if nothing else case.prior_curve,
        reasons=reasons(case),
        would_settle=would_settle(case),
        bridged_by=case.bridged_by,
    )


def _groupings(ids: tuple[str, ...], found: Posterior) -> tuple[Grouping, ...]:
    likeliest = np.argsort(-found.probability, kind="stable")[:MAX_GROUPINGS]
    return tuple(
        Grouping(groups_of(ids, found.labels[row]), float(found.probability[row]))
        for row in likeliest
    )


def groups_of(ids: tuple[str, ...], labels: NDArray[np.int16]) -> tuple[tuple[str, ...], ...]:
    """The ids (n) shared among animals as the labels (n,) say, in order of appearance."""
    groups: dict[int, list[str]] = {}
    for name, label in zip(ids, labels, strict=True):
        groups.setdefault(int(label), []).append(name)
    return tuple(tuple(group) for group in groups.values())


def _flags(cases: list[PairCase], exact: bool) -> tuple[str, ...]:
    found = {
        "one-sighting": not cases,
        "approximate": not exact,
        "conflict": any(case.conflicts for case in cases),
        "withheld": any(case.pair.withheld for case in cases),
        "prior-sensitive": any(len({k for _, k in case.answers}) > 1 for case in cases),
    }
    return tuple(name for name, present in found.items() if present)
