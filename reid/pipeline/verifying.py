"""One known sighting against the one that is asked about."""

from __future__ import annotations

from collections.abc import Callable

from reid.catalogue import Catalogue
from reid.errors import NotFoundError
from reid.pipeline.engine import Engine
from reid.pipeline.pairs import A_MATCH
from reid.pipeline.passages import one_clock
from reid.pipeline.preparing import PreparedSighting
from reid.pipeline.sighting_pairs import compare_sightings
from reid.pipeline.usable import usable
from reid.types import Image, SightingPairEvidence

OpenImage = Callable[[bytes, str], Image]


def verify_candidate(
    engine: Engine,
    catalogue: Catalogue,
    query: PreparedSighting,
    sighting_id: str,
    open_image: OpenImage,
) -> SightingPairEvidence:
    """Evidence against one known sighting, from stored measurements without its pixels.

    A claimed match is checked again with the pictures: without them a copy that was encoded again
    cannot be seen, nor can the controls be run. A sighting that these models did not measure is
    not comparable, and ``missing`` says what to do.
    """
    try:
        found = _against(engine, catalogue, query, sighting_id, None)
        if all(pair.llr <= A_MATCH for pair in found.pairs):
            return found
        return _against(engine, catalogue, query, sighting_id, open_image)
    except NotFoundError as error:
        return SightingPairEvidence(
            query.sighting.id, sighting_id, comparable=False, llr=0.0, missing=str(error)
        )


def _against(
    engine: Engine,
    catalogue: Catalogue,
    query: PreparedSighting,
    sighting_id: str,
    open_image: OpenImage | None,
) -> SightingPairEvidence:
    known = catalogue.load_prepared(
        sighting_id, open_image, fingerprint=engine.embedder.fingerprint, method=engine.local.method
    )
    frames = engine.config.frames_per_flank
    mine, theirs = usable(query.annotations, frames)[0], usable(one_clock(known), frames)[0]
    return compare_sightings(engine, query.sighting.id, mine, sighting_id, theirs)
