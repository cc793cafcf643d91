"""The search index against the catalogue that it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reid.errors import SearchError

IndexWord = Literal["current", "empty", "behind", "other-weights"]


@dataclass(frozen=True, slots=True)
class IndexState:
    """The search index against the catalogue.

    ``word``: ``"current"``: it holds every embedding of these weights; ``"behind"``: some are
    newer than it, and the next search takes them in; ``"empty"``: nothing is stored;
    ``"other-weights"``: everything stored was embedded by other weights, so nothing can be found
    until it is measured again. ``fingerprint`` is of the weights that the index is for;
    ``indexed`` and ``stored`` count its vectors and the catalogue's; ``other_weights`` counts
    stored vectors of other fingerprints, which no search sees.
    """

    word: IndexWord
    fingerprint: str
    indexed: int
    stored: int
    other_weights: int


def index_state(
    fingerprint: str, indexed: int, stored_by_fingerprint: Mapping[str, int]
) -> IndexState:
    """The state of an index for ``fingerprint`` that holds ``indexed`` vectors.

    Raises:
        SearchError: it holds more than the catalogue: what it finds may not be there any more.
    """
    stored = stored_by_fingerprint.get(fingerprint, 0)
    others = sum(stored_by_fingerprint.values()) - stored
    if indexed > stored:
        raise SearchError(
            f"index {fingerprint}: expected at most the catalogue's {stored} vectors, found "
            f"{indexed}: the catalogue is older than its index; run `reid index rebuild`"
        )
    word: IndexWord = "current"
    if not stored:
        word = "other-weights" if others else "empty"
    elif indexed < stored:
        word = "behind"
    return IndexState(word, fingerprint, indexed, stored, others)


def worth_saving(held: int, saved: int, least: int) -> bool:
    """Whether what an index took in since its file is worth writing it again.

    An eighth of it and at least ``least``: a file is then written often enough to make opening
    quick, and so rarely that all writing together costs a few times the last one.
    """
    return held - saved >= max(least, saved // 8)
