"""Histories, previews and reviews as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from reid.cli.console import table_of, words
from reid.identities.shown import answer_brief

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reid.catalogue import Individual
    from reid.identities.event import Event
    from reid.identities.preview import Preview
    from reid.review import Ranked, Rate


def who_table(known: Sequence[Individual]) -> Table:
    """Who is who."""
    table = table_of("Individual", "Sightings", "Version")
    for one in known:
        sightings = ", ".join(one.sighting_ids) or "none"
        table.add_row(words(one.name, "bold"), words(sightings), words(one.version))
    return table


def events_table(events: Sequence[Event]) -> Table:
    """The history."""
    table = table_of("Event", "When (UTC)", "What", "By", "Why", "Shown")
    for event in events:
        told = ", ".join(f"{k} {_short(v)}" for k, v in event.told.items() if v not in ("", None))
        what = f"{event.kind.value}: {told}"
        at, said = f"{event.at:%Y-%m-%d %H:%M}", event.said
        cells = (event.number, at, what, said.by, said.why, answer_brief(said.shown))
        table.add_row(*(words(cell) for cell in cells))
    return table


def _short(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def preview_lines(found: Preview) -> list[str]:
    """What would change, and what speaks against it."""
    lines = [f"{m.sighting}: {m.before or 'nobody'} -> {m.after or 'nobody'}" for m in found.moves]
    explained = set(found.explained)
    for verdict in found.verdicts:
        note = " (a noted change of the coat accounts for it)" if verdict in explained else ""
        where = f"comparison {verdict.comparison}"
        lines.append(f"{verdict.a} and {verdict.b} were found {verdict.kind}, {where}{note}")
    for export in found.exports:
        lines.append(f"out of date: {export.name} of {export.at:%Y-%m-%d} by {export.by}")
    against = [f"against it: {one.words}" for one in found.contradictions]
    return [*lines, *(against or ["Nothing that is known speaks against it."])]


def queue_table(queue: Sequence[Ranked]) -> Table:
    """Open pairs."""
    table = table_of("Sighting", "Sighting", "Probability of same", "Gain (bits)")
    for one in queue:
        cells = (one.pair.a, one.pair.b, f"{one.probability:.3f}", f"{one.gain_bits:.3f}")
        table.add_row(*(words(cell) for cell in cells))
    return table


def rate_words(rate: Rate) -> str:
    """A rate with its interval."""
    if rate.rate is None:
        return "no answers"
    return f"{rate.wrong} of {rate.answers} ({100 * rate.low:.1f} to {100 * rate.high:.1f} %)"
