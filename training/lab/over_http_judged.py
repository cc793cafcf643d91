"""Answers over HTTP held against the truth, and against what was said that would change."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reid.client.results import Identification

TOLERANCE = 0.05


def checked(
    changes: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    """Every line of the consequences against what the service said under each bundle: which lines
    say something else, and which verdicts moved and have no line.
    """
    lines = {
        "|".join((one["a"], one["b"])): one
        for one in changes["changes"]
        if one["about"] == "verdict"
    }
    wrong, missing = [], []
    for pair, old in before["verdicts"].items():
        new, line = after["verdicts"][pair], lines.get(pair)
        if line is None:
            missing += [pair] if _moved(old, new) else []
            continue
        said = [(line[k]["kind"], line[k]["probability"]) for k in ("before", "after")]
        found = [(one["verdict"], one["probability"]) for one in (old, new)]
        wrong += [] if all(map(_alike, said, found)) else [pair]
    return {"lines": len(lines), "wrong": wrong, "missing": missing}


def _moved(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if old["verdict"] != new["verdict"]:
        return True
    both = old["probability"], new["probability"]
    return None not in both and abs(both[0] - both[1]) > TOLERANCE + 1e-6


def _alike(a: tuple[str, float | None], b: tuple[str, float | None]) -> bool:
    if a[0] != b[0] or (a[1] is None) != (b[1] is None):
        return False
    return a[1] is None or b[1] is None or abs(a[1] - b[1]) < 1e-6


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
