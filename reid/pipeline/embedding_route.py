"""Candidates by the embedding: its index kept in step with the catalogue, rebuilt at any time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from reid.catalogue import Catalogue, EmbeddingChunk
from reid.errors import SearchError
from reid.index import IndexSet, Section, StoreSettings, VectorBatch
from reid.index.index_set import SIDES
from reid.pipeline.index_state import IndexState, index_state
from reid.pipeline.owners import Owners
from reid.pipeline.projection import Projection
from reid.types import Extent, Flank, PreparedAnnotation

NEAREST = 200
"""Annotations asked for: more than a shortlist needs, for one sighting has many."""
LEAST_TO_SAVE = 2000


class EmbeddingRoute:
    """Nearest annotations of the catalogue for a query, by one embedding's fingerprint.

    FAISS holds a projection of the catalogue: what other processes added is taken in before each
    search, and a file that does not fit is thrown away and made anew.
    """

    name = "embedding"

    def __init__(
        self,
        catalogue: Catalogue,
        owners: Owners,
        folder: Path,
        *,
        fingerprint: str,
        dim: int,
        settings: StoreSettings | None = None,
    ) -> None:
        self._catalogue, self._owners, self._fingerprint = catalogue, owners, fingerprint
        self._index = Projection(
            _Embeddings(catalogue, fingerprint, dim, settings),
            folder / f"{fingerprint}.index",
            least_to_save=LEAST_TO_SAVE,
        )
        self.sync()

    def __len__(self) -> int:
        return len(self._index)

    def state(self) -> IndexState:
        """How the index stands to the catalogue.

        Raises:
            SearchError: it holds more than the catalogue.
        """
        return index_state(self._fingerprint, len(self._index), self._catalogue.fingerprints())

    def sync(self) -> IndexSet:
        """The index, with what the catalogue holds taken in. Raises as `Projection.now`."""
        return self._index.now()

    def rebuild(self) -> dict[str, int]:
        """Make the index anew from the catalogue; counts by flank."""
        return {flank.value: n for flank, n in self._index.rebuild().counts().items()}

    def ranked(
        self, queries: Sequence[PreparedAnnotation], wanted: Collection[str]
    ) -> dict[str, int]:
        """The wanted sightings near any query, by rank from 1; the nearest annotation counts.

        Raises:
            SearchError: the search could not run.
        """
        index, best = self.sync(), dict[int, float]()
        for query in queries:
            near = index.search(query.embedding, query.view.flank.best, NEAREST)
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


class _Embeddings:
    """The catalogue's embeddings of one fingerprint, for a projection."""

    def __init__(
        self, catalogue: Catalogue, fingerprint: str, dim: int, settings: StoreSettings | None
    ) -> None:
        self._catalogue, self._fingerprint, self._dim = catalogue, fingerprint, dim
        self._settings = settings

    def empty(self) -> IndexSet:
        return IndexSet(fingerprint=self._fingerprint, dim=self._dim, settings=self._settings)

    def read(self, sections: Sequence[Section]) -> IndexSet:
        return IndexSet.of_sections(
            sections, fingerprint=self._fingerprint, dim=self._dim, settings=self._settings
        )

    def take_in(self, index: IndexSet, after: int) -> Iterator[tuple[int, str]]:
        for chunk in self._catalogue.iter_embeddings(self._fingerprint, after=after):
            for flank, batch in _by_flank(chunk, self._fingerprint):
                index.add(flank, batch)
            yield chunk.last, chunk.stamp

    def extent(self, up_to: int | None = None) -> Extent:
        return self._catalogue.embedding_extent(self._fingerprint, up_to=up_to)

    def stamp(self, row: int) -> str:
        return self._catalogue.embedding_stamp(row) if row else ""


def _by_flank(chunk: EmbeddingChunk, fingerprint: str) -> Iterator[tuple[Flank, VectorBatch]]:
    """Front and back are no flank: they go where the unknown is, in their order."""
    sides = [flank if flank in SIDES else Flank.UNKNOWN for flank in chunk.flanks]
    for side in SIDES:
        rows = [k for k, one in enumerate(sides) if one is side]
        if rows:
            yield side, VectorBatch(chunk.keys[rows], chunk.vectors[rows], fingerprint)
