"""LNBNN over a set of animals that is known at once: see `reid.index.voting`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reid.errors import InputError
from reid.index.described import DescribedRows
from reid.index.voting import (
    Cast,
    LnbnnSettings,
    Votes,
    by_annotation,
    by_name,
    cast,
    guarded,
    strongest,
)
from reid.types import LocalFeatures

__all__ = ["DescriptorIndex", "LnbnnSettings", "Votes"]


class DescriptorIndex:
    """All local descriptors of some animals of one method.

    Built once and then only read: safe for any number of threads. One that grows with a
    catalogue, by flank, is `reid.index.vote_set.VoteSet`.
    """

    def __init__(
        self,
        annotations: Iterable[tuple[int, LocalFeatures]],
        settings: LnbnnSettings | None = None,
    ) -> None:
        """Index the annotations under their ids.

        Raises:
            InputError: no annotation, an id twice, a negative id, or features of two methods.
            SearchError: FAISS failed.
        """
        self.settings = settings or LnbnnSettings()
        limit = self.settings.per_annotation
        parts = [(number, f, strongest(f, limit)) for number, f in annotations]
        methods = {features.method for _, features, _ in parts}
        numbers = [number for number, _, _ in parts]
        if len(methods) != 1 or len(set(numbers)) != len(numbers) or min(numbers, default=0) < 0:
            raise InputError(
                f"descriptor index: expected annotations of one method with distinct ids, found "
                f"{len(numbers)} of methods {sorted(methods)}"
            )
        self.method = methods.pop()
        self._rows = DescribedRows(parts[0][1].descriptors.shape[1], self.settings.store)
        guarded(lambda: self._rows.add(parts))

    def __len__(self) -> int:
        return len(self._rows)

    def votes(self, query: LocalFeatures, *, exclude: Sequence[int] = ()) -> Votes:
        """Votes for annotations: each adds how much nearer than the background it is.

        ``exclude`` are ids that the search must not see at all (the query's own sighting): they
        are neither neighbours nor background.

        Raises:
            InputError: features of another method.
            SearchError: FAISS failed.
        """
        return by_annotation(self._cast(query, exclude))

    def individual_votes(
        self, query: LocalFeatures, names: Mapping[int, str], *, exclude: Sequence[int] = ()
    ) -> dict[str, float]:
        """Votes for individuals: of each individual only a descriptor's nearest one counts.

        ``names`` gives the individual of each annotation; those not in it have no vote.
        """
        return by_name(self._cast(query, exclude), names)

    def _cast(self, query: LocalFeatures, exclude: Sequence[int]) -> Cast:
        if query.method != self.method:
            raise InputError(
                f"descriptor index: holds {self.method!r}, found {query.method!r}; extract again"
            )
        return cast([self._rows], query, self.settings, exclude=exclude)
