"""The measurement of retraining in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reid.labels.readiness import LEAST_HELD_OUT, LEAST_LEARN
from training.evaluation.tables import table
from training.lab.world import WRONG


def told(found: Mapping[str, Any]) -> str:
    """The measurement in words and tables, without the parts that were not measured."""
    parts = [_clean(found)]
    if "wrong_labels" in found:
        parts.append(_wrong(found["wrong_labels"], found["contradicted"]))
    if "curve" in found:
        parts.append(_curve(found["curve"]))
    return "\n\n".join(parts) + "\n"


def _clean(found: Mapping[str, Any]) -> str:
    place = ", ".join(f"{count} {part}" for part, count in found["place"].items())
    who = f"{found['pictures']} pictures of {found['individuals']} Amur tigers"
    return f"""{who} (an identity is one
flank of one; the rest shows too little), recipe `{found["recipe"]}`. Half of the identities are
the place ({place}); the other half is *outside* and was seen by no part of the run. A run took
{found["seconds"] / 60:.0f} minutes. Shrunk towards the parent by {found["shrink"]:g}. Differences
over individuals, 95 %. Outside:

{lines_table(found["outside"])}

The place's own gate: {_gate(found["gate"])}.

{lines_table(found["inside"])}"""


def _wrong(wrong: Mapping[str, Any], before: int) -> str:
    count, planted = wrong["sightings"], wrong["planted"]
    return f"""**Wrong labels.** Of the place's {count} training sightings {planted}
({100 * WRONG:g} %) were given to another individual: {wrong["in_first_tenth"]} of these stand in
the first tenth of the list of labels in doubt, and {wrong["contradicted"]} sightings are
contradicted by local matches, where {before} were before. The gate:
{_gate(wrong)}. Taken all the same, outside:

{lines_table(wrong["outside"])}"""


def _curve(lines: Sequence[Mapping[str, float]]) -> str:
    rows = [
        (
            f"{line['individuals']:.0f}",
            f"{line['shrink']:g}",
            f"{line['gain']:+.3f} [{line['low']:+.3f}, {line['high']:+.3f}]",
            f"{line['top1']:+.3f}",
        )
        for line in lines
    ]
    return f"""**How many are enough.** Gain outside, by how many individuals a head learnt from;
each line is a draw, and shrunk by 1 the champion stays:

{table(("individuals", "shrunk by", "gain in mAP", "gain in top-1"), rows)}

Fewer than {LEAST_LEARN} are refused, and fewer than {LEAST_HELD_OUT} held out, which is a
judgement: about ten were enough to show the gain in evidence, not in retrieval."""


def _gate(told: Mapping[str, Any]) -> str:
    return "passed" if told["passed"] else "refused: " + "; ".join(told["reasons"])


def lines_table(lines: Sequence[Mapping[str, Any]]) -> str:
    """Lines as `line_words` gives them."""
    keys = ("figure", "before", "after", "difference", "individuals", "so")
    where = ("where",) if len({one["where"] for one in lines}) > 1 else ()
    return table((*where, *keys), [[one[key] for key in (*where, *keys)] for one in lines])
