"""Candidates by votes of local descriptors: no embedding takes part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from reid.catalogue import Catalogue
from reid.index import LnbnnSettings, Section, VoteSet
from reid.index.vote_set import MOST
from reid.pipeline.owners import Owners
from reid.pipeline.projection import Projection
from reid.types import Extent, Flank, PreparedAnnotation

VOTES = LnbnnSettings(per_annotation=1000)
FRAMES = 2
"""The best so many of a flank vote: a burst's frames say nearly the same, and each has its cost."""
LEAST_TO_SAVE = 64


class VoteRoute:
    """Sightings whose descriptors answer the query's, by the stored features of one method.

    A projection of the catalogue, as the embedding's index is: kept in step before each search,
    thrown away when it does not fit, one file a method. Nothing is read before the first search.
    """

    name = "votes"

    def __init__(
        self,
        catalogue: Catalogue,
        owners: Owners,
        folder: Path,
        *,
        method: str,
        settings: LnbnnSettings = VOTES,
        most: int = MOST,
    ) -> None:
        self._owners = owners
        source = _Features(catalogue, method, settings, most)
        path = folder / f"{source.empty().fingerprint}.votes"
        self._index = Projection(source, path, least_to_save=LEAST_TO_SAVE)

    def __len__(self) -> int:
        """Annotations taken in so far."""
        return len(self._index)

    def sync(self) -> VoteSet:
        """The descriptors, with what the catalogue holds taken in. Raises as `Projection.now`."""
        return self._index.now()

    def rebuild(self) -> dict[str, int]:
        """Make it anew from the catalogue; descriptors by flank."""
        return {flank.value: n for flank, n in self._index.rebuild().counts().items()}

    def ranked(
        self, queries: Sequence[PreparedAnnotation], wanted: Collection[str]
    ) -> dict[str, int]:
        """The wanted sightings that got votes, by rank from 1; the queries' votes are added.

        Of each flank the first ``FRAMES`` queries vote: best first, as `usable` gives them.

        Raises:
            SearchError: the search could not run.
        """
        held = self.sync()
        names = {key: name for key, name in self._owners.now().items() if name in wanted}
        total: Counter[str] = Counter()
        for query in _first_of_each_flank(queries):
            total.update(held.votes(query.features, query.view.flank.best, names))
        order = sorted(total, key=lambda name: (-total[name], name))
        return {name: rank for rank, name in enumerate(order, start=1)}


class _Features:
    """The catalogue's local features of one method, for a projection."""

    def __init__(
        self, catalogue: Catalogue, method: str, settings: LnbnnSettings, most: int
    ) -> None:
        self._catalogue, self._method = catalogue, method
        self._settings, self._most = settings, most

    def empty(self) -> VoteSet:
        return VoteSet(method=self._method, settings=self._settings, most=self._most)

    def read(self, sections: Sequence[Section]) -> VoteSet:
        return VoteSet.of_sections(
            sections, method=self._method, settings=self._settings, most=self._most
        )

    def take_in(self, index: VoteSet, after: int) -> Iterator[tuple[int, str]]:
        for chunk in self._catalogue.iter_features(self._method, after=after):
            index.add(list(zip(chunk.flanks, chunk.keys, chunk.features, strict=True)))
            yield chunk.last, chunk.stamp

    def extent(self, up_to: int | None = None) -> Extent:
        return self._catalogue.features_extent(self._method, up_to=up_to)

    def stamp(self, row: int) -> str:
        return self._catalogue.features_stamp(row) if row else ""


def _first_of_each_flank(queries: Sequence[PreparedAnnotation]) -> list[PreparedAnnotation]:
    seen: Counter[Flank] = Counter()
    chosen = []
    for query in queries:
        seen[query.view.flank.best] += 1
        if seen[query.view.flank.best] <= FRAMES:
            chosen.append(query)
    return chosen
