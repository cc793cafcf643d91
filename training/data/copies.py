"""Groups of frames that must never find each other: one sighting, or near copies by content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from reid.image import open_image
from training.data.beside import written_whole
from training.data.rows import Row

SIDE, SHIFT = 24, 2
LEAST_ALIKE = 0.75
"""Correlation of two colour thumbnails (best of shifts by up to 2 of 24 pixels) from which two
pictures of one animal are near copies. Of 1.75 million pairs of *different* tigers 0.02 % reach
it, of pairs of one tiger 10 %: what is left out is alike for the video's sake, not the coat's."""


def frame_groups(
    rows: Sequence[Row], cache: Path | None = None, *, least_alike: float = LEAST_ALIKE
) -> NDArray[np.int64]:
    """(n,) group number of each row: rows of one group are never query and gallery.

    Where a sighting is named, the sighting is the group. Pictures of one individual without one
    are grouped by content, transitively, so that a slow pan is one group. Files of equal bytes are
    always one group; ``least_alike`` above 1 groups no others. ``cache`` is a folder for
    thumbnails, keyed by path, size and time of file.
    """
    number = {name: k for k, name in enumerate(dict.fromkeys(map(_own_name, rows)))}
    group = np.array([number[_own_name(row)] for row in rows], dtype=np.int64)
    unseen: dict[str, list[int]] = {}
    for k, row in enumerate(rows):
        if not row.sighting and row.identity:
            unseen.setdefault(row.identity, []).append(k)
    links = [
        pair for members in unseen.values() for pair in _copies(rows, members, cache, least_alike)
    ]
    return _joined(group, [*links, *_equal_files(rows)])


def _equal_files(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Links between rows whose files hold the same bytes, whoever the table says they show.

    Files of a size of their own are not read; a file that is not there is nobody's copy.
    """
    by_size: dict[int, dict[Path, int]] = {}
    for k, row in enumerate(rows):
        if row.path.is_file():
            by_size.setdefault(row.path.stat().st_size, {}).setdefault(row.path, k)
    first: dict[str, int] = {}
    links = []
    for alike in by_size.values():
        for path, k in alike.items() if len(alike) > 1 else ():
            other = first.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), k)
            links += [(other, k)] if other != k else []
    return links


def _own_name(row: Row) -> str:
    return f"sighting {row.sighting}" if row.sighting else f"file {row.path}"


def _copies(
    rows: Sequence[Row], members: Sequence[int], cache: Path | None, least_alike: float
) -> list[tuple[int, int]]:
    thumbnails = np.stack([_thumbnail(rows[k], cache) for k in members])
    alike = np.argwhere(np.triu(likeness(thumbnails) >= least_alike, 1))
    return [(members[int(a)], members[int(b)]) for a, b in alike]


def likeness(thumbnails: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) best correlation over small shifts of (n, 24, 24, 3) thumbnails, symmetric."""
    inner = SIDE - 2 * SHIFT
    middle = _unit(thumbnails[:, SHIFT : SHIFT + inner, SHIFT : SHIFT + inner])
    best = np.full((len(thumbnails), len(thumbnails)), -1.0, dtype=np.float32)
    for dy in range(2 * SHIFT + 1):
        for dx in range(2 * SHIFT + 1):
            moved = _unit(thumbnails[:, dy : dy + inner, dx : dx + inner])
            np.maximum(best, middle @ moved.T, out=best)
    return np.maximum(best, best.T)


def _unit(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = windows.reshape(len(windows), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(length, 1e-6), dtype=np.float32)


def _thumbnail(row: Row, cache: Path | None) -> NDArray[np.float32]:
    """(24, 24, 3) float32 of the box."""
    kept = cache / "thumbnails" / f"{_key(row)}.npy" if cache else None
    if kept is not None and kept.is_file():
        return np.asarray(np.load(kept), dtype=np.float32)
    image = open_image(row.path)
    x0, y0, x1, y1 = row.box.window(image.size_wh) if row.box else (0, 0, *image.size_wh)
    small = cv2.resize(image.pixels[y0:y1, x0:x1], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    if kept is not None:
        with written_whole(kept) as beside:
            np.save(beside, small)
    return np.asarray(small, dtype=np.float32)


def _key(row: Row) -> str:
    stat = row.path.stat()
    told = f"{row.path}|{stat.st_size}|{stat.st_mtime_ns}|{row.box}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _joined(group: NDArray[np.int64], links: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Groups after joining those that a link connects, numbered from 0 in order of rows."""
    count = int(group.max(initial=-1)) + 1
    a = [int(group[i]) for i, _ in links]
    b = [int(group[j]) for _, j in links]
    graph = csr_matrix((np.ones(len(links)), (a, b)), shape=(count, count))
    whole = connected_components(graph, directed=False)[1]
    return np.asarray(whole[group], dtype=np.int64)
