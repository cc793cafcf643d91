"""What was stored under another bundle meanwhile is embedded before the next search, or told."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from reid.catalogue import Catalogue
from reid.catalogue.bundles import BundleStore
from reid.embed import Embedder
from reid.pipeline.answers import IdentificationAnswer
from reid.pipeline.re_embedding import embed_stored

AT_ONCE = 32
"""So many annotations are embedded while somebody waits: some seconds."""


class CatchingUp:
    """Keeps one bundle's embeddings complete; safe to share between threads.

    A process goes on with its bundle for moments after another one was promoted, and after a
    roll-back the older bundle lacks what was stored meanwhile. Annotations are numbered as they
    are stored and never lose an embedding of a bundle that serves: those known to be complete
    are not looked at again, so a look costs one look at the newest number.
    """

    def __init__(self, embedder: Embedder, catalogue: Catalogue) -> None:
        self._embedder, self._catalogue = embedder, catalogue
        self._store = BundleStore.of(catalogue)
        self._complete_to = 0
        self._lock = Lock()

    def lacking(self, most: int | None = None) -> int:
        """How many stored annotations have no embedding of this bundle, after up to ``most``
        (default: `AT_ONCE`) were embedded, if that is all.

        Raises:
            CatalogueError: a file is missing or was altered.
        """
        most = AT_ONCE if most is None else most
        with self._lock:
            found = self._store.lacking(
                self._embedder.fingerprint, after=self._complete_to, most=most
            )
            if found.count and found.count <= most:
                self._embed(found.keys)
                found = replace(found, count=0)
            if not found.count:
                self._complete_to = max(self._complete_to, found.last)
            return found.count

    def sighting(self, sighting_id: str) -> None:
        """Embed what one stored sighting lacks."""
        keys = self._store.keys_lacking(sighting_id, self._embedder.fingerprint)
        if keys:
            self._embed(keys)

    def _embed(self, keys: tuple[int, ...]) -> None:
        embed_stored(self._embedder, self._catalogue, self._store.annotations_of_keys(keys))


def without_all(answer: IdentificationAnswer, lacking: int) -> IdentificationAnswer:
    """An answer of a search that could not see ``lacking`` annotations: never "new"."""
    if not lacking:
        return answer
    note = (
        f"{lacking} stored annotations have no embedding of this bundle yet and were not searched: "
        "`reid bundles re-embed` makes them"
    )
    answer = replace(answer, reasons=(note, *answer.reasons))
    if answer.kind != "new":
        return answer
    settle = answer.would_settle or "a search of everything that is stored"
    return replace(answer, kind="inconclusive", probability=None, would_settle=settle)
