"""The service's JSON as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reid.types.words import likelier, percent

STYLES = {
    "same": "bold green",
    "different": "bold magenta",
    "individual": "bold green",
    "new": "bold magenta",
    "inconclusive": "yellow",
}
MOST_GROUPINGS = 5


def show_comparison(console: Console, answer: Mapping[str, Any], truth: Mapping[str, str]) -> None:
    """The answer in a sentence, a row for every two sightings beside the truth, the groupings."""
    console.print(Text(answer["summary"], style="bold"))
    console.print(verdict_table(answer["verdicts"], truth))
    console.print(grouping_table(answer["groupings"]))


def verdict_table(verdicts: list[dict[str, Any]], truth: Mapping[str, str]) -> Table:
    """A row for every two sightings."""
    table = _table("Sightings", "Verdict", "Same animal", "Truth", "Why")
    for verdict in verdicts:
        a, b, said = verdict["a"], verdict["b"], verdict["verdict"]
        why = " ".join(verdict["reasons"][:2])
        true = "same" if truth[a] == truth[b] else "different"
        pair, colour = Text(f"{a} - {b}"), Text(said.upper(), style=STYLES.get(said, "dim"))
        table.add_row(pair, colour, _percent(verdict["probability"]), true, Text(why))
    return table


def grouping_table(groupings: list[dict[str, Any]]) -> Table:
    """The likeliest ways of sharing the sightings among animals."""
    table = _table("Animals", "Probability")
    for grouping in groupings[:MOST_GROUPINGS]:
        groups = "  |  ".join(", ".join(group) for group in grouping["groups"])
        table.add_row(Text(groups), percent(grouping["probability"]))
    return table


def show_identity(console: Console, answer: Mapping[str, Any], truth: Mapping[str, str]) -> None:
    """Who the sighting is said to be, and the candidates."""
    sighting, kind = answer["sighting_id"], answer["kind"]
    said = f"{kind} {answer['individual'] or ''}".strip()
    line = Text.assemble(f"Who is {sighting}? ", (said, STYLES.get(kind, "dim")))
    console.print(line + Text(f" (truth: {truth[sighting]})"))
    table = _table("Candidate", "Probability", "What the coats show")
    for one in answer["candidates"]:
        name = Text(one["individual"] or "not enrolled")
        table.add_row(name, _percent(one["probability"]), likelier(one["llr"]))
    console.print(table if answer["candidates"] else Text(" ".join(answer["reasons"])))


def _table(*headings: str) -> Table:
    table = Table(header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _percent(probability: float | None) -> str:
    return "-" if probability is None else percent(probability)
