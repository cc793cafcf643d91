"""Connections: how SQLite and PostgreSQL are set up, and that there is one writer at a time."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable
from sqlite3 import OperationalError as LockedError
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from reid.errors import ConfigError

BUSY_SECONDS = 30
WRITER = "reid_writer"  # execution option that marks a connection as a writer's
WRITER_LOCK = 7_305_808_870_142_533  # any fixed number: PostgreSQL's lock for writers
WAL_TRIES = 100


def parse_url(url: str) -> URL:
    """The URL, checked.

    Raises:
        ConfigError: not a URL of a SQLite file or of a PostgreSQL server.
    """
    expected = "expected sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
    try:
        parsed = make_url(url)
        parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"catalogue URL {url!r}: {expected} ({error})") from error
    backend = parsed.get_backend_name()
    memory = backend == "sqlite" and parsed.database in (None, "", ":memory:")
    if backend not in ("sqlite", "postgresql") or memory:
        raise ConfigError(f"catalogue URL {parsed!r}: {expected}; a catalogue must outlive us")
    return parsed


def make_engine(url: URL) -> Engine:
    """An engine whose writers wait for each other; opens no connection yet.

    Raises:
        ConfigError: the driver for the database is not installed.
    """
    sqlite = url.get_backend_name() == "sqlite"
    extra: dict[str, Any] = {} if sqlite else {"pool_pre_ping": True}
    try:
        engine = create_engine(url, json_serializer=dump_json, **extra)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigError(
            f"no driver for {url.drivername}: {error}. For PostgreSQL: pip install "
            "'psycopg[binary]' and a URL that starts with postgresql+psycopg://"
        ) from error
    if sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgresql)
    return engine


def dump_json(value: object) -> str:
    """JSON as the database keeps it: no NaN, which PostgreSQL would refuse and SQLite hide."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    run: Callable[[str], Any] = connection.execute
    run(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _set_wal(run)
    run("PRAGMA synchronous = FULL")  # an answer that was given survives a power cut
    run("PRAGMA foreign_keys = ON")


def _set_wal(run: Callable[[str], Any]) -> None:
    # The busy timeout does not cover the very first switch to WAL.
    for attempt in range(WAL_TRIES):
        try:
            run("PRAGMA journal_mode = WAL")
            return
        except LockedError as error:
            if "locked" not in str(error) or attempt == WAL_TRIES - 1:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that starts as a reader can fail half-way; IMMEDIATE waits at the door instead.
    writer = connection.get_execution_options().get(WRITER, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # One writer as on SQLite: files and rows then change together, events keep their order.
    if connection.get_execution_options().get(WRITER, False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def probe_writes(connection: Connection) -> None:
    """Raise what the database raises unless it takes writes; a writer at work shows that it does.

    Nothing is changed and nobody is waited for.
    """
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA busy_timeout = 0")
        try:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("ROLLBACK")
        except LockedError as error:
            if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        finally:
            raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        return
    query = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
    if connection.exec_driver_sql(query).scalar_one():
        raise OSError(errno.EROFS, "the database server is read-only")
