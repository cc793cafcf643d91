"""Identifications kept: question, answer and what it was made with, to be asked again later."""

from __future__ import annotations

import logging
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.asked import Asked, Identifications
from reid.errors import CatalogueError
from reid.evidence.json_form import plain
from reid.pipeline.answers import CandidateIndividual, IdentificationAnswer

log = logging.getLogger("reid.pipeline")


def keep_identification(
    catalogue: Catalogue, answer: IdentificationAnswer, *, prior_known: float, max_error: float
) -> str:
    """Store what was asked and answered; returns its id, "" where the catalogue took nothing.

    The answer stands whether or not it can be kept, so a full disk is told to the log alone.
    """
    configuration = answer.provenance.get("configuration")
    asked = Asked(
        answer.sighting_id,
        prior_known,
        max_error,
        str(configuration["bundle"]) if isinstance(configuration, dict) else "",
        answer.kind,
        answer.individual,
        answer.probability,
        answer_json(answer),
        plain(answer.provenance),
    )
    try:
        return Identifications.of(catalogue).keep(asked)
    except CatalogueError as error:
        log.warning("identification of %s was not kept: %s", answer.sighting_id, error)
        return ""


def answer_json(answer: IdentificationAnswer) -> dict[str, Any]:
    """An answer without its pictures: ``candidates`` likeliest first, ``reasons``, the effort."""
    return {
        "candidates": [_candidate(one) for one in answer.candidates],
        "reasons": list(answer.reasons),
        "would_settle": answer.would_settle,
        "searched": answer.searched,
        "proposed": answer.proposed,
        "verified": answer.verified,
    }


def _candidate(one: CandidateIndividual) -> dict[str, Any]:
    return {
        "individual": one.individual,
        "llr": one.llr,
        "probability": one.probability,
        "retrieval_rank": one.retrieval_rank,
    }
