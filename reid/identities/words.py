"""Decisions as people say them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reid.identities.decisions import DecisionKind

MOST_NAMED = 4
LABELS = {
    DecisionKind.CONFIRM: "confirmed",
    DecisionKind.REJECT: "told apart",
    DecisionKind.NEW: "new individual",
    DecisionKind.NOT_IDENTIFIABLE: "not identifiable",
    DecisionKind.WITHDRAW: "withdrawn",
    DecisionKind.MERGE: "merged",
    DecisionKind.SPLIT: "split",
    DecisionKind.RENAME: "renamed",
    DecisionKind.PATTERN_CHANGE: "pattern changed",
    DecisionKind.NO_MATCH: "no match",
    DecisionKind.UNDO: "undone",
}
"""A word or two for each kind of event."""


def sentence(kind: DecisionKind, told: Mapping[str, Any]) -> str:
    """What was decided, in a sentence without an end; ``told`` as `reid.identities.decisions`."""
    match kind:
        case DecisionKind.CONFIRM:
            return f"{told['sighting']} is {told['individual']}"
        case DecisionKind.REJECT:
            return f"{told['a']} and {told['b']} are two animals"
        case DecisionKind.NEW:
            shown = some(told["sightings"])
            return f"{told['name'] or 'an animal'} is new{f', seen in {shown}' if shown else ''}"
        case DecisionKind.NOT_IDENTIFIABLE:
            return f"nobody will tell who {told['sighting']} is"
        case DecisionKind.WITHDRAW:
            return f"who {told['sighting']} is was taken back"
        case DecisionKind.MERGE:
            return f"{told['gone']} is {told['keep']}"
        case DecisionKind.SPLIT:
            other = told["name"] or "another animal"
            return f"{some(told['sightings'])} of {told['individual']}: {other}"
        case DecisionKind.RENAME:
            return f"{told['individual']} is called {told['name']}"
        case DecisionKind.PATTERN_CHANGE:
            since = f" since {told['since'][:10]}" if told["since"] else ""
            return f"the coat of {told['individual']} changed ({told['what']}){since}"
        case DecisionKind.NO_MATCH:
            return f"{told['sighting']} is not {told['individual'] or 'anybody known then'}"
        case DecisionKind.UNDO:
            return f"event {told['event']} was undone"


def some(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Names in a row, the first of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
