"""From all evidence of a batch to proposals: which sightings may be one animal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reid.batch.options import BatchOptions
from reid.batch.siblings import counts
from reid.decide.blocks import ProposedGroup, propose_groups

UNKNOWN = "unknown {}"


def links_of(
    matched: Iterable[tuple[str, Mapping[str, Any]]],
) -> dict[tuple[str, str], float]:
    """Evidence by pair of sightings, each once; pairs that cannot be compared say nothing."""
    links: dict[tuple[str, str], float] = {}
    for a, result in matched:
        for edge in result["edges"]:
            if counts(edge):
                links.setdefault((min(a, edge["b"]), max(a, edge["b"])), float(edge["llr"]))
    return links


def group_sightings(
    ids: Sequence[str],
    links: Mapping[tuple[str, str], float],
    named: Mapping[str, str],
    options: BatchOptions,
) -> list[dict[str, Any]]:
    """The proposed animals as plain values, numbered in the order of ``ids``.

    ``named`` are sightings that the catalogue search gave a name. A group takes a name that its
    sightings agree on; two names in one group contradict each other, and it is told.
    """
    found = propose_groups(ids, links, prior_same=options.prior_same, max_error=options.max_error)
    numbers = iter(range(1, len(found) + 1))
    return [_plain(group, named, numbers) for group in found]


def _plain(group: ProposedGroup, named: Mapping[str, str], numbers: Any) -> dict[str, Any]:
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
