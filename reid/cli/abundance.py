"""``reid abundance``: how many leopards there are, and how unsure that is."""

from __future__ import annotations

from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import show, show_json
from reid.cli.engines import open_catalogue
from reid.cli.formats import Species
from reid.cli.sessions import OccasionDays, SessionMonths, SessionTable, told_sessions


def abundance(
    session_months: SessionMonths = 0,
    sessions: SessionTable = None,
    occasion_days: OccasionDays = 1,
    event: Annotated[int | None, typer.Option(help="Who was whom after this event.")] = None,
    species: Species = None,
    draws: Annotated[int, typer.Option(min=20, max=2000, help="Of uncertain groupings.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """How many leopards there are at least, at most and probably; never a bare number.

    From who is who, the evidence on sightings that nobody named, flanks that may be one animal's,
    the mistakes of those who name, and the chance of being photographed.
    """
    from reid.abundance import abundance_json, sentences
    from reid.exporters import Writing
    from reid.importers.plan import SPECIES
    from reid.pipeline.counting import how_many

    writing = Writing(
        species=tuple(species) if species else SPECIES,
        occasion_days=occasion_days,
        session_months=session_months,
        sessions=told_sessions(sessions, session_months),
        seed=seed,
    )
    with open_catalogue(data_dir) as catalogue:
        found = how_many(catalogue, writing, event=event, draws=draws)
    if as_json:
        show_json(abundance_json(found))
    else:
        show(*sentences(found))
