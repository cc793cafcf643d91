"""An archive's files as they lay there once: what a job begins with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from reid.batch.sources import Entry
from reid.catalogue.jobs import NewItem


class Listing:
    """One walk through an archive: its hash and its files are of the same moment.

    A walk may take minutes on a slow disk, and in a transaction every writer would wait for it; so
    what it found is kept until then, some 200 bytes a file. ``sha256`` is of names, sizes, times
    of change and what is told of each; no file is opened.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        digest, self._kept = hashlib.sha256(), list[str]()
        for entry in entries:
            head = f"{entry.name}\0{entry.size}\0{entry.mtime_ns}\n"
            digest.update(head.encode(errors="replace"))
            digest.update(repr(sorted(entry.told.items())).encode(errors="replace"))
            data = {"size": entry.size, "mtime_ns": entry.mtime_ns, "told": entry.told}
            self._kept.append(json.dumps([entry.name, data]))
        self.sha256 = digest.hexdigest()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[NewItem]:
        """The files as parts of a job."""
        return (NewItem(*json.loads(line)) for line in self._kept)
