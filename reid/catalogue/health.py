"""What a doctor asks of a database, without changing it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from reid.catalogue.catalogue import Catalogue, locate
from reid.catalogue.engine import make_engine
from reid.catalogue.faults import translated
from reid.catalogue.migrate import revision_of
from reid.catalogue.schema import IdentityEventRow, MediaRow


def revision_at(where: str | Path, data_dir: Path) -> str | None:
    """The revision of a database's tables, which are left as they are; None: no catalogue.

    Raises:
        ConfigError: the URL cannot be used.
        CatalogueError: the database does not answer.
    """
    url, folder = locate(where, data_dir)
    engine = make_engine(url)
    try:
        with translated(folder), engine.connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def database_problems(catalogue: Catalogue, *, thorough: bool) -> list[str]:
    """What is wrong with a SQLite file, in its own words; a server looks after its own pages."""
    if catalogue.engine.dialect.name != "sqlite":
        return []
    check = "integrity_check" if thorough else "quick_check"
    with translated(catalogue.data_dir), catalogue.engine.connect() as connection:
        pages = connection.exec_driver_sql(f"PRAGMA {check}(5)").scalars().all()
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    broken = [f"{row[0]}: a row points to no row of {row[2]}" for row in loose[:5]]
    return [words for words in pages if words != "ok"] + broken


def media_rows(catalogue: Catalogue) -> list[tuple[str, int]]:
    """sha256 and size in bytes of every stored file."""
    query = select(MediaRow.sha256, MediaRow.size_bytes).order_by(MediaRow.sha256)
    with translated(catalogue.data_dir), catalogue.engine.connect() as connection:
        return [(sha256, size) for sha256, size in connection.execute(query)]


def last_written(catalogue: Catalogue) -> datetime | None:
    """When the last decision or file came; None: none yet."""
    with translated(catalogue.data_dir), catalogue.engine.connect() as connection:
        times = [
            connection.execute(select(func.max(column))).scalar()
            for column in (IdentityEventRow.at, MediaRow.created_at)
        ]
    return max((at for at in times if at is not None), default=None)
