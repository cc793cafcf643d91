"""Answers over HTTP held against the truth, and against what was said that would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from reid.client.results import Identification

TOLERANCE = 0.05
EXACT = 1e-6


def checked(
    changes: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    """Every line of the consequences against what the service said under each bundle, for
    ``verdicts`` and ``named``: how many ``lines``, which are ``wrong`` (they say something else, or
    are of a question that nobody asked), and which questions moved and are ``missing``.
    """
    by_about: dict[str, dict[str, Any]] = {"verdict": {}, "identification": {}}
    for one in changes["changes"]:
        pair = one["about"] == "verdict"
        by_about[one["about"]]["|".join((one["a"], one["b"])) if pair else one["a"]] = one
    return {
        "verdicts": _held(by_about["verdict"], before["verdicts"], after["verdicts"], _verdict),
        "named": _held(by_about["identification"], before["named"], after["named"], _named),
    }


Values = tuple[tuple[Any, ...], float | None]
"""What two answers must have in common, and their probability."""


def _held(
    lines: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    told: Callable[[dict[str, Any], dict[str, Any]], Values],
) -> dict[str, Any]:
    wrong, missing = sorted(set(lines) - set(before)), []
    for question, old in before.items():
        found, line = (told(old, old), told(after[question], old)), lines.get(question)
        if line is None:
            missing += [] if _alike(*found, within=TOLERANCE + EXACT) else [question]
            continue
        said = (_said(line, "before"), _said(line, "after"))
        agreed = all(_alike(*both, within=EXACT) for both in zip(said, found, strict=True))
        wrong += [] if agreed else [question]
    return {"lines": len(lines), "wrong": wrong, "missing": missing}


def _said(line: dict[str, Any], when: str) -> Values:
    """What a line says was answered."""
    told = line[when]
    if line["about"] == "verdict":
        return (told["kind"],), told["probability"]
    return tuple(told[k] for k in ("kind", "individual", "best", "rank")), told["probability"]


def _verdict(answer: dict[str, Any], _: dict[str, Any]) -> Values:
    return (answer["verdict"],), answer["probability"]


def _named(answer: dict[str, Any], before: dict[str, Any]) -> Values:
    """Watched is the place of who came first before: nobody has named those asked about."""
    rank = answer["ranks"].get(before["best"])
    return (answer["kind"], answer["individual"], answer["best"], rank), answer["probability"]


def _alike(one: Values, other: Values, *, within: float) -> bool:
    if one[0] != other[0] or (one[1] is None) != (other[1] is None):
        return False
    return one[1] is None or other[1] is None or abs(one[1] - other[1]) <= within


def answered(answer: Identification) -> dict[str, Any]:
    """What of an identification is compared: answer, first candidate, everybody's place."""
    return {
        "kind": answer.kind,
        "individual": answer.individual,
        "probability": answer.probability,
        "best": answer.candidates[0].individual if answer.candidates else None,
        "ranks": {str(one.individual): one.retrieval_rank for one in answer.candidates},
    }


def place_of(answer: Identification, individual: str) -> int | None:
    """Where an individual stands among the candidates, likeliest first; None: it is not there."""
    names = [candidate.individual for candidate in answer.candidates]
    return names.index(individual) + 1 if individual in names else None


def counted(verdicts: dict[str, Any], truth: dict[str, bool]) -> dict[str, int]:
    """Verdicts by what is true and what was said."""
    found = Counter(
        ("same" if truth[pair] else "different") + ": " + one["verdict"]
        for pair, one in verdicts.items()
    )
    return dict(sorted(found.items()))


def named_rightly(named: dict[str, Any], known: dict[str, str]) -> dict[str, int]:
    """Identifications by how right they are; ``known``: who those are that somebody knows."""
    found = Counter[str]()
    for sighting, one in named.items():
        who = known.get(sighting)
        if one["individual"] is not None:
            found["named rightly" if one["individual"] == who else "named wrongly"] += 1
        elif one["kind"] == "new":
            found["new, rightly" if who is None else "new, wrongly"] += 1
        else:
            found["inconclusive"] += 1
        found["known, first among the candidates"] += who is not None and one["place"] == 1
    return dict(sorted(found.items()))


def one_bundle(bundles: set[Any]) -> str:
    """The bundle that gave every answer. Raises RuntimeError: there were several."""
    if len(bundles) != 1:
        raise RuntimeError(f"expected one bundle to answer, found {bundles}")
    return str(next(iter(bundles)))
