"""Candidates by votes of local descriptors: no embedding takes part."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from reid.catalogue import Catalogue
from reid.errors import CatalogueError, SearchError
from reid.index import LnbnnSettings, VoteSet
from reid.index.vote_set import MOST
from reid.pipeline.index_state import worth_saving
from reid.pipeline.owners import Owners
from reid.types import Flank, PreparedAnnotation

VOTES = LnbnnSettings(per_annotation=1000)
FRAMES = 2
"""The best so many of a flank vote: a burst's frames say nearly the same, and each has its cost."""
_LEAST_TO_SAVE = 64


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
        self._catalogue, self._owners, self._method = catalogue, owners, method
        self._settings, self._most = settings, most
        self._path = folder / f"{self._empty().fingerprint}.votes"
        self._lock = threading.Lock()
        self._held: VoteSet | None = None
        self._last = self._saved = 0

    def __len__(self) -> int:
        """Annotations taken in so far."""
        return 0 if self._held is None else len(self._held)

    def sync(self) -> VoteSet:
        """What the catalogue holds, taken in.

        Raises:
            SearchError: FAISS failed; the next call begins anew.
        """
        with self._lock:
            held = self._held = self._held or self._load()
            try:
                for chunk in self._catalogue.iter_features(self._method, after=self._last):
                    held.add(list(zip(chunk.flanks, chunk.keys, chunk.features, strict=True)))
                    self._last = chunk.last
            except SearchError:
                self._held = None  # half taken in, perhaps
                raise
            if worth_saving(len(held), self._saved, _LEAST_TO_SAVE):
                with contextlib.suppress(SearchError, CatalogueError):  # it is in memory
                    self._save(held)
            return held

    def rebuild(self) -> dict[str, int]:
        """Make it anew from the catalogue; descriptors by flank."""
        with self._lock:
            self._path.unlink(missing_ok=True)
            self._held = None
        held = self.sync()
        with self._lock:
            self._save(held)
        return {flank.value: count for flank, count in held.counts().items()}

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

    def _load(self) -> VoteSet:
        try:
            found, last = VoteSet.load(
                self._path, method=self._method, settings=self._settings, most=self._most
            )
        except SearchError:  # a projection: a damaged one is made anew, never trusted
            self._path.unlink(missing_ok=True)
            found, last = self._empty(), 0
        if self._catalogue.newest_features(self._method, up_to=last)[0] != len(found):
            found, last = self._empty(), 0
        self._last, self._saved = last, len(found)
        return found

    def _save(self, held: VoteSet) -> None:
        held.save(self._path, last=self._last)
        self._saved = len(held)

    def _empty(self) -> VoteSet:
        return VoteSet(method=self._method, settings=self._settings, most=self._most)


def _first_of_each_flank(queries: Sequence[PreparedAnnotation]) -> list[PreparedAnnotation]:
    seen: Counter[Flank] = Counter()
    chosen = []
    for query in queries:
        seen[query.view.flank.best] += 1
        if seen[query.view.flank.best] <= FRAMES:
            chosen.append(query)
    return chosen
