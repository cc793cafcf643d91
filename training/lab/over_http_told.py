"""What was measured over HTTP, in words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.evaluation.tables import table
from training.lab.measure_told import lines_table

TITLE = "Through the API"
COMMAND = "python -m training.lab.over_http --data FOLDER --page docs/retraining.md"


def told(found: Mapping[str, Any]) -> str:
    """The measurement."""
    size, run = found["size"], found["run"]
    seconds = [(step, f"{took:.0f}") for step, took in found["seconds"].items()]
    return f"""{size["individuals"]} Amur tigers with {size["each"]} sightings of one picture each
({size["enrolled"]} enrolled), all by `reid.client` against `python -m service` with one worker and
`LEOPARD_REID_SPECIES=any`; {size["known"]} further sightings of them and {size["strangers"]} of
strangers were asked about, and of every individual a pair of its own and one with another. No
picture is a near copy of another. Recipe `lab-head`, seed 0. The gate: {_gate(run)}.

{_gate_table(found["gate_lines"])}

Individuals that no part of the run has seen ({size["outside"]} at most, {size["outside_each"]}
pictures each at most), before and after; differences over individuals, 95 %:

{lines_table(found["outside"])}

What the service answered (the same questions three times):

{_three(found["verdicts"], found["named"])}

After the roll-back every answer was {"the one" if found["back_as_before"] else "**not** the one"}
of before. {_consequences(found)}

{table(("step", "seconds"), seconds)}
"""


def _gate(run: Mapping[str, Any]) -> str:
    if run["passed"]:
        return "passed"
    return f"refused ({'; '.join(run['reasons'])}); it was overridden to go on"


def _gate_table(lines: list[dict[str, Any]]) -> str:
    rows = [
        (
            one["where"],
            one["figure"],
            f"{one['champion']:.3f}",
            f"{one['challenger']:.3f}",
            "{value:+.3f} [{low:+.3f}, {high:+.3f}]".format(**one["difference"]),
            one["individuals"],
        )
        for one in lines
    ]
    return table(("set", "figure", "before", "after", "difference", "individuals"), rows)


def _three(verdicts: Mapping[str, Any], named: Mapping[str, Any]) -> str:
    stages = list(verdicts)
    rows = [
        (f"{title}{name}", *(told[stage].get(name, 0) for stage in stages))
        for title, told in (("pairs of ", verdicts), ("who is it: ", named))
        for name in sorted({name for stage in stages for name in told[stage]})
    ]
    return table(("answer", *stages), rows)


def _consequences(found: Mapping[str, Any]) -> str:
    counts, check = found["consequences"], found["consequences_wrong"]
    pairs, named = check["verdicts"], check["named"]
    wrong = sum(len(one["wrong"]) + len(one["missing"]) for one in (pairs, named))
    agreed = "all of them say" if not wrong else f"all but {wrong} of them say"
    return f"""What would change had been said before: {counts["changed_verdicts"]} of
{counts["verdicts"]} verdicts and {counts["changed_identifications"]} of
{counts["identifications"]} identifications, {counts["contradict_people"]} against what people
confirmed, {counts["for_review"]} pairs for review. Its lines, {pairs["lines"]} on pairs and
{named["lines"]} on who somebody is, and all questions without a line were compared with the
answers under either bundle (kind, probability, name, first candidate, place): {agreed} what was
answered."""
