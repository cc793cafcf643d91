"""What a run says of itself: the gate as JSON and a page, ``report.md``, the bundle's card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reid.labels.dealing import Part
from reid.weights import Bundle
from training.evaluation.tables import table
from training.lab.gate import MARGINS, Gate
from training.lab.gate_page import gate_html
from training.lab.head import Learned
from training.lab.suspicious import Suspicion
from training.lab.training_set import TrainingSet

GATE, PAGE, REPORT, CARD = "gate.json", "gate.html", "report.md", "card.md"
_SHOWN = 20


def write_report(
    made: TrainingSet,
    learned: Learned,
    gate: Gate,
    doubted: Sequence[Suspicion],
    bundle: Bundle,
    folder: Path,
) -> Path:
    """All of them; returns the readable one."""
    write_gate(gate, folder)
    page = gate_html(
        gate,
        made,
        counts_of(made),
        answer=verdict(gate).replace("**", ""),
        left_out=f"{left_out_words(made).strip()} {_rejected(made, learned)}".strip(),
        shrink=learned.shrink,
        doubted=sum(s.contradicted for s in doubted),
    )
    (folder / PAGE).write_text(page, encoding="utf-8")
    body = _markdown(made, learned, gate, doubted, bundle)
    (folder / REPORT).write_text(body, encoding="utf-8")
    (bundle.directory / CARD).write_text(_card(learned, gate, bundle), encoding="utf-8")
    return folder / REPORT


def write_gate(gate: Gate, folder: Path) -> None:
    """``gate.json``."""
    text = json.dumps(gate_json(gate), indent=1, ensure_ascii=False) + "\n"
    (folder / GATE).write_text(text, encoding="utf-8")


def gate_json(gate: Gate) -> dict[str, Any]:
    """The gate as JSON says it; ``regression`` and ``reasons`` are what a registry asks for."""
    lines = [asdict(line) | {"worse": line.worse, "better": line.better} for line in gate.lines]
    return {
        "champion": gate.champion,
        "challenger": gate.challenger,
        "passed": gate.passed,
        "regression": bool(gate.refusals),
        "reasons": list(gate.refusals),
        "notes": list(gate.notes),
        "unjudged": [{"where": name, "why": why} for name, why in gate.unjudged.items()],
        "overridden_by": gate.overridden_by,
        "override_reason": gate.override_reason,
        "margins": dict(MARGINS),
        "lines": lines,
    }


def verdict(gate: Gate) -> str:
    """The gate's word in a sentence."""
    if gate.passed:
        return f"**Passed**: {gate.challenger} may take the place of {gate.champion}."
    if gate.taken:
        return (
            f"**Refused, and taken by {gate.overridden_by}**: {gate.override_reason}. The gate's "
            "reasons stand below, and a promotion asks again."
        )
    return f"**Refused**: {gate.challenger} does not take the place of {gate.champion}."


def figures_table(gate: Gate) -> str:
    """Every line of the gate."""
    rows = [
        (
            line.where,
            line.figure,
            f"{line.champion:.3f}",
            f"{line.challenger:.3f}",
            line.difference,
            line.individuals,
            "worse" if line.worse else "better" if line.better else "no difference shown",
        )
        for line in gate.lines
    ]
    head = ("set", "figure", "champion", "challenger", "difference", "individuals", "so")
    return table(head, rows)


def _markdown(
    made: TrainingSet,
    learned: Learned,
    gate: Gate,
    doubted: Sequence[Suspicion],
    bundle: Bundle,
) -> str:
    reasons = "".join(f"- {reason}\n" for reason in gate.refusals)
    notes = "".join(f"- {note}\n" for note in gate.notes)
    return f"""# {bundle.name} {bundle.manifest.version}

{verdict(gate)}

{reasons}
## Figures

{figures_table(gate)}

Differences are challenger minus champion on the same queries and pairs; 95 % by drawing
individuals. Lower is better for Cllr, ECE and wrong verdicts. Margins: {_margins()}.

{notes}
## What it learnt from

{_parts(made)}

Training set `{made.sha256}`, seed {made.seed}, code {made.code_version}.
{left_out_words(made)}
{_rejected(made, learned)}
Shrunk towards the parent by {learned.shrink:g} (1: it is the parent):

{_curve(learned)}

## Labels in doubt

{_doubts(doubted)}
"""


