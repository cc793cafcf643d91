"""A comparison as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reid.cli.console import table_of, words
from reid.types import Comparison, JourneyCheck, PairVerdict, VerdictKind
from reid.types.words import likelier, percent

STYLES = {
    VerdictKind.SAME: "bold green",
    VerdictKind.DIFFERENT: "bold magenta",
    VerdictKind.INCONCLUSIVE: "yellow",
    VerdictKind.NOT_COMPARABLE: "dim",
}
MOST_GROUPINGS = 6
_JOURNEY_STYLES = {"impossible": "bold red", "unlikely": "yellow"}


def comparison_tables(comparison: Comparison) -> list[RenderableType]:
    """The answer in a sentence, then pairs, reasons, groupings, journeys and lost files."""
    title = "SYNTHETIC pictures: no camera took them" if _synthetic(comparison) else ""
    parts: list[RenderableType] = [words(title, "bold reverse")] if title else []
    parts += [words(comparison.summary, "bold"), pair_table(comparison.verdicts)]
    parts += [why_table(comparison.verdicts), grouping_table(comparison)]
    if comparison.journeys:
        parts.append(journey_table(comparison.journeys))
    if comparison.rejected:
        parts.append(rejected_table(comparison.rejected))
    return [Padding(part, (0, 0, 1, 0)) for part in parts]


def pair_table(verdicts: Sequence[PairVerdict]) -> Table:
    """Verdict, probability of "same" and what the coats alone say, for every two sightings."""
    table = table_of("Sightings", "Verdict", "Same animal", "What the coats show")
    for v in verdicts:
        table.add_row(_pair(v), _verdict(v), _probability(v.probability), _evidence(v))
    return table


def why_table(verdicts: Sequence[PairVerdict]) -> Table:
    """Reasons in words and the picture that would settle it."""
    table = table_of("Sightings", "Why, and what would settle it")
    for v in verdicts:
        told = [words(reason) for reason in v.reasons]
        told += [words(v.would_settle, "cyan")] if v.would_settle else []
        table.add_row(_pair(v), Text("\n").join(told))
    return table


def grouping_table(comparison: Comparison) -> Table:
    """The likeliest ways of sharing the sightings among animals."""
    prior = f"prior of 'same' {percent(comparison.prior_same)}"
    kind = prior if comparison.exact else f"{prior}, approximate"
    table = table_of(f"Animals ({kind})", "Probability")
    for grouping in comparison.groupings[:MOST_GROUPINGS]:
        groups = "  |  ".join(", ".join(group) for group in grouping.groups)
        table.add_row(words(groups), percent(grouping.probability))
    rest = sum(g.probability for g in comparison.groupings[MOST_GROUPINGS:])
    if rest:
        count = len(comparison.groupings) - MOST_GROUPINGS
        table.add_row(f"{count} other groupings together", percent(rest))
    return table


def journey_table(journeys: Sequence[JourneyCheck]) -> Table:
    """Clock and travel, which never change the verdict."""
    table = table_of("Sightings", "Days", "km", "Journey (apart from the pictures)")
    for _, checks in groupby(journeys, key=lambda check: (check.a, check.b)):
        for check in checks:
            pair = words(f"{check.a} - {check.b}")
            table.add_row(pair, _number(check.days), _number(check.distance_km), _journey(check))
    return table


def rejected_table(rejected: Sequence[tuple[str, str, str]]) -> Table:
    """Files that could not be used."""
    table = table_of("Rejected file", "Why")
    for sighting, name, reason in rejected:
        table.add_row(words(f"{sighting}: {name or 'all files'}", "red"), words(reason))
    return table


def _pair(verdict: PairVerdict) -> Text:
    return words(f"{verdict.a} - {verdict.b}")


def _verdict(verdict: PairVerdict) -> Text:
    return words(verdict.kind.value.upper(), STYLES[verdict.kind])


def _probability(probability: float | None) -> str:
    return "-" if probability is None else percent(probability)


def _evidence(verdict: PairVerdict) -> Text:
    if verdict.bridged_by:
        return words(f"{likelier(verdict.direct_llr)}; through {', '.join(verdict.bridged_by)}")
    comparable = verdict.kind is not VerdictKind.NOT_COMPARABLE
    return words(likelier(verdict.direct_llr) if comparable else "nothing: not comparable")


def _journey(check: JourneyCheck) -> Text:
    """Status and note; a note that begins with the status says it once."""
    status = words(check.status, _JOURNEY_STYLES.get(check.status, ""))
    if not check.note or check.note.startswith(check.status):
        return status + words(check.note.removeprefix(check.status))
    return status + words(f": {check.note}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _synthetic(comparison: Comparison) -> bool:
    return "synthetic" in comparison.flags
