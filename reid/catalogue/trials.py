"""How a bundle stands against the one that serves: by its newest trial, and of whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class TrialState(StrEnum):
    """What the newest trial says of a promotion now."""

    SERVES = "serves"  # nothing to promote
    NONE = "none"  # never tried
    OTHER = "other"  # tried, against another bundle than the one that serves
    REFUSED = "refused"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Trial:
    """``words`` say what speaks against serving, behind "it"; "" where nothing does."""

    state: TrialState
    words: str = ""


def trial_of(report: Mapping[str, Any] | None, serving: Mapping[str, str]) -> Trial:
    """The newest report of a bundle against the bundle that serves (``name, version, sha256``).

    A report counts for the very content that it was made against: it says nothing of a bundle
    that came later, and one that does not say against which counts for none.
    """
    champion = f"{serving['name']} {serving['version']}"
    if not report:
        return Trial(TrialState.NONE, f"was never tried against {champion}, which serves")
    refused = refusal(report) if report.get("regression", True) else ""
    if report.get("champion_sha256") != serving["sha256"]:
        against = report.get("champion") or "a bundle that it does not name"
        found = f" ({refused})" if refused else ""
        words = f"was tried against {against}{found}, not against {champion}, which serves"
        return Trial(TrialState.OTHER, words)
    return Trial(TrialState.REFUSED, refused) if refused else Trial(TrialState.PASSED)


def refusal(report: Mapping[str, Any]) -> str:
    """Why a trial refused, and who took the bundle at its training all the same."""
    reasons = "; ".join(map(str, report.get("reasons") or ())) or "without reasons"
    by, why = report.get("overridden_by"), report.get("override_reason")
    taken = f"; taken all the same by {by}: {why}" if by else ""
    return f"was refused: {reasons}{taken}"
