"""How many leopards a catalogue shows, from who is who, the evidence, effort and error rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reid.abundance import NEVER, Abundance, Capture, Season, abundance, mistakes_of
from reid.abundance.answer import DRAWS
from reid.catalogue import Catalogue
from reid.exporters import Writing, snapshot
from reid.exporters.evidence import evidence_of
from reid.exporters.histories import sessions_of
from reid.exporters.passages import passages
from reid.exporters.seasons import Span
from reid.exporters.spans import spanned
from reid.survey import Survey

CLOSED_DAYS = 120
"""Longer, and animals are born, die and move between the occasions (Karanth & Nichols 1998 kept
tiger surveys to two or three months)."""


def how_many(
    catalogue: Catalogue, writing: Writing, *, event: int | None = None, draws: int = DRAWS
) -> Abundance:
    """The animals that a catalogue's sightings show, and those that they do not.

    Sessions, length of occasions, species and seed as ``writing`` says. Nothing in the answer
    tells a position. ``event``: who was whom after it.

    Raises:
        InputError: no such event, or sessions in which no camera was out.
    """
    rates, _ = catalogue.review_rates()
    with snapshot(catalogue, exactness="exact", event=event) as survey:
        captures, seasons, notes = _seen(survey, writing)
        evidence = evidence_of(survey)
    return abundance(
        captures,
        seasons,
        evidence,
        mistakes_of(rates),
        draws=draws,
        seed=writing.seed,
        notes=notes,
    )


def _seen(survey: Survey, writing: Writing) -> tuple[list[Capture], list[Season], tuple[str, ...]]:
    """Captures, undated ones too, and the sessions that the dated ones are in."""
    spans, notes = spanned(survey)
    captures, _ = passages(survey, writing.species, spans, every=True)
    out = [one for one in spans.values() if one.start and one.end]
    dated = [one for one in captures if one.at != NEVER]
    undated = len(captures) - len(dated)
    if undated:
        notes += (f"{undated} sightings without a time are counted, and not estimated from.",)
    if not out:
        return captures, [Season("1", tuple(range(len(captures))))], notes
    sessions = sessions_of(out, dated, writing)
    long = [one.name for one in sessions if (one.last - one.first).days >= CLOSED_DAYS]
    if long:
        notes += (
            f"Sessions of {CLOSED_DAYS} days and more ({', '.join(long[:3])}): animals come and "
            "go in such a time, which makes estimates too large; make them shorter.",
        )
    return captures, [_season(one, captures, writing.occasion_days) for one in sessions], notes


def _season(span: Span, captures: Sequence[Capture], days: int) -> Season:
    members = [k for k, one in enumerate(captures) if one.at != NEVER and span.holds(one.at.date())]
    occasions = [_occasion(captures[k].at.date(), span, days) for k in members]
    return Season(span.name, tuple(members), tuple(occasions), _occasion(span.last, span, days))


def _occasion(day: date, span: Span, days: int) -> int:
    return (day - span.first).days // days + 1
