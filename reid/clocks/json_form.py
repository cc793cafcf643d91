"""Corrections, times and suspicions as JSON says them: one form for commands and HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reid.clocks.correction import Correction
from reid.clocks.ledger import Entry, Ledger
from reid.clocks.suspects import Suspect
from reid.types import CandidateTime


def correction_json(one: Correction) -> dict[str, Any]:
    """``shift_s`` null: morning and afternoon change places."""
    return {
        "kind": one.kind.value,
        "station": one.station,
        "camera": one.camera,
        "shift_s": one.shift_s,
        "first": one.first.isoformat() if one.first else None,
        "last": one.last.isoformat() if one.last else None,
        "told": dict(one.told),
        "words": one.words,
    }


def entry_json(one: Entry, ledger: Ledger) -> dict[str, Any]:
    """An entry, and whether it holds."""
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "by": one.by,
        "why": one.why,
        "correction": correction_json(one.correction) if one.correction else None,
        "undoes": one.undoes,
        "holds": one in ledger.standing,
    }


def times_json(times: Iterable[CandidateTime]) -> list[dict[str, Any]]:
    """Times with what the clock wrote, where they were corrected."""
    return [
        {
            "at": time.at.isoformat(),
            "source": time.source,
            "written": time.written.isoformat() if time.written else None,
            "correction": time.correction,
        }
        for time in times
    ]


def suspect_json(one: Suspect) -> dict[str, Any]:
    """What speaks against a clock."""
    return {
        "station": one.station,
        "camera": one.camera,
        "kind": one.kind,
        "words": one.words,
        "correction": correction_json(one.correction) if one.correction else None,
    }
