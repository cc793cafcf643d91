"""Candidates by the embedding: its index kept in step with the catalogue, rebuilt at any time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from reid.catalogue import Catalogue
from reid.errors import CatalogueError, SearchError
from reid.index import IndexSet, VectorBatch
from reid.pipeline.index_state import IndexState, index_state, worth_saving
from reid.pipeline.owners import Owners
from reid.types import Flank, PreparedAnnotation

SIDES = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)
NEAREST = 200
"""Annotations asked for: more than a shortlist needs, for one sighting has many."""
_LEAST_TO_SAVE = 2000


class EmbeddingRoute:
    """Nearest annotations of the catalogue for a query, by one embedding's fingerprint.

    FAISS holds a projection of the catalogue: what other processes added is taken in before each
    search, and a file that does not fit is thrown away and made anew.
    """

    name = "embedding"

    def __init__(
        self, catalogue: Catalogue, owners: Owners, folder: Path, *, fingerprint: str, dim: int
    ) -> None:
        self._catalogue, self._owners = catalogue, owners
        self._fingerprint, self._dim = fingerprint, dim
        self._path = folder / f"{fingerprint}.index"
        self._lock = threading.Lock()
        self._index = self._load()
        self._saved = len(self._index)
        self._last = self._index.newest
        self.sync()

    def __len__(self) -> int:
        return len(self._index)

    def state(self) -> IndexState:
        """How the index stands to the catalogue.

        Raises:
            SearchError: it holds more than the catalogue.
        """
        return index_state(self._fingerprint, len(self._index), self._catalogue.fingerprints())

    def sync(self) -> None:
        """Take in what the catalogue holds and the index does not."""
        with self._lock:
            for flank, batch in self._stream(self._last):
                self._index.add(flank, batch)
            # measured later than its neighbours in the catalogue: the order of keys misses it
            if len(self._index) < self._catalogue.newest_embedding(self._fingerprint)[0]:
                self._index.rebuild(self._stream(0))
            self._last = self._index.newest
            if worth_saving(len(self._index), self._saved, _LEAST_TO_SAVE):
                with contextlib.suppress(SearchError, CatalogueError):  # it is in memory
                    self._save()

    def rebuild(self) -> dict[str, int]:
        """Make the index anew from the catalogue; counts by flank."""
        with self._lock:
            self._index.rebuild(self._stream(0))
            self._last = self._index.newest
            self._save()
            return {flank.value: count for flank, count in self._index.counts().items()}

    def ranked(
        self, queries: Sequence[PreparedAnnotation], wanted: Collection[str]
    ) -> dict[str, int]:
        """The wanted sightings near any query, by rank from 1; the nearest annotation counts.

        Raises:
            SearchError: the search could not run.
        """
        self.sync()
        best: dict[int, float] = {}
        for query in queries:
            near = self._index.search(query.embedding, query.view.flank.best, NEAREST)
            for key, cosine in zip(near.ids.tolist(), near.cosines.tolist(), strict=True):
                best[key] = max(best.get(key, -1.0), cosine)
        order = sorted(best, key=lambda key: (-best[key], key))
        owners, ranks = self._owners.now(), dict[str, int]()
        for key in order:
            if key not in owners:
                raise SearchError(
                    f"index: found annotation {key}, which the catalogue does not hold: it is "
                    "older than its index; run `reid index rebuild`"
                )
            if owners[key] in wanted:
                ranks.setdefault(owners[key], len(ranks) + 1)
        return ranks

    def _load(self) -> IndexSet:
        try:
            found = IndexSet.load(self._path, fingerprint=self._fingerprint, dim=self._dim)
        except SearchError:  # a projection: a damaged one is made anew, never trusted
            self._path.unlink(missing_ok=True)
            return self._empty()
        held, _ = self._catalogue.newest_embedding(self._fingerprint, up_to=found.newest)
        return found if held == len(found) else self._empty()

    def _empty(self) -> IndexSet:
        return IndexSet(fingerprint=self._fingerprint, dim=self._dim)

    def _save(self) -> None:
        self._index.save(self._path)
        self._saved = len(self._index)

    def _stream(self, after: int) -> Iterator[tuple[Flank, VectorBatch]]:
        for flank in SIDES:
            for chunk in self._catalogue.iter_embeddings(flank, self._fingerprint, after=after):
                yield flank, VectorBatch(chunk.keys, chunk.vectors, self._fingerprint)
