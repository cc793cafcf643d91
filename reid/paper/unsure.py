"""What is unsure about an individual, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from reid.catalogue import Catalogue
from reid.catalogue.individual_pages import IndividualPage, Seen
from reid.exporters.places import Exactness
from reid.paper.words import disputed, lacking, spoken
from reid.people import FINEST
from reid.pipeline.previewing import contradictions
from reid.review import OpenPair
from reid.types.words import likelier, listed

MOST_LOOKED = 60
"""Sightings whose evidence is looked through, the newest first."""
WORTH_TELLING = 0.4
"""Natural-log likelihood ratio (1.5 to 1) from which somebody else is named."""
MOST_NAMED = 6


def unsure_of(catalogue: Catalogue, page: IndividualPage, exactness: Exactness) -> list[str]:
    """Everything that a careful reader must know; journeys only for those who see positions."""
    frames = [frame for one in page.seen for frame in one.frames]
    missing = lacking(frames)
    pairs = _evidence(catalogue, page)
    return [
        *([_flank(missing)] if missing else []),
        *_together(page, pairs),
        *_others(catalogue, page, pairs),
        *_against(catalogue, page, exactness),
        *(_when(one) for one in page.seen if disputed(one)),
    ]


def _flank(missing: str) -> str:
    return f"{missing[0].upper()}{missing[1:]}: it may be known by that side under another name."


def _when(one: Seen) -> str:
    return f"{one.sighting_id}: {spoken(one.times)}; sources disagree."


def _evidence(catalogue: Catalogue, page: IndividualPage) -> dict[tuple[str, str], OpenPair]:
    newest = [one.sighting_id for one in reversed(page.seen)][:MOST_LOOKED]
    pairs = [pair for name in newest for pair in catalogue.likely(name, limit=1000)]
    return {(pair.a, pair.b): pair for pair in pairs}


def _together(page: IndividualPage, pairs: dict[tuple[str, str], OpenPair]) -> list[str]:
    """How far the machine agrees that its sightings are one animal."""
    own = {one.sighting_id for one in page.seen}
    if len(own) < 2:
        return ["Seen once: nothing here was compared with another sighting of it."]
    inside = [pair for pair in pairs.values() if pair.a in own and pair.b in own]
    if not inside:
        return ["That its sightings are one animal was said by people; no comparison is stored."]
    for_it = sum(pair.llr > 0 for pair in inside)
    alone = sorted(own - {name for pair in inside if pair.llr > 0 for name in (pair.a, pair.b)})
    found = [
        f"Of {len(inside)} stored comparison{'' if len(inside) == 1 else 's'} of two of its "
        f"sightings {for_it} speak for one animal; strongest: "
        f"{likelier(max(pair.llr for pair in inside))}."
    ]
    if alone:
        found.append(f"Tied to it by a person's word alone: {_some(alone)}.")
    return found


def _others(
    catalogue: Catalogue, page: IndividualPage, pairs: dict[tuple[str, str], OpenPair]
) -> list[str]:
    """Who else it may be: by the strongest evidence with each other animal."""
    own = {one.sighting_id for one in page.seen}
    outside = [p for p in pairs.values() if (p.a in own) != (p.b in own)]
    names = catalogue.individuals_of([_other(pair, own) for pair in outside])
    best: dict[str, OpenPair] = {}
    for pair in outside:
        other = names.get(_other(pair, own), f"the unnamed sighting {_other(pair, own)}")
        if pair.llr >= WORTH_TELLING and (other not in best or pair.llr > best[other].llr):
            best[other] = pair
    ranked = sorted(best.items(), key=lambda one: -one[1].llr)
    found = [
        f"May also be {other}: {pair.a} and {pair.b} are {likelier(pair.llr)}."
        for other, pair in ranked[:MOST_NAMED]
    ]
    if len(ranked) > MOST_NAMED:
        found.append(f"And {len(ranked) - MOST_NAMED} more that it may be, less likely.")
    if not outside:
        found.append("It was compared with no other animal: others may look like it.")
    elif not ranked:
        found.append("Of the others that it was compared with none looks like it.")
    return found


def _other(pair: OpenPair, own: set[str]) -> str:
    return pair.b if pair.a in own else pair.a


def _against(catalogue: Catalogue, page: IndividualPage, exactness: Exactness) -> list[str]:
    told = exactness in ("exact", FINEST)  # distances tell positions
    found = contradictions(catalogue, page.individual.name)
    return [f"Against it: {one.words}." for one in found if told or one.kind != "journey"]


def _some(names: Iterable[str]) -> str:
    every = list(names)
    if len(every) > MOST_NAMED:
        every = [*every[:MOST_NAMED], f"{len(every) - MOST_NAMED} more"]
    return listed(every)
