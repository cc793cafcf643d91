"""Labels in doubt: offered to reviewers before all other questions, and told of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.doubting import Doubt, Doubts
from reid.review import Answer
from training.lab.seen import CATALOGUE
from training.lab.suspicious import Suspicion
from training.lab.training_set import TrainingSet

MOST = 200
SHOWN = 20
WHO = "labels"
"""In the place of a bundle's name: what the labels' own cross-validation puts in doubt."""


def offer(catalogue: Catalogue, found: Sequence[Suspicion], made: TrainingSet) -> int:
    """Offer the doubted sightings of the catalogue, in the place of earlier ones; how many pairs.

    Of each, two pairs: with the other individual's sighting, of which people believe that they are
    two animals, and with its own individual's. Answers decide nothing; they become disputes.
    """
    doubts: dict[tuple[str, str], Doubt] = {}
    for weight, one in enumerate(found):
        if not one.doubted or len(doubts) >= MOST:
            continue
        asked = ((one.other, Answer.SAME, one.other_llr), (one.own, Answer.DIFFERENT, one.own_llr))
        for other, said, llr in asked:
            a, b = sorted((_stored(one.sighting), _stored(other)))
            if a and b and (a, b) not in doubts:
                source = f"training set {made.sha256[:12]}"
                kind = "" if llr is None else "same" if llr > 0 else "different"
                doubts[a, b] = Doubt(
                    a, b, weight, said.value, kind, llr or 0.0, source, (one.words(),)
                )
    Doubts.of(catalogue).put(WHO, list(doubts.values()))
    return len(doubts)


def offered(catalogue: Catalogue, found: Sequence[Suspicion], made: TrainingSet) -> dict[str, Any]:
    """Offer them, and what a run says of it: ``looked_at`` labels, ``doubted`` and
    ``contradicted`` ones, pairs ``offered``, and of the doubted the first ``doubts``.
    """
    doubted = [one for one in found if one.doubted]
    return {
        "looked_at": len(found),
        "doubted": len(doubted),
        "contradicted": sum(one.contradicted for one in found),
        "offered": offer(catalogue, found, made),
        "doubts": [_told(one) for one in doubted[:SHOWN]],
    }


def _told(one: Suspicion) -> dict[str, Any]:
    names = {
        "sighting": one.sighting,
        "individual": one.identity,
        "nearest": one.other,
        "nearest_individual": one.other_identity,
        "nearest_own": one.own,
    }
    plain = {name: said.removeprefix(f"{CATALOGUE}/") for name, said in names.items()}
    return {**plain, "kind": one.kind, "contradicted": one.contradicted}


def _stored(sighting: str) -> str:
    """The id of a sighting of the catalogue; "" for a table's."""
    source, _, name = sighting.partition("/")
    return name if source == CATALOGUE else ""
