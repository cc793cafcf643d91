"""What databases and disks complain of, in the words of ``reid.errors``."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from reid.errors import (
    CatalogueBusyError,
    CatalogueError,
    InputError,
    ReadOnlyError,
    StorageFullError,
)

FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL_SQLSTATES = frozenset({"53100"})  # PostgreSQL: disk_full
BUSY_SQLSTATES = frozenset({"55P03", "57014"})  # PostgreSQL: lock_not_available, query_canceled
READ_ONLY_ERRNOS = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
READ_ONLY_SQLSTATES = frozenset({"25006"})  # PostgreSQL: read_only_sql_transaction
ALMOST_FULL_BYTES = 1 << 20
ASK = "Free some space and try again; nothing was written."


def _is_full(error: BaseException | None, data_dir: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL_ERRNOS
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_IOERR"):
        # A full disk can surface as a failed grow of the shared-memory file.
        return shutil.disk_usage(data_dir).free < ALMOST_FULL_BYTES
    return name == "SQLITE_FULL" or getattr(error, "sqlstate", None) in FULL_SQLSTATES


def _is_busy(error: BaseException | None) -> bool:
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith("SQLITE_BUSY") or getattr(error, "sqlstate", None) in BUSY_SQLSTATES


def _is_read_only(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return error.errno in READ_ONLY_ERRNOS
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith("SQLITE_READONLY") or (
        getattr(error, "sqlstate", None) in READ_ONLY_SQLSTATES
    )


def translate(error: SQLAlchemyError | OSError | UnicodeError, data_dir: Path) -> Exception:
    """The error of this package that says what ``error`` means, and what to do."""
    cause = getattr(error, "orig", None) or error
    if _is_full(cause, data_dir):
        return StorageFullError(f"no room left for the catalogue in {data_dir}: {cause}. {ASK}")
    if _is_busy(cause):
        return CatalogueBusyError(
            f"the catalogue in {data_dir} stayed locked by another writer: {cause}. Wait for it "
            "or stop it, then try again; nothing was written."
        )
    if _is_read_only(cause):
        return ReadOnlyError(
            f"the catalogue in {data_dir} takes no writes: {cause}. Make the directory (or the "
            "database) writable for the user that runs this; nothing was written."
        )
    if isinstance(error, DataError) or isinstance(cause, (UnicodeError, ValueError)):
        return InputError(f"a value that the database cannot hold: {cause}. Correct it.")
    if isinstance(cause, FileExistsError | NotADirectoryError):
        return CatalogueError(
            f"{data_dir}: expected the folder of a catalogue, found a file in its place; name "
            "another folder"
        )
    if isinstance(error, IntegrityError):
        return CatalogueError(f"the database refused a row that contradicts others: {cause}")
    return CatalogueError(
        f"the catalogue in {data_dir} could not be used: {cause}. Check that the directory is "
        "readable and writable, that the file is a catalogue, or that the server answers."
    )


@contextmanager
def translated(data_dir: Path) -> Iterator[None]:
    """Turn errors of SQLAlchemy and of the file system inside the block into ours.

    Raises:
        StorageFullError: no room on the disk or in the database.
        InputError: a value no database can hold (a NUL or a lone surrogate in a text).
        CatalogueError: everything else that the database or the disk refused.
    """
    try:
        yield
    except (SQLAlchemyError, OSError, UnicodeError) as error:
        raise translate(error, data_dir) from error
