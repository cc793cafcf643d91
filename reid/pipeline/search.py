"""The index of a library: kept in step with the catalogue, rebuilt from it at any time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from reid.catalogue import Catalogue
from reid.errors import SearchError
from reid.index import IndexSet, VectorBatch
from reid.pipeline.index_state import IndexState, index_state
from reid.types import Flank, PreparedAnnotation

SIDES = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)


class CandidateSearch:
    """Nearest annotations of the catalogue for a query, by one embedding's fingerprint.

    FAISS holds a projection of the catalogue: what other processes added is taken in before each
    search, and a file that does not fit is thrown away and made anew.
    """

    def __init__(self, catalogue: Catalogue, folder: Path, fingerprint: str, dim: int) -> None:
        self._catalogue, self._fingerprint, self._dim = catalogue, fingerprint, dim
        self._path = folder / f"{fingerprint}.index"
        self._lock = threading.Lock()
        self._index, self._last = self._load()
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
            newest = self._last
            for flank, batch in self._stream(self._last):
                self._index.add(flank, batch)
                newest = max(newest, int(batch.ids.max()))
            self._last = newest

    def rebuild(self) -> dict[str, int]:
        """Make the index anew from the catalogue; counts by flank."""
        with self._lock:
            batches = list(self._stream(0))
            self._index.rebuild(batches)
            self._last = max((int(b.ids.max()) for _, b in batches), default=0)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._index.save(self._path)
            return {flank.value: count for flank, count in self._index.counts().items()}

    def ranked(self, queries: Sequence[PreparedAnnotation], k: int = 200) -> dict[str, int]:
        """Sightings near any query, with their rank from 1; the nearest annotation counts.

        Raises:
            SearchError: the search could not run.
        """
        self.sync()
        best: dict[int, float] = {}
        for query in queries:
            near = self._index.search(query.embedding, query.view.flank.best, k)
            for key, cosine in zip(near.ids.tolist(), near.cosines.tolist(), strict=True):
                best[key] = max(best.get(key, -1.0), cosine)
        order = sorted(best, key=lambda key: -best[key])
        ranks: dict[str, int] = {}
        for record in sorted(self._catalogue.annotations(order), key=lambda r: -best[r.key]):
            ranks.setdefault(record.sighting_id, len(ranks) + 1)
        return ranks

    def _load(self) -> tuple[IndexSet, int]:
        if self._path.exists():
            try:
                found = IndexSet.load(self._path, fingerprint=self._fingerprint, dim=self._dim)
            except SearchError:  # a projection: a damaged one is made anew, never trusted
                self._path.unlink()
            else:
                held = self._catalogue.fingerprints().get(self._fingerprint, 0)
                keys = [int(b.ids.max()) for _, b in self._stream(0)]
                if len(found) == held:
                    return found, max(keys, default=0)
        return IndexSet(fingerprint=self._fingerprint, dim=self._dim), 0

    def _stream(self, after: int) -> Iterator[tuple[Flank, VectorBatch]]:
        for flank in SIDES:
            for chunk in self._catalogue.iter_embeddings(flank, self._fingerprint, after=after):
                yield flank, VectorBatch(chunk.keys, chunk.vectors, self._fingerprint)
