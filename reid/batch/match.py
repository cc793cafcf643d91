"""One sighting against the catalogue and against its siblings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from reid.batch.options import BatchOptions
from reid.batch.siblings import Sibling, Siblings, edge_of
from reid.pipeline import IdentificationAnswer, Library, PreparedSighting
from reid.pipeline.identifying import identify
from reid.pipeline.keeping import keep_identification
from reid.pipeline.stored import open_stored

Known = Callable[[Sequence[str]], Mapping[str, dict[str, Any]]]

NOBODY = "no leopard to compare in the pictures ({})"
NOT_ASKED = "the catalogue was not asked"


def match_sighting(
    library: Library,
    siblings: Siblings,
    sighting_id: str,
    others: Collection[str],
    known: Known,
    options: BatchOptions,
    check: Callable[[], None],
) -> dict[str, Any]:
    """Who of the catalogue it may be, and the evidence against those siblings that are near.

    ``others`` are ids of the batch's sightings; ``known`` gives the edges that were found from
    the side of some of them already. Nothing is enrolled.

    Raises:
        SearchError: a search could not run: never to be read as "no match".
    """
    mine = siblings.find(sighting_id)
    if not mine.animals:
        why = NOBODY.format(", ".join(mine.flags) or "no annotation")
        return _result(mine, _unclear("not comparable", why), [])
    query = siblings.opened(mine)
    edges = _edges(library, siblings, query, set(others) - {sighting_id}, known, options, check)
    check()
    return _result(mine, _identity(library, query, options), edges)


def _result(mine: Sibling, identity: dict[str, Any], edges: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "sighting": mine.id,
        "identity": identity,
        "edges": edges,
        "flags": list(mine.flags),
    }


def _edges(
    library: Library,
    siblings: Siblings,
    query: PreparedSighting,
    others: set[str],
    known: Known,
    options: BatchOptions,
    check: Callable[[], None],
) -> list[dict[str, Any]]:
    if not others:
        return []
    proposed = library.search.propose(query.annotations, others, options.siblings)
    before, edges = known(proposed.order), []
    for name in proposed.order:
        check()
        edge = before.get(name) or edge_of(siblings.compare(query, name))
        edges.append({**edge, "b": name})
    return edges


def _identity(library: Library, query: PreparedSighting, options: BatchOptions) -> dict[str, Any]:
    if not options.catalogue:
        return _unclear("inconclusive", NOT_ASKED)
    answer = identify(
        library.engine,
        library.catalogue,
        library.search,
        query,
        prior_known=options.prior_known,
        max_error=options.max_error,
        open_image=open_stored,
    )
    keep_identification(
        library.catalogue, answer, prior_known=options.prior_known, max_error=options.max_error
    )
    return _told(answer)


def _told(answer: IdentificationAnswer) -> dict[str, Any]:
    best = answer.candidates[0] if answer.candidates else None
    return {
        "kind": answer.kind,
        "individual": answer.individual,
        "probability": answer.probability,
        "reasons": list(answer.reasons),
        "would_settle": answer.would_settle,
        "best": best.individual if best else None,
        "best_probability": best.probability if best else None,
    }


def _unclear(kind: str, why: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "individual": None,
        "probability": None,
        "reasons": [why],
        "would_settle": "",
        "best": None,
        "best_probability": None,
    }
