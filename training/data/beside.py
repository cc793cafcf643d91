"""Files that are there whole or not at all, whoever else writes the same one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write to, renamed to it in the end; folders are made.

    The name is nobody else's, so processes that keep one cache do not write into each other's
    file; of several the last one stays. Where the writing failed nothing is left. The ending is
    that of ``path``: numpy adds its own to others.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
