"""Readiness of everything that was gathered, tables included."""

from __future__ import annotations

from reid.labels.readiness import Readiness, Shown, readiness_of
from training.data.copies import frame_groups
from training.lab.seen import Gathered, rows_of


def readiness(gathered: Gathered, *, seed: int = 0) -> Readiness:
    """As it would be dealt with this seed; near copies and equal files are one sighting."""
    groups = frame_groups(rows_of(gathered.seen))
    shown = [
        Shown(one.source, one.row.identity, one.rank, one.row.flank, int(group))
        for one, group in zip(gathered.seen, groups, strict=True)
    ]
    return readiness_of(shown, [one.reason for one in gathered.left_out], seed=seed)
