"""Who of the catalogue is this sighting?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from reid.catalogue import Catalogue
from reid.pipeline.answers import CandidateIndividual, IdentificationAnswer
from reid.pipeline.comparing import compare
from reid.pipeline.engine import Engine
from reid.pipeline.naming import Named, heed_copies, name_from
from reid.pipeline.pairs import A_MATCH
from reid.pipeline.passages import one_clock
from reid.pipeline.preparing import PreparedSighting, Progress
from reid.pipeline.search import CandidateSearch
from reid.pipeline.sighting_pairs import compare_sightings
from reid.pipeline.usable import usable
from reid.types import Comparison, Image, SightingPairEvidence
from reid.types.words import likelier

OpenImage = Callable[[bytes, str], Image]


def identify(
    engine: Engine,
    catalogue: Catalogue,
    search: CandidateSearch,
    query: PreparedSighting,
    *,
    prior_known: float,
    max_error: float,
    open_image: OpenImage,
    progress: Progress | None = None,
) -> IdentificationAnswer:
    """Propose by the index, verify by local evidence, name by the posterior.

    The index orders the known sightings; the first ``max_candidates`` are verified. With more
    individuals than that, "new" cannot be concluded: somebody was not looked at.
    """
    query = replace(query, annotations=tuple(one_clock(query.annotations)))
    own = query.sighting.id
    who = {s: i.name for i in catalogue.individuals() for s in i.sighting_ids if s != own}
    animals, flags = usable(query.annotations, engine.config.frames_per_flank)
    if not who or not animals:
        return _nothing(engine, query, search, bool(who), flags)
    ranks = search.ranked(animals)
    order = sorted(who, key=lambda s: ranks.get(s, len(ranks) + 1))
    chosen = order[: engine.config.max_candidates]
    found = {}
    for number, name in enumerate(chosen):
        if progress:
            progress("verifying candidates", number, len(chosen))
        found[name] = _verify(engine, catalogue, query, name, open_image)
    if progress:
        progress("verifying candidates", len(chosen), len(chosen))
    return _answer(
        engine, catalogue, search, query, found, who, ranks, (prior_known, max_error), open_image
    )


def _verify(
    engine: Engine,
    catalogue: Catalogue,
    query: PreparedSighting,
    sighting_id: str,
    open_image: OpenImage,
) -> SightingPairEvidence:
    """Evidence against one known sighting, from stored measurements without its pixels.

    A claimed match is checked again with the pictures: without them a copy that was encoded again
    cannot be seen, nor can the controls be run.
    """
    found = _against(engine, catalogue, query, sighting_id, None)
    if all(pair.llr <= A_MATCH for pair in found.pairs):
        return found
    return _against(engine, catalogue, query, sighting_id, open_image)


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


def _answer(
    engine: Engine,
    catalogue: Catalogue,
    search: CandidateSearch,
    query: PreparedSighting,
    found: Mapping[str, SightingPairEvidence],
    who: Mapping[str, str],
    ranks: Mapping[str, int],
    asked: tuple[float, float],
    open_image: OpenImage,
) -> IdentificationAnswer:
    best: dict[str, SightingPairEvidence] = {}
    for sighting_id, evidence in found.items():
        name = who[sighting_id]
        if evidence.comparable and (name not in best or evidence.llr > best[name].llr):
            best[name] = evidence
    llr = {name: 0.0 if e.withheld else e.llr for name, e in best.items()}
    named = name_from(llr, len(set(who.values())), prior_known=asked[0], max_error=asked[1])
    named = heed_copies(named, {who[s] for s, e in found.items() if "copy" in e.flags})
    shown, named, settle = _shown(engine, catalogue, query, best, named, open_image)
    candidates = [_candidate(name, e, named, who, ranks) for name, e in best.items()]
    candidates.sort(key=lambda c: -c.probability)
    return IdentificationAnswer(
        query.sighting.id,
        named.kind,
        named.individual,
        named.probability,
        tuple(candidates),
        named.reasons,
        settle,
        len(search),
        shown,
        engine.provenance(),
    )


def _shown(
    engine: Engine,
    catalogue: Catalogue,
    query: PreparedSighting,
    best: Mapping[str, SightingPairEvidence],
    named: Named,
    open_image: OpenImage,
) -> tuple[Comparison | None, Named, str]:
    """The best candidate compared with its pictures and controls: a name must survive that."""
    if not best:
        return None, named, "a picture of a flank that the catalogue shows"
    evidence = max(best.values(), key=lambda e: e.llr)
    stored = catalogue.load_sighting(evidence.b)
    animals = catalogue.load_prepared(
        evidence.b, open_image, fingerprint=engine.embedder.fingerprint, method=engine.local.method
    )
    shown = compare(engine, [query, PreparedSighting(stored, tuple(one_clock(animals)))])
    verdict = shown.verdicts[0]
    if named.kind == "individual" and shown.pairs[0].withheld:
        named = replace(named, kind="inconclusive", individual=None, reasons=verdict.reasons)
    return shown, replace(named, reasons=(*named.reasons, *verdict.reasons)), verdict.would_settle


def _nothing(
    engine: Engine,
    query: PreparedSighting,
    search: CandidateSearch,
    known: bool,
    flags: tuple[str, ...],
) -> IdentificationAnswer:
    """No catalogue, or no animal: neither is evidence of a new individual."""
    why = f"no leopard to compare in the pictures ({', '.join(flags) or 'no annotation'})"
    if not known:
        why = "the catalogue is empty: nobody is enrolled to compare with"
    kind = "not comparable" if known else "inconclusive"
    settle = "a picture in which one leopard is seen" if known else ""
    return IdentificationAnswer(
        query.sighting.id,
        kind,
        None,
        None,
        (),
        (why,),
        settle,
        len(search),
        None,
        engine.provenance(),
    )


def _candidate(
    name: str,
    evidence: SightingPairEvidence,
    named: Named,
    who: Mapping[str, str],
    ranks: Mapping[str, int],
) -> CandidateIndividual:
    sightings = tuple(s for s, n in who.items() if n == name)
    ranked = [ranks[s] for s in sightings if s in ranks]
    withheld = tuple(f"withheld: the {c} control matched as well" for c in evidence.withheld)
    return CandidateIndividual(
        name,
        sightings,
        evidence.llr,
        named.by_individual[name],
        min(ranked, default=None),
        (f"the pictures are {likelier(evidence.llr)}", *withheld),
    )
