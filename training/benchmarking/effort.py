"""What stopping early saves: the same questions with and without it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from reid.pipeline import Engine, Library
from reid.types import Sighting
from training.evaluation.tables import table


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what was answered, how many candidates were verified, in how many seconds."""

    sighting: str
    patience: int
    answer: str
    verified: int
    proposed: int
    seconds: float


def effort_rows(engine: Engine, folder: Path, sightings: list[Sighting]) -> list[Asked]:
    """Every sighting asked twice of a filled library, all looked at and then stopping early."""
    found = []
    for patience in (0, engine.config.patience):
        chosen = replace(engine, config=replace(engine.config, patience=patience))
        with Library.open(chosen, folder) as library:
            library.search.votes.sync()
            for sighting in sightings:
                library.add(sighting)
                start = time.perf_counter()
                answer = library.identify(sighting.id)
                took = time.perf_counter() - start
                said = answer.individual or answer.kind
                best = answer.candidates[0].individual if answer.candidates else "nobody"
                found.append(
                    Asked(
                        sighting.id,
                        patience,
                        f"{said}, best {best}",
                        answer.verified,
                        answer.proposed,
                        took,
                    )
                )
    return found


def effort_table(rows: list[Asked]) -> str:
    """For people."""
    head = ("sighting", "stopping", "answer", "verified / proposed", "seconds")
    cells = [
        (
            row.sighting,
            "early" if row.patience else "never",
            row.answer,
            f"{row.verified} / {row.proposed}",
            f"{row.seconds:.2f}",
        )
        for row in sorted(rows, key=lambda row: (row.sighting, row.patience))
    ]
    return table(head, cells)
