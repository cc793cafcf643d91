"""Who of the catalogue is this sighting?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reid.catalogue import Catalogue
from reid.pipeline.answers import CandidateIndividual, IdentificationAnswer
from reid.pipeline.comparing import compare
from reid.pipeline.effort import Looked, best_of, bounded, settled
from reid.pipeline.engine import Engine
from reid.pipeline.naming import Named, heed_copies, name_from
from reid.pipeline.passages import one_clock
from reid.pipeline.preparing import PreparedSighting, Progress
from reid.pipeline.proposing import Proposals
from reid.pipeline.search import CandidateSearch
from reid.pipeline.usable import usable
from reid.pipeline.verifying import OpenImage, verify_candidate
from reid.telemetry import timed
from reid.types import Comparison, SightingPairEvidence
from reid.types.words import likelier, listed

Found = Mapping[str, SightingPairEvidence]


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """What is asked, of whom; ``who`` is the individual of each known sighting."""

    engine: Engine
    catalogue: Catalogue
    query: PreparedSighting
    who: Mapping[str, str]
    prior_known: float
    max_error: float
    open_image: OpenImage
    changed: frozenset[str] = frozenset()
    """Known sightings from which a noted change of the coat may part it."""

    @property
    def known(self) -> int:
        return len(set(self.who.values()))


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
    """Propose by both routes, verify by local evidence, name by the posterior.

    Each route adds its first ``max_candidates`` sightings; they are verified in turns until the
    answer is settled (`reid.pipeline.effort`). With an individual that was not looked at, "new"
    cannot be concluded.
    """
    query = replace(query, annotations=tuple(one_clock(query.annotations)))
    own = query.sighting.id
    who = {s: i.name for i in catalogue.individuals() for s in i.sighting_ids if s != own}
    animals, flags = usable(query.annotations, engine.config.frames_per_flank)
    if not who or not animals:
        return _nothing(engine, query, search, bool(who), flags)
    with timed("search"):
        proposed = search.propose(animals, who, engine.config.max_candidates)
    changed = catalogue.across_changes(own)
    asked = _Question(engine, catalogue, query, who, prior_known, max_error, open_image, changed)
    found = _verified(asked, proposed, progress)
    return _answer(asked, search, proposed, found)


def _verified(asked: _Question, proposed: Proposals, progress: Progress | None) -> Found:
    found: dict[str, SightingPairEvidence] = {}
    total = len(proposed.order)
    for number, name in enumerate(proposed.order):
        if _settled(asked, proposed, found):
            break
        if progress:
            progress("verifying candidates", number, total)
        found[name] = verify_candidate(
            asked.engine, asked.catalogue, asked.query, name, asked.open_image
        )
    if progress:
        progress("verifying candidates", total, total)
    return found


def _settled(asked: _Question, proposed: Proposals, found: Found) -> bool:
    return settled(
        _looked(asked, found),
        _waiting(asked, proposed, found),
        asked.known,
        head=proposed.head,
        patience=asked.engine.config.patience,
        prior_known=asked.prior_known,
        max_error=asked.max_error,
    )


def _looked(asked: _Question, found: Found) -> list[Looked]:
    return [
        Looked(
            asked.who[name],
            evidence.llr if _speaks(asked, name, evidence) else None,
            "copy" in evidence.flags,
            bool(evidence.withheld),
        )
        for name, evidence in found.items()
    ]


def _speaks(asked: _Question, name: str, evidence: SightingPairEvidence) -> bool:
    """Whether it says anything: across a changed coat a difference does not."""
    return evidence.comparable and (evidence.llr > 0 or name not in asked.changed)


def _waiting(asked: _Question, proposed: Proposals, found: Found) -> set[str]:
    return {asked.who[name] for name in proposed.order if name not in found}


def _answer(
    asked: _Question, search: CandidateSearch, proposed: Proposals, found: Found
) -> IdentificationAnswer:
    best: dict[str, SightingPairEvidence] = {}
    for sighting_id, evidence in found.items():
        name = asked.who[sighting_id]
        speaks = _speaks(asked, sighting_id, evidence)
        if speaks and (name not in best or evidence.llr > best[name].llr):
            best[name] = evidence
    llr = bounded(best_of(_looked(asked, found)), _waiting(asked, proposed, found))
    named = name_from(llr, asked.known, prior_known=asked.prior_known, max_error=asked.max_error)
    named = heed_copies(named, {asked.who[s] for s, e in found.items() if "copy" in e.flags})
    shown, named, settle = _shown(asked, best, named)
    candidates = [_candidate(asked, name, e, named, proposed) for name, e in best.items()]
    candidates.sort(key=lambda c: -c.probability)
    return IdentificationAnswer(
        asked.query.sighting.id,
        named.kind,
        named.individual,
        named.probability,
        tuple(candidates),
        (*named.reasons, *_unmeasured(found), *_changed(asked, found)),
        settle,
        len(search),
        shown,
        asked.engine.provenance(),
        proposed=len(proposed.order),
        verified=len(found),
        routes=proposed.routes,
    )


def _shown(
    asked: _Question, best: Mapping[str, SightingPairEvidence], named: Named
) -> tuple[Comparison | None, Named, str]:
    """The best candidate compared with its pictures and controls: a name must survive that."""
    if not best:
        return None, named, "a picture of a flank that the catalogue shows"
    engine, evidence = asked.engine, max(best.values(), key=lambda e: e.llr)
    times = asked.catalogue.sighting(evidence.b).times  # as corrections of clocks make them
    stored = replace(asked.catalogue.load_sighting(evidence.b), times=times)
    animals = asked.catalogue.load_prepared(
        evidence.b,
        asked.open_image,
        fingerprint=engine.embedder.fingerprint,
        method=engine.local.method,
    )
    shown = compare(engine, [asked.query, PreparedSighting(stored, tuple(one_clock(animals)))])
    verdict = shown.verdicts[0]
    if named.kind == "individual" and shown.pairs[0].withheld:
        named = replace(named, kind="inconclusive", individual=None, reasons=verdict.reasons)
    return shown, replace(named, reasons=(*named.reasons, *verdict.reasons)), verdict.would_settle


def _unmeasured(found: Found) -> tuple[str, ...]:
    """Known sightings that could not be compared for want of measurements, told once."""
    missing = [e.missing for e in found.values() if "was not measured with" in e.missing]
    if not missing:
        return ()
    return (f"{len(missing)} of the candidates were not measured with these models: {missing[0]}",)


def _changed(asked: _Question, found: Found) -> tuple[str, ...]:
    """Candidates whose coat changed since, told once."""
    silent = [s for s, e in found.items() if e.comparable and not _speaks(asked, s, e)]
    names = sorted({asked.who[s] for s in silent})
    if not names:
        return ()
    return (
        f"a change of the coat is noted of {listed(names)}: where older pictures differ, that is "
        "no evidence",
    )


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
    asked: _Question,
    name: str,
    evidence: SightingPairEvidence,
    named: Named,
    proposed: Proposals,
) -> CandidateIndividual:
    sightings = tuple(s for s, n in asked.who.items() if n == name)
    ranks: dict[str, int] = {}
    for sighting in sightings:
        for route, rank in proposed.ranks.get(sighting, {}).items():
            ranks[route] = min(rank, ranks.get(route, rank))
    withheld = tuple(f"withheld: the {c} control matched as well" for c in evidence.withheld)
    return CandidateIndividual(
        name,
        sightings,
        evidence.llr,
        named.by_individual[name],
        min(ranks.values(), default=None),
        (f"the pictures are {likelier(evidence.llr)}", *withheld),
        ranks,
        evidence.b,
    )
