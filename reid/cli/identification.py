"""An identification as tables for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from reid.cli.console import table_of, words
from reid.types.words import likelier, listed, percent

if TYPE_CHECKING:
    from reid.pipeline import CandidateIndividual, IdentificationAnswer

STYLES = {"individual": "bold green", "new": "bold magenta", "inconclusive": "yellow"}
_PLACES = 3  # candidates whose places in the routes are told; the JSON has all
SCHEMA = "leopard-reid/identification/1"


def identification_json(answer: IdentificationAnswer) -> dict[str, Any]:
    """The answer for one sighting.

    ``schema``; ``id`` (of question and answer as they are kept, for ``--answer`` of a decision;
    "" where they were not); ``sighting``; ``kind`` ("individual", "new", "inconclusive", "not
    comparable"); ``individual`` and ``probability`` (null when nobody is named); ``candidates``
    (likeliest first: ``individual``, ``sightings``, ``llr``, ``probability``, ``retrieval_rank``,
    ``ranks`` by route, ``reasons``); ``reasons``; ``would_settle``; ``searched`` (annotations
    looked through); ``proposed`` and ``verified`` (sightings); ``routes`` (``name``, ``searched``
    annotations, ``ranked`` sightings, ``note``); ``comparison`` (as ``reid compare --json``, or
    null); ``bundle`` (the weights that answered: ``name``, ``version``, ``fingerprint``,
    ``sha256``); ``provenance``.
    """
    from reid.evidence import comparison_json
    from reid.evidence.json_form import plain
    from reid.pipeline.identifiable import with_chances

    compared = answer.comparison
    return {
        "schema": SCHEMA,
        "id": answer.id,
        "sighting": answer.sighting_id,
        "kind": str(answer.kind),
        "individual": answer.individual,
        "probability": answer.probability,
        "candidates": [_candidate(candidate) for candidate in answer.candidates],
        "reasons": list(answer.reasons),
        "would_settle": answer.would_settle,
        "searched": answer.searched,
        "proposed": answer.proposed,
        "verified": answer.verified,
        "routes": [asdict(route) for route in answer.routes],
        "comparison": with_chances(comparison_json(compared)) if compared is not None else None,
        "bundle": answer.provenance.get("bundle"),
        "provenance": plain(answer.provenance),
    }


def identification_tables(answer: IdentificationAnswer) -> list[RenderableType]:
    """The answer in a sentence, the reasons, and every candidate."""
    parts: list[RenderableType] = [words(sentence(answer), STYLES.get(str(answer.kind), "dim"))]
    parts += [words(reason) for reason in answer.reasons]
    if answer.would_settle:
        parts.append(words(answer.would_settle, "cyan"))
    if answer.candidates:
        parts.append(_table(answer))
        parts.append(words(effort(answer), "dim"))
    return [*parts[:-1], Padding(parts[-1], (0, 0, 1, 0))]


def sentence(answer: IdentificationAnswer) -> str:
    """Who it is, or that nobody can tell."""
    sure = "" if answer.probability is None else f" (probability {percent(answer.probability)})"
    said = {
        "individual": f"is {answer.individual}{sure}",
        "new": f"is nobody known: a new individual{sure}",
        "not comparable": "cannot be compared with anybody known",
    }
    told = said.get(str(answer.kind), "inconclusive: these pictures cannot tell")
    return f"{answer.sighting_id}: {told}"


def effort(answer: IdentificationAnswer) -> str:
    """How many were looked at, and what each route to candidates did."""
    said = f"{answer.verified} of {answer.proposed} proposed sightings were looked at"
    if answer.verified < answer.proposed:
        said += "; without a match among the others the answer stays the same"
    notes = [f"{route.name}: {route.note}" for route in answer.routes if route.note]
    places = (
        f"{one.individual} came "
        + listed([f"{rank}. by {route}" for route, rank in one.ranks.items()])
        for one in answer.candidates[:_PLACES]
        if one.ranks
    )
    kept = [f"kept as {answer.id}"] if answer.id else []
    return "; ".join([said, *places, *notes, *kept])


def _table(answer: IdentificationAnswer) -> Table:
    table = table_of("Candidate", "Sightings", "Probability", "What the coats show")
    for one in answer.candidates:
        name, seen = words(one.individual or "nobody yet"), words(", ".join(one.sighting_ids))
        chance = "-" if one.probability is None else percent(one.probability)
        table.add_row(name, seen, chance, words(likelier(one.llr)))
    return table


def _candidate(one: CandidateIndividual) -> dict[str, Any]:
    return {
        "individual": one.individual,
        "sightings": list(one.sighting_ids),
        "llr": one.llr,
        "probability": one.probability,
        "retrieval_rank": one.retrieval_rank,
        "ranks": dict(one.ranks),
        "reasons": list(one.reasons),
    }
