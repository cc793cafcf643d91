"""Coats that change: which pictures may differ and still be one animal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from reid.identities.facts import CoatChange


def explains(
    changes: Iterable[CoatChange], a_times: Sequence[datetime], b_times: Sequence[datetime]
) -> bool:
    """Whether a noted change may lie between two sightings of the animal.

    Without a date, of the change or of a sighting, it may: a note can take the weight from a
    difference, it never adds any to a likeness. Camera clocks have no zone, so none is heeded.
    """
    return any(_between(change.since, a_times, b_times) for change in changes)


def _between(
    since: datetime | None, a_times: Sequence[datetime], b_times: Sequence[datetime]
) -> bool:
    if since is None or not a_times or not b_times:
        return True
    cut = since.replace(tzinfo=None)
    sides_a = {at.replace(tzinfo=None) < cut for at in a_times}
    sides_b = {at.replace(tzinfo=None) < cut for at in b_times}
    return len(sides_a | sides_b) > 1
