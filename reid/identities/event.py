"""A decision as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reid.identities.decisions import DecisionKind
from reid.identities.ground import Change
from reid.identities.subjects import Subject


@dataclass(frozen=True, slots=True)
class Said:
    """Around a decision: who, why, what they were shown, and which versions they saw.

    ``shown`` is JSON: digests of verdicts, candidates, filters. ``seen`` gives the version of
    each subject as the person saw it; with another version now the decision is refused.
    """

    by: str
    why: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[Subject, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One decision in the history; ``number`` counts from 1, ``at`` (UTC) never goes back.

    ``told`` is the decision in JSON, names as they were.
    """

    number: int
    at: datetime
    kind: DecisionKind
    told: Mapping[str, Any]
    said: Said
    changes: tuple[Change, ...] = field(default=(), repr=False)
