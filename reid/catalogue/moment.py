"""A catalogue in one SQLite file that nothing writes to: looked through, never opened for work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from reid.catalogue.copying import row_counts
from reid.catalogue.decided import differing, replayed
from reid.catalogue.migrate import newest_revision, revision_of
from reid.catalogue.schema import MediaRow
from reid.errors import CatalogueError


@dataclass(frozen=True, slots=True)
class MomentFound:
    """What a file holds: ``revision`` of its tables, rows by table, and what is wrong with it."""

    revision: str
    rows: dict[str, int]
    problems: tuple[str, ...]


@contextmanager
def looking(file: Path) -> Iterator[Connection]:
    """A connection that cannot change the file.

    Raises:
        CatalogueError: it is no catalogue.
    """
    place = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(place, uri=True))
    try:
        with engine.connect() as connection:
            yield connection
    except (DatabaseError, sqlite3.Error) as error:
        raise CatalogueError(
            f"{file}: expected a catalogue, found no readable one: {error}"
        ) from error
    finally:
        engine.dispose()


def examine(file: Path) -> MomentFound:
    """Look through a file: its pages, its references, and that what is believed of the animals
    follows from the history of decisions (asked of tables of this version only).

    Raises:
        CatalogueError: it is no catalogue.
    """
    with looking(file) as connection:
        pages = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        problems = [f"database: {words}" for words in pages if words != "ok"]
        problems += [f"{row[0]}: a row points to no row of {row[2]}" for row in loose[:5]]
        revision = revision_of(connection) or ""
        if revision == newest_revision():
            session = Session(connection)
            wrong = differing(session, replayed(session))
            problems += [f"identity of {one}: not what follows from its history" for one in wrong]
        return MomentFound(revision, row_counts(connection), tuple(problems))


def media_of(file: Path) -> list[tuple[str, int]]:
    """sha256 and size in bytes of every file that a catalogue names, by sha256.

    Raises:
        CatalogueError: it is no catalogue.
    """
    query = select(MediaRow.sha256, MediaRow.size_bytes).order_by(MediaRow.sha256)
    with looking(file) as connection:
        return [(sha256, size) for sha256, size in connection.execute(query)]
