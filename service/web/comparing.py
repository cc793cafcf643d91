"""A stored comparison as its page shows it: pairs with their evidence and controls together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPEN_PAIRS = 6
"""Of more pairs only the headings are open."""

Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PairShown:
    """The verdict on two sightings (its JSON form), its evidence, the worst of each control."""

    anchor: str
    verdict: Form
    evidence: Form | None
    controls: list[Form]

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """(flank, name) of the best pair of each flank."""
        flanks = () if self.evidence is None else self.evidence["flanks"]
        return [(one["flank"], one["picture"]) for one in flanks]


def pairs_of(result: Form) -> list[PairShown]:
    """All pairs of a comparison's JSON form: the definite ones first, then by what they say."""
    evidence = {frozenset((one["a"], one["b"])): one for one in result["evidence"]}
    shown = [
        PairShown(f"pair-{number}", verdict, found, controls_of(found))
        for number, verdict in enumerate(result["verdicts"])
        for found in [evidence.get(frozenset((verdict["a"], verdict["b"])))]
    ]
    order = ("same", "different", "inconclusive", "not comparable")
    return sorted(shown, key=lambda pair: order.index(pair.verdict["verdict"]))


def controls_of(evidence: Form | None) -> list[Form]:
    """The worst outcome of each control over all pictures of a pair; a failed one is worse."""
    worst: dict[str, Form] = {}
    for control in [c for pair in (evidence or {}).get("pairs", ()) for c in pair["controls"]]:
        before = worst.get(control["name"])
        if before is None or (before["passed"] and not control["passed"]):
            worst[control["name"]] = control
    return list(worst.values())
