"""The gate's report beside a registered bundle: promotion asks for it."""

from __future__ import annotations

from typing import Any

from reid.registry import RegisteredBundle, Registry
from training.lab.gate import OWN, Gate
from training.lab.report import gate_json


def keep_gate(
    registry: Registry,
    bundle: RegisteredBundle,
    gate: Gate,
    *,
    champion: str,
    seed: int,
    by: str,
) -> None:
    """Keep the gate's report with a bundle: against which (sha256), and who judged (the seed)."""
    told = {"champion_sha256": champion, "seed": seed, "figures": figures_of(gate)}
    registry.gate_report(bundle, {**gate_json(gate), **told}, by=by)


def figures_of(gate: Gate) -> dict[str, Any]:
    """Of the own held-out individuals: both values and the difference with its interval."""
    return {
        line.figure: {
            "champion": round(line.champion, 4),
            "challenger": round(line.challenger, 4),
            "low": round(line.difference.low, 4),
            "high": round(line.difference.high, 4),
        }
        for line in gate.lines
        if line.where == OWN
    }
