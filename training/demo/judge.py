"""The answers against the known truth: not knowing is fine, a wrong claim is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def wrong_verdicts(verdicts: Iterable[Mapping[str, Any]], truth: Mapping[str, str]) -> list[str]:
    """Every "same" of two animals and every "different" of one, in words."""
    wrong = []
    for verdict in verdicts:
        a, b, said = verdict["a"], verdict["b"], verdict["verdict"]
        same = truth[a] == truth[b]
        if (said == "same" and not same) or (said == "different" and same):
            wrong.append(f"{a} and {b} were called {said}, and they are not")
    return wrong


def wrong_identity(
    answer: Mapping[str, Any], truth: Mapping[str, str], enrolled: Iterable[str]
) -> list[str]:
    """A wrong name, or "new" for an animal that is enrolled, in words."""
    sighting = answer["sighting_id"]
    who = truth[sighting]
    if answer["kind"] == "individual" and answer["individual"] != who:
        return [f"{sighting} was called {answer['individual']}, and it is {who}"]
    if answer["kind"] == "new" and who in {truth[one] for one in enrolled}:
        return [f"{sighting} was called new, and it is {who}, who was enrolled"]
    return []
