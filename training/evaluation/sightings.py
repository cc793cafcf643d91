"""Sightings made of leopard frames, through the same `reid.compare` that users have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reid.pipeline import Engine, compare
from reid.types import Comparison, Sighting
from training.evaluation.frames import Row
from training.evaluation.tables import table

THREE = {
    "day": ("leopard-20",),
    "night": ("leopard-13", "leopard-14"),
    "foggy night": ("leopard-08",),
}
TWO = {"male": ("leopard-02", "leopard-04"), "female": ("leopard-03", "leopard-05")}


def made_of(rows: Sequence[Row], frames: Mapping[str, Sequence[str]]) -> list[Sighting]:
    """Sightings with the flank of the table; the localiser draws the boxes."""
    by_id = {row.image_id: row for row in rows}
    return [
        Sighting(name, tuple(by_id[i].media(by_id[i].flank) for i in ids))
        for name, ids in frames.items()
    ]


def sightings_report(engine: Engine, rows: Sequence[Row]) -> str:
    """Verdicts on the three sightings of one animal, and on the male against the female."""
    parts = []
    for name, frames in (("One animal, three sightings", THREE), ("Two animals", TWO)):
        answer = compare(engine, made_of(rows, frames))
        described = ", ".join(f"{k} ({', '.join(v)})" for k, v in frames.items())
        parts += [f"**{name}**: {described}.", _verdicts(answer), f"> {answer.summary}"]
    return "\n\n".join(parts)


def _verdicts(answer: Comparison) -> str:
    rows = []
    for v in answer.verdicts:
        probability = "-" if v.probability is None else f"{v.probability:.4f}"
        why = "; ".join(
            (*v.reasons, *((f"would settle: {v.would_settle}",) * bool(v.would_settle)))
        )
        rows.append((f"{v.a} / {v.b}", v.kind.value, probability, f"{v.direct_llr:.1f}", why))
    return table(("sightings", "verdict", "probability of same", "llr", "reasons"), rows)
