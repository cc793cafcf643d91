"""Stored annotations under another bundle: cut out of their pictures again, embedded, kept beside
the embeddings that are there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.catalogue import Catalogue
from reid.catalogue.bundles import BundleStore
from reid.catalogue.embedding_gaps import StoredAnnotation
from reid.embed import Embedder
from reid.image import open_image
from reid.pipeline.gently import be_gentle

BATCH = 16
"""Crops a pass: what the networks take best (`reid.embed.timm_embedder`), 0.1 s or so."""
AHEAD = 2
"""Pictures that are opened while the network works; each may take 100 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    key: int
    crop: NDArray[np.uint8]


def embed_stored(
    embedder: Embedder,
    catalogue: Catalogue,
    annotations: Sequence[StoredAnnotation],
    *,
    check: Callable[[], None] = lambda: None,
) -> int:
    """Embed stored annotations; returns how many vectors were added.

    Every picture is opened once, the next ones while the network works. ``check`` is called
    between two passes and may raise to stop. All vectors are kept in one transaction at the end,
    and what was there already stays.

    Raises:
        CatalogueError: a file is missing or was altered.
        InputError: a picture cannot be opened any more.
    """
    keys: list[int] = []
    vectors: list[NDArray[np.float32]] = []
    for batch in _batches(_cuts(embedder, catalogue, annotations)):
        check()
        vectors.append(embedder.embed([cut.crop for cut in batch]))
        keys += [cut.key for cut in batch]
    if not keys:
        return 0
    store = BundleStore.of(catalogue)
    return store.add_embeddings(embedder.fingerprint, keys, np.concatenate(vectors))


def _cuts(
    embedder: Embedder, catalogue: Catalogue, annotations: Sequence[StoredAnnotation]
) -> Iterator[_Cut]:
    groups = itertools.groupby(annotations, key=lambda one: one.annotation.media_sha256)
    pictures = [list(group) for _, group in groups]

    def cut(stored: list[StoredAnnotation]) -> list[_Cut]:
        first = stored[0]
        content = catalogue.read_media(first.annotation.media_sha256)
        image = open_image(content, file_name=first.file_name)
        return [_Cut(one.key, embedder.crop(image, one.annotation)) for one in stored]

    with ThreadPoolExecutor(1, initializer=be_gentle) as opener:
        waiting: list[Future[list[_Cut]]] = []
        for stored in pictures:
            waiting.append(opener.submit(cut, stored))
            if len(waiting) > AHEAD:
                yield from waiting.pop(0).result()
        while waiting:
            yield from waiting.pop(0).result()


def _batches(cuts: Iterable[_Cut]) -> Iterator[list[_Cut]]:
    rest = iter(cuts)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch
