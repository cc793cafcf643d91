"""Everything a source tells, in one SQLite file: a million rows take a disk, not memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any

from reid.errors import CatalogueError
from reid.survey.moments import seconds_apart, seconds_of
from reid.survey.records import Deployment, Media, Observation, R, Record, plain, restored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deployment (id TEXT PRIMARY KEY, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY, told TEXT NOT NULL, deployment TEXT NOT NULL, seconds REAL);
CREATE INDEX IF NOT EXISTS media_when ON media (deployment, seconds);
CREATE TABLE IF NOT EXISTS observation (
    id TEXT PRIMARY KEY, told TEXT NOT NULL, media TEXT NOT NULL, event TEXT NOT NULL,
    individual TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS observation_media ON observation (media);
CREATE INDEX IF NOT EXISTS observation_event ON observation (event);
CREATE TABLE IF NOT EXISTS link (observation TEXT PRIMARY KEY, sighting TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (resource TEXT NOT NULL, told TEXT NOT NULL);
"""
CACHE_KIB = 128 * 1024
"""What a survey takes of memory: keys of a million rows, met in any order, stay in it."""
ZONES_S = 15 * 3600
"""As much as the clock of a place can differ from UTC, and an hour."""
_ZONED = "(substr(json_extract(told, '$.at'), -6, 1) IN ('+', '-'))"
_TABLES: dict[type, str] = {Deployment: "deployment", Media: "media", Observation: "observation"}


class Added(Enum):
    """What adding a record did."""

    NEW = "new"
    SAME = "same"  # this very record was there
    OTHER = "other"  # its id stands for something else, which stays


class Survey:
    """Deployments, media and observations by id, what else a package holds, and whose they are.

    ``path`` None: a temporary file, gone when it is closed. One writer at a time.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self._base = sqlite3.connect("" if path is None else path, timeout=30)
            self._base.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            self._base.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise CatalogueError(f"{path}: expected a file for the survey: {error}") from error

    def add(self, record: Record, *, replace: bool = False) -> Added:
        """Keep a record; a known id with other content stays as it is, unless ``replace``."""
        table, told = _TABLES[type(record)], json.dumps(plain(record), sort_keys=True)
        query = f"SELECT told FROM {table} WHERE id = ?"
        known = self._do(query, (record.id,)).fetchone()
        if known is not None and (known[0] == told or not replace):
            return Added.SAME if known[0] == told else Added.OTHER
        values = (record.id, told, *_columns(record))
        marks = ", ".join("?" * len(values))
        self._do(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)
        return Added.NEW

    def has(self, kind: type[Record], name: str) -> bool:
        """Whether there is a record of this id."""
        query = f"SELECT 1 FROM {_TABLES[kind]} WHERE id = ?"
        return self._do(query, (name,)).fetchone() is not None

    def deployments(self) -> Iterator[Deployment]:
        """All, by id."""
        return self._all(Deployment)

    def media(self) -> Iterator[Media]:
        """All, by id."""
        return self._all(Media)

    def observations(self) -> Iterator[Observation]:
        """All, by id."""
        return self._all(Observation)

    def deployment(self, name: str) -> Deployment | None:
        """One by its id."""
        return self._one(Deployment, name)

    def medium(self, name: str) -> Media | None:
        """One by its id."""
        return self._one(Media, name)

    def observation(self, name: str) -> Observation | None:
        """One by its id."""
        return self._one(Observation, name)

    def observations_of(self, *, media: str) -> list[Observation]:
        """What was seen in a file."""
        query = "SELECT told FROM observation WHERE media = ? ORDER BY id"
        return [restored(Observation, json.loads(r[0])) for r in self._do(query, [media])]

    def media_between(self, deployment: str, start: datetime, end: datetime) -> list[Media]:
        """Files of a deployment within a span; as clocks stand where only one side has a zone."""
        first, last = seconds_of(start), seconds_of(end)
        query = (
            "SELECT told FROM media WHERE deployment = ? AND seconds BETWEEN ? AND ? AND "
            f"(seconds BETWEEN ? AND ? OR {_ZONED} <> ?) ORDER BY seconds, id"
        )
        wide = first - ZONES_S, last + ZONES_S
        found = self._do(query, (deployment, *wide, first, last, start.tzinfo is not None))
        media = (restored(Media, json.loads(row[0])) for row in found)
        return [one for one in media if one.at and _within(one.at, start, end)]

    def by_event(self) -> Iterator[Observation]:
        """Observations, those of one event together; those without one by their file."""
        order = "CASE event WHEN '' THEN 1 ELSE 0 END, event, media, id"
        return self._walk(Observation, f"SELECT told FROM observation ORDER BY {order}")

    def count(self, kind: type[Record]) -> int:
        """How many records of a kind."""
        return int(self._do(f"SELECT count(*) FROM {_TABLES[kind]}").fetchone()[0])

    def license_rest(self, licence: str) -> None:
        """State a licence of every file and observation for which none was stated."""
        for table in ("media", "observation"):
            self._do(
                f"UPDATE {table} SET told = json_set(told, '$.licence', ?) "
                "WHERE json_extract(told, '$.licence') IS NULL",
                (licence,),
            )

    def licences(self, kind: type[Media | Observation]) -> dict[str, int]:
        """How many records under each licence, most first; "" where none was stated."""
        table = _TABLES[kind]
        query = (
            f"SELECT coalesce(json_extract(told, '$.licence'), '') AS said, count(*) FROM {table} "
            "GROUP BY said ORDER BY count(*) DESC, said"
        )
        return dict(self._do(query))

    def link(self, observation: str, sighting: str) -> None:
        """An observation is of this sighting of the catalogue."""
        self._do("INSERT OR REPLACE INTO link VALUES (?, ?)", (observation, sighting))

    def links(self) -> dict[str, str]:
        """Sighting by observation."""
        return dict(self._do("SELECT observation, sighting FROM link"))

    def set_meta(self, name: str, told: Any) -> None:
        """Keep a JSON value under a name, such as a package's metadata."""
        values = name, json.dumps(told)
        self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", values)

    def meta(self, name: str) -> Any:
        """What is kept under a name, or None."""
        row = self._do("SELECT told FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def names(self) -> list[str]:
        """Under which names something is kept."""
        return [row[0] for row in self._do("SELECT name FROM meta ORDER BY name")]

    def keep(self, resource: str, rows: Iterable[Mapping[str, str]]) -> None:
        """Replace the rows of another table of the package."""
        self._do("DELETE FROM kept WHERE resource = ?", (resource,))
        told = ((resource, json.dumps(dict(row))) for row in rows)
        self._do_many("INSERT INTO kept VALUES (?, ?)", told)

    def kept(self, resource: str) -> Iterator[dict[str, str]]:
        """The rows of another table."""
        query = "SELECT told FROM kept WHERE resource = ? ORDER BY rowid"
        return (json.loads(row[0]) for row in self._do(query, (resource,)))

    def resources(self) -> list[str]:
        """Names of the other tables."""
        query = "SELECT DISTINCT resource FROM kept ORDER BY resource"
        return [row[0] for row in self._do(query)]

    def commit(self) -> None:
        """Make what was added durable."""
        try:
            self._base.commit()
        except sqlite3.Error as error:
            raise CatalogueError(f"the survey's file took no writes: {error}") from error

    def copy_to(self, path: Path) -> None:
        """All of it into a new file, also what was not committed."""
        self.commit()
        try:
            with closing(sqlite3.connect(path)) as other:
                self._base.backup(other)
        except sqlite3.Error as error:
            raise CatalogueError(f"{path}: the survey could not be copied: {error}") from error

    def close(self) -> None:
        """What was not committed is gone."""
        self._base.close()

    def __enter__(self) -> Survey:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _do(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Ask the database; what it refuses (locked, full, damaged) is a CatalogueError."""
        try:
            return self._base.execute(query, values)
        except sqlite3.Error as error:
            raise CatalogueError(f"the survey's file: {error}; nothing of it was kept") from error

    def _do_many(self, query: str, values: Iterable[Sequence[Any]]) -> None:
        try:
            self._base.executemany(query, values)
        except sqlite3.Error as error:
            raise CatalogueError(f"the survey's file: {error}; nothing of it was kept") from error

    def _all(self, kind: type[R]) -> Iterator[R]:
        return self._walk(kind, f"SELECT told FROM {_TABLES[kind]} ORDER BY id")

    def _walk(self, kind: type[R], query: str) -> Iterator[R]:
        for row in self._do(query):
            yield restored(kind, json.loads(row[0]))

    def _one(self, kind: type[R], name: str) -> R | None:
        query = f"SELECT told FROM {_TABLES[kind]} WHERE id = ?"
        row = self._do(query, (name,)).fetchone()
        return None if row is None else restored(kind, json.loads(row[0]))


def _columns(record: Record) -> tuple[Any, ...]:
    if isinstance(record, Media):
        return record.deployment, None if record.at is None else seconds_of(record.at)
    if isinstance(record, Observation):
        return record.media, record.event, record.individual
    return ()


def _within(at: datetime, start: datetime, end: datetime) -> bool:
    return seconds_apart(start, at) >= 0 and seconds_apart(at, end) >= 0
