"""Which bundle serves and why, in words that fit readiness, the doctor and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reid.registry import Registry


@dataclass(frozen=True, slots=True)
class Standing:
    """The bundle that this process answers with, and ``why`` it is that one.

    ``problem``: the bundle that was promoted is another one and could not be loaded; "" when all
    is well or it is still being loaded.
    """

    name: str
    version: str
    fingerprint: str
    sha256: str
    why: str
    problem: str = ""


def standing(registry: Registry, used: Mapping[str, str], problem: str = "") -> Standing:
    """How a process that uses this bundle (`Engine.used`) stands."""
    return Standing(**dict(used), why=why_active(registry), problem=problem)


def why_active(registry: Registry) -> str:
    """Why the bundle that serves does."""
    events = registry.promotions()
    if not events:
        return f"configured ({registry.default}); nothing was promoted yet"
    last = events[-1]
    word = "promoted" if last.kind == "promote" else "rolled back to"
    told = f"{word} {last.at:%Y-%m-%d %H:%M} UTC by {last.by}: {last.why}"
    if last.to_sha256 is None:
        return f"{told} (the configured bundle, {registry.default})"
    return told