def _margins() -> str:
    return ", ".join(f"{name} {margin:g}" for name, margin in MARGINS.items())


def _parts(made: TrainingSet) -> str:
    return table(("part", "individuals", "sightings", "pictures"), counts_of(made))


def counts_of(made: TrainingSet) -> list[tuple[str, int, int, int]]:
    """Name, individuals, sightings and pictures of each part."""
    rows = []
    for part in Part:
        own = made.of(part)
        individuals, groups = {e.identity for e in own}, {e.group for e in own}
        rows.append((part.value, len(individuals), len(groups), len(own)))
    return rows


def left_out_words(made: TrainingSet) -> str:
    """What was left out, by reason."""
    counts = Counter(one.reason.split(":")[0] for one in made.left_out)
    if not counts:
        return "Nothing was left out.\n"
    told = ", ".join(f"{count} ({reason})" for reason, count in counts.most_common())
    return f"Left out: {told}.\n"


def _rejected(made: TrainingSet, learned: Learned) -> str:
    """What people called two animals, and what became of it; "" where they called nothing so."""
    if not made.rejected:
        return ""
    parts = Counter(one.part for one in made.rejected if one.part)
    counted = " and ".join(
        f"{parts[part.value]} {part.value}" for part in Part if parts[part.value]
    )
    reasons = Counter(one.reason.split(":")[0] for one in made.rejected if one.reason)
    without = ", ".join(f"{count} ({reason})" for reason, count in reasons.most_common())
    told = f"Rejected as two animals: {counted or 'none'} counted"
    told += f"; not counted: {without}." if without else "."
    if learned.pushed is None:
        return f"{told}\n"
    pushed = learned.pushed
    if pushed.parent:
        return (
            f"{told} The head did not take up {pushed.pairs} pairs of flanks: the parent stays.\n"
        )
    found = f"mAP of left-out individuals {pushed.gain:+.4f}, standard error {pushed.error:.4f}"
    word = "took up" if pushed.used else "did not take up, for it lost by them,"
    return f"{told} The head {word} {pushed.pairs} pairs of flanks ({found}).\n"


def _curve(learned: Learned) -> str:
    rows = [
        (f"{line['shrink']:g}", f"{line['map']:.3f}", f"{line['error']:.3f}")
        for line in learned.curve
    ]
    return table(("shrink", "mAP of left-out individuals", "standard error of the gain"), rows)


def _doubts(doubted: Sequence[Suspicion]) -> str:
    sure = [s for s in doubted if s.contradicted]
    shown = [s for s in doubted if s.surprise > 0][:_SHOWN]
    if not shown:
        return "None: every sighting is nearest to its own individual."
    rows = [
        (s.sighting, s.identity, s.other_identity, f"{s.surprise:+.3f}", s.words()) for s in shown
    ]
    head = ("sighting", "is called", "looks like", "surprise", "why")
    return f"{len(sure)} contradicted by local matches, 99 to 1.\n\n{table(head, rows)}"


def _card(learned: Learned, gate: Gate, bundle: Bundle) -> str:
    manifest = bundle.manifest
    return f"""# {bundle.name} {manifest.version}

A rosette embedding made for one place: {manifest.origin.source}.

- **Licence**: {manifest.licence.spdx}. {manifest.licence.note}
- **Trained on**: {manifest.origin.trained_on}.
- **Shrunk** towards its parent by {learned.shrink:g} (1: it is the parent).
- **Gate**: {"refused" if gate.refusals else "passed"} against {gate.champion}.
- **Calibration**: that of its parent, drawn towards the place's own calibration individuals.
- **Limits**: made for this place's animals and cameras; elsewhere use its parent. A high cosine is
  no evidence of sameness by itself.

{figures_table(gate)}
"""
