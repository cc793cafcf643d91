"""Labels in doubt, put into the review queue with their reason."""

from __future__ import annotations

from collections.abc import Sequence

from reid.catalogue import Catalogue
from reid.review import LABEL_IN_DOUBT, OpenPair
from training.lab.seen import CATALOGUE
from training.lab.suspicious import Suspicion
from training.lab.training_set import TrainingSet

MOST = 200


def offer(catalogue: Catalogue, found: Sequence[Suspicion], made: TrainingSet) -> int:
    """Offer the doubted sightings of the catalogue; returns how many pairs.

    Of each, the pair with the other individual's sighting is asked as an open question. The pair
    with its own individual's is asked again as a doubt: the answer decides nothing by itself.
    """
    pairs: dict[tuple[str, str], OpenPair] = {}
    for one in found:
        if one.surprise <= 0 or len(pairs) >= MOST:
            break
        if one.other_llr is None:  # no evidence of its own to put beside what is known
            continue
        for other, llr in ((one.other, one.other_llr), (one.own, one.own_llr)):
            names = _stored(one.sighting), _stored(other)
            if all(names):
                a, b = sorted(names)
                source = f"training set {made.sha256[:12]}"
                pairs[a, b] = OpenPair(a, b, llr or 0.0, LABEL_IN_DOUBT, source, (one.words(),))
    catalogue.note_evidence(list(pairs.values()))
    return len(pairs)


def _stored(sighting: str) -> str:
    """The id of a sighting of the catalogue; "" for a table's."""
    source, _, name = sighting.partition("/")
    return name if source == CATALOGUE else ""
