"""What goes into an index and what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reid.errors import SearchError
from reid.types import Embedding, Flank
from reid.types.checks import require

_UNIT_TOLERANCE = 1e-3  # float32 rows of 1,280 numbers stay within 1e-5; the rest is a mistake


@dataclass(frozen=True, slots=True, eq=False)
class VectorBatch:
    """Vectors with their ids and the fingerprint that they carry wherever they go.

    ``ids`` (n,) int64, distinct and not negative; ``vectors`` (n, dim) float32 rows of length 1.
    """

    ids: NDArray[np.int64] = field(repr=False)
    vectors: NDArray[np.float32] = field(repr=False)
    fingerprint: str

    def __post_init__(self) -> None:
        ids, vectors = self.ids, self.vectors
        require(
            ids.ndim == 1 and ids.dtype == np.int64 and vectors.ndim == 2,
            f"batch: expected ids (n,) int64 and vectors (n, dim), found {ids.shape} {ids.dtype} "
            f"and {vectors.shape}",
        )
        require(
            vectors.dtype == np.float32 and len(ids) == len(vectors),
            f"batch: expected {len(ids)} float32 vectors, found {len(vectors)} {vectors.dtype}",
        )
        require(bool(np.all(ids >= 0)), "batch: expected ids of at least 0, found negative ones")
        require(len(np.unique(ids)) == len(ids), "batch: expected distinct ids, found some twice")
        lengths = np.linalg.norm(vectors, axis=1)
        # written so that NaN fails too
        require(
            bool(np.all(np.abs(lengths - 1) < _UNIT_TOLERANCE)),
            "batch: expected finite vectors of length 1; normalise them first",
        )

    @classmethod
    def of(cls, embeddings: Iterable[tuple[int, Embedding]]) -> VectorBatch:
        """A batch of at least one embedding, all of one fingerprint.

        Raises:
            SearchError: embeddings of several fingerprints or dimensions, or none at all.
        """
        pairs = list(embeddings)
        kinds = {(pair[1].fingerprint, len(pair[1].vector)) for pair in pairs}
        if len(kinds) != 1:
            raise SearchError(
                f"batch: expected embeddings of one fingerprint and dim, found {sorted(kinds)}; "
                "embed all pictures with the same weights"
            )
        ids = np.array([pair[0] for pair in pairs], dtype=np.int64)
        return cls(ids, np.stack([pair[1].vector for pair in pairs]), pairs[0][1].fingerprint)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The nearest vectors, nearest first, equal cosines by id.

    ``ids`` (k,) int64, ``cosines`` (k,) float32 in [-1, 1], ``home`` (k,) which of ``sides`` each
    is from. Empty only if nothing was stored: a search that failed raises `SearchError`.
    """

    ids: NDArray[np.int64]
    cosines: NDArray[np.float32]
    home: NDArray[np.int64]
    sides: tuple[Flank, ...]

    def __post_init__(self) -> None:
        lengths = {len(self.ids), len(self.cosines), len(self.home)}
        require(len(lengths) == 1, f"neighbours: lengths differ: {sorted(lengths)}")

    @property
    def flanks(self) -> tuple[Flank, ...]:
        """The index that each is from."""
        return tuple(self.sides[i] for i in self.home.tolist())

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def ranked(
        cls,
        ids: NDArray[np.int64],
        cosines: NDArray[np.float32],
        ends: Sequence[int],
        sides: tuple[Flank, ...],
        k: int,
    ) -> Neighbours:
        """The best ``k`` of unordered finds: of the first of ``sides`` up to the first of ``ends``,
        of the second from there, and so on.
        """
        order = np.lexsort((ids, -cosines))[:k]
        best = np.minimum(cosines[order], np.float32(1))
        np.maximum(best, -1, out=best)  # np.clip says the same in three times as long
        return cls(ids[order], best, np.array(ends).searchsorted(order, side="right"), sides)
