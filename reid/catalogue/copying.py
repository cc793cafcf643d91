"""A whole catalogue's rows from one database into another, and one moment of it as a file.

Texts go as they are stored: JSON is not read and written again, so a NULL stays a NULL, a "null"
stays a "null", and no digit changes. Numbers that were given once are not given again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import OperationalError

from reid.catalogue.engine import WRITER, make_engine
from reid.catalogue.faults import translated
from reid.catalogue.migrate import check_schema, migrate
from reid.catalogue.schema import Base, BrowserSessionRow
from reid.catalogue.schema.base import IsoTime
from reid.errors import CatalogueError

CHUNK = 500
_FORM = "p_"  # before names of parameters: a column's own name is taken by its table

Rows = dict[str, int]


def save_moment(engine: Engine, file: Path) -> None:
    """The catalogue of this moment as one SQLite file, while others write.

    SQLite copies its pages itself; of a server every row is read in one transaction.

    Raises:
        StorageFullError, CatalogueError: the disk or the database refused.
    """
    with translated(file.parent):
        if engine.dialect.name == "sqlite":
            _copy_pages(engine, file)
            return
        target = make_engine(URL.create("sqlite", database=str(file)))
        try:
            migrate(target.execution_options(**{WRITER: True}))
            with reading(engine) as source, writing(target) as into:
                copy_rows(source, into)
        finally:
            target.dispose()
        _settle(file)


def _copy_pages(engine: Engine, file: Path) -> None:
    raw = engine.raw_connection()
    try:
        source: Any = raw.driver_connection
        target = sqlite3.connect(file)
        try:
            source.backup(target)  # one step: a reader's view, and writers go on
        finally:
            target.close()
    except sqlite3.Error as error:
        raise OperationalError("backup", None, error) from error
    finally:
        raw.close()
    _settle(file)


def _settle(file: Path) -> None:
    """Everything in the one file: no journal beside it."""
    plain = sqlite3.connect(file)
    try:
        plain.execute("PRAGMA journal_mode = DELETE")
    finally:
        plain.close()


def reading(engine: Engine) -> Connection:
    """A connection that sees one moment."""
    if engine.dialect.name == "sqlite":
        return engine.connect()
    fixed = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return fixed.connect()


def writing(engine: Engine) -> Connection:
    """A connection of the one writer; nothing is kept unless it is committed."""
    return engine.execution_options(**{WRITER: True}).connect()


def copy_rows(source: Connection, target: Connection, *, keep: bool = True) -> Rows:
    """Every row of every table, parents first; rows by table. ``keep``: committed at the end.

    Raises:
        SchemaError: one of them is not at this version's tables.
        CatalogueError: the target holds rows.
    """
    for connection in (source, target):
        check_schema(connection)
    refuse_taken(target)
    counts = {}
    for table in Base.metadata.sorted_tables:
        counts[table.name] = _copy_table(source, target, table)
        _carry_numbers(source, target, table)
    if keep:
        target.commit()
    return counts


def refuse_taken(connection: Connection) -> None:
    """Raise CatalogueError unless every table is empty."""
    taken = [name for name, count in row_counts(connection).items() if count]
    if taken:
        raise CatalogueError(
            f"expected an empty database, found rows in {', '.join(taken[:5])}; name an empty one"
        )


def row_counts(connection: Connection) -> Rows:
    """Rows by table, of the tables that there are."""
    there = set(inspect(connection).get_table_names())
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
        if table.name in there
    }


def _copy_table(source: Connection, target: Connection, table: Table) -> int:
    into = insert(table).values({c.name: _written(c, target) for c in table.columns})
    count = 0
    for chunk in _read(source, table):
        target.execute(into, chunk)
        count += len(chunk)
    return count


def _read(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    columns = [_plain(c, source).label(_FORM + c.name) for c in table.columns]
    found = source.execution_options(yield_per=CHUNK).execute(
        select(*columns).order_by(*table.primary_key.columns)
    )
    for part in found.mappings().partitions():
        yield [dict(row) for row in part]


def _plain(column: ColumnElement[Any], connection: Connection) -> ColumnElement[Any]:
    """A column as it is stored."""
    if isinstance(column.type, JSON):
        lite = connection.dialect.name == "sqlite"
        return type_coerce(column, Text) if lite else cast(column, Text)
    return type_coerce(column, Text) if isinstance(column.type, IsoTime) else column


def _written(column: Any, connection: Connection) -> ColumnElement[Any]:
    """A value for a column, as it was stored."""
    name = _FORM + column.name
    if isinstance(column.type, JSON):
        plain = bindparam(name, type_=Text)
        return plain if connection.dialect.name == "sqlite" else cast(plain, JSON)
    kind = Text() if isinstance(column.type, IsoTime) else column.type
    return bindparam(name, type_=kind)


def _carry_numbers(source: Connection, target: Connection, table: Table) -> None:
    """The next number that a table gives is one that it never gave."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(_last_number(source, table, column.name), _largest(source, column))
    if target.dialect.name == "sqlite":
        _set_last(target, table, last)
        return
    words = {"t": table.name, "c": column.name, "n": max(last, 1), "called": last > 0}
    target.execute(text("SELECT setval(pg_get_serial_sequence(:t, :c), :n, :called)"), words)


def _largest(source: Connection, column: ColumnElement[Any]) -> int:
    return source.execute(select(func.max(column))).scalar() or 0


def _last_number(source: Connection, table: Table, column: str) -> int:
    if source.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :t")
        return source.execute(query, {"t": table.name}).scalar() or 0
    named = text("SELECT pg_get_serial_sequence(:t, :c)")
    sequence = source.execute(named, {"t": table.name, "c": column}).scalar()
    if sequence is None:
        return 0
    query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
    return source.execute(query).scalar() or 0


def _set_last(target: Connection, table: Table, last: int) -> None:
    counted = "SELECT 1 FROM sqlite_master WHERE name = :t AND sql LIKE '%AUTOINCREMENT%'"
    words = {"t": table.name, "n": last}
    if target.execute(text(counted), words).scalar() is None:
        return
    target.execute(text("DELETE FROM sqlite_sequence WHERE name = :t"), words)
    target.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)"), words)


def forget_sessions(engine: Engine) -> None:
    """End every browser session: who signed in before signs in again."""
    with writing(engine) as connection:
        connection.execute(delete(BrowserSessionRow))
        connection.commit()
