"""Descriptors of a catalogue by flank, growing with it: the second route to candidates."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from reid.errors import InputError, SearchError
from reid.index.described import DescribedRows
from reid.index.index_set import SIDES, searched
from reid.index.inverted import Ints
from reid.index.locks import ReadWriteLock
from reid.index.storage import Section
from reid.index.voting import LnbnnSettings, by_name, cast, guarded, strongest
from reid.types import Flank, LocalFeatures

MOST = 4_000_000
"""Descriptors of 128 numbers in one set: about 0.65 GB in memory."""
_HEAD = struct.Struct("<q")  # how many descriptors are kept of an annotation
_REBUILD = "run `reid index rebuild`"


class VoteSet:
    """Local descriptors of one method, by flank and annotation; any number of threads may ask.

    Memory is bounded: where more than ``most`` descriptors would be held, only the first half of
    those kept of each annotation stay, and so on. What is held follows from the annotations and
    the order in which they came, not from how many came at once.
    """

    def __init__(
        self, *, method: str, settings: LnbnnSettings | None = None, most: int = MOST
    ) -> None:
        """An empty set."""
        self.method, self.settings, self.most = method, settings or LnbnnSettings(), most
        self.limit = self.settings.per_annotation
        self._parts: dict[Flank, DescribedRows] = {}
        self._keys: set[int] = set()
        self._lock = ReadWriteLock()

    @property
    def fingerprint(self) -> str:
        """16 hex digits of method and settings: one file each."""
        told = f"{self.method}|{self.settings.per_annotation}|{self.settings.store}|{self.most}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def __len__(self) -> int:
        """Annotations."""
        return len(self._keys)

    @property
    def descriptors(self) -> int:
        """Descriptors that are held."""
        return sum(map(len, self._parts.values()))

    def counts(self) -> dict[Flank, int]:
        """Descriptors of each flank."""
        return {side: len(self._parts.get(side, ())) for side in SIDES}

    def add(self, annotations: Sequence[tuple[Flank, int, LocalFeatures]]) -> None:
        """Add annotations under new keys.

        Raises:
            InputError: a key that is there already, or features of another method.
            SearchError: FAISS failed; what is held is not whole any more, so make another set.
        """
        keys = [key for _, key, _ in annotations]
        if self._keys & set(keys) or len(set(keys)) != len(keys):
            raise InputError(f"votes: expected new keys, found some of {keys[:5]} twice")
        for _, _, features in annotations:
            self._check(features)
        with self._lock.writing():
            guarded(lambda: self._take(annotations))
            self._keys |= set(keys)

    def votes(
        self, query: LocalFeatures, flank: Flank, names: Mapping[int, str]
    ) -> dict[str, float]:
        """Votes for the names of annotations, over the flanks that can match.

        Only annotations in ``names`` are searched: the others are no background either.

        Raises:
            InputError: features of another method.
            SearchError: FAISS failed.
        """
        self._check(query)
        with self._lock.reading():
            parts = [self._parts[side] for side in searched(flank) if side in self._parts]
            if not parts or not len(query):
                return {}
            return by_name(cast(parts, query, self.settings, only=names.keys()), names)

    def sections(self) -> list[Section]:
        """All of it as bytes, by flank. Raises SearchError where FAISS fails."""
        with self._lock.reading():
            return [self._section(side, part) for side, part in self._parts.items()]

    @classmethod
    def of_sections(
        cls,
        sections: Iterable[Section],
        *,
        method: str,
        settings: LnbnnSettings | None = None,
        most: int = MOST,
    ) -> VoteSet:
        """What `sections` gave.

        Raises:
            SearchError: damaged, or of another method or settings.
        """
        found = cls(method=method, settings=settings, most=most)
        for section in sections:
            if section.fingerprint != found.fingerprint:
                raise SearchError(
                    f"votes: expected descriptors of {method!r} with these settings, found others; "
                    f"{_REBUILD}"
                )
            found._read(section)
        return found

    def _check(self, features: LocalFeatures) -> None:
        if features.method != self.method:
            raise InputError(
                f"votes: holds {self.method!r}, found {features.method!r}; extract again"
            )

    def _take(self, annotations: Sequence[tuple[Flank, int, LocalFeatures]]) -> None:
        waiting: dict[Flank, list[tuple[int, LocalFeatures, Ints]]] = {}
        held = self.descriptors
        for flank, key, features in annotations:
            side = flank if flank in SIDES else Flank.UNKNOWN
            rows = strongest(features, self.limit)
            waiting.setdefault(side, []).append((key, features, rows))
            held += len(rows)
            if held > self.most:
                self._place(waiting)
                self._thin()
                held = self.descriptors
        self._place(waiting)

    def _place(self, waiting: dict[Flank, list[tuple[int, LocalFeatures, Ints]]]) -> None:
        for side, found in waiting.items():
            if side not in self._parts:
                dim = found[0][1].descriptors.shape[1]
                self._parts[side] = DescribedRows(dim, self.settings.store)
            self._parts[side].add(found)
        waiting.clear()

    def _thin(self) -> None:
        while self.descriptors > self.most and self.limit != 1:
            most = max(int(np.bincount(p.place).max()) for p in self._parts.values() if len(p))
            self.limit = max(1, (self.limit or most) // 2)
            for side, part in self._parts.items():
                self._parts[side] = part.first(self.limit)

    def _section(self, side: Flank, part: DescribedRows) -> Section:
        data = _HEAD.pack(self.limit) + guarded(part.to_bytes)
        keys = np.array(part.keys, dtype=np.int64)
        return Section(str(side), self.fingerprint, part.store.dim, keys, data)

    def _read(self, section: Section) -> None:
        def read() -> tuple[int, DescribedRows]:
            data = memoryview(section.data)
            (limit,) = _HEAD.unpack_from(data)
            part = DescribedRows.from_bytes(data[_HEAD.size :], section.ids, self.settings.store)
            return limit, part

        self.limit, part = guarded(read)
        self._parts[Flank(section.flank)] = part
        self._keys |= set(part.keys)
