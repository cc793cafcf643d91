"""From all evidence of a batch to proposals: which sightings may be one animal. Pure."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reid.batch.options import BatchOptions
from reid.batch.siblings import counts
from reid.decide.blocks import ProposedGroup, propose_groups

UNKNOWN = "unknown {}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What grouping needs of the results of matching, which can be let go one by one.

    ``links`` by pair of sightings, each once; ``named`` are those that the catalogue search gave
    a name.
    """

    ids: list[str] = field(default_factory=list)
    links: dict[tuple[str, str], float] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def add(self, sighting_id: str, result: Mapping[str, Any]) -> None:
        """Take in a result; pairs that cannot be compared say nothing."""
        a = sys.intern(sighting_id)
        for edge in result["edges"]:
            if counts(edge) and edge["llr"]:
                b = sys.intern(edge["b"])  # a name is met in many results and kept once
                self.links.setdefault((min(a, b), max(a, b)), float(edge["llr"]))
        if result["identity"]["kind"] == "individual":
            self.named[a] = result["identity"]["individual"]


def group_sightings(evidence: Evidence, options: BatchOptions) -> Iterator[dict[str, Any]]:
    """The proposed animals as plain values, numbered in the order of the sightings.

    A group takes a name that its sightings agree on; two names in one group contradict each
    other, and it is told.
    """
    found = propose_groups(
        evidence.ids, evidence.links, prior_same=options.prior_same, max_error=options.max_error
    )
    numbers = itertools.count(1)
    return (_plain(group, evidence.named, numbers) for group in found)


def _plain(
    group: ProposedGroup, named: Mapping[str, str], numbers: Iterator[int]
) -> dict[str, Any]:
    names = sorted({named[name] for name in group.members if name in named})
    label = names[0] if len(names) == 1 else UNKNOWN.format(next(numbers))
    return {
        "label": label,
        "individual": names[0] if len(names) == 1 else None,
        "contradicts": names if len(names) > 1 else [],
        "members": list(group.members),
        "probability": group.probability,
        "exact": group.exact,
        "perhaps": [list(pair) for pair in group.perhaps],
        "conflict": [list(pair) for pair in group.conflict],
    }
