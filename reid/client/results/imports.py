"""What a source holds, and what was taken of it."""

from __future__ import annotations

from reid.client.results.base import Result


class ImportDone(Result):
    """What was taken in: new sightings, known ones, those left out, individuals named;
    ``sighting_ids``: the first 1,000 of the new ones.
    """

    new: int
    known: int
    left: int
    named: int
    sighting_ids: tuple[str, ...]


class Imported(Result):
    """A source by counts, and what is odd about it, with file, row and column; ``done`` is None
    until it was confirmed.
    """

    format: str
    deployments: int
    media: int
    observations: int
    types: dict[str, int]
    sightings: int
    individuals: int
    named_sightings: int
    files: dict[str, int]
    licences: dict[str, int]
    lacking: tuple[str, ...]
    put_together: str
    columns: str
    problems: tuple[str, ...]
    problem_count: int
    done: ImportDone | None
