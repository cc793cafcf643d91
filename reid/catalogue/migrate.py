"""Bringing a database to the schema of this version, or refusing it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from reid.catalogue.schema import Base
from reid.errors import CatalogueError, SchemaError

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file: our migrations, on ``connection``."""
    config = Config()
    # A percent sign in the path would be read as interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """The revision that this version of the package writes."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if head is None:
        raise CatalogueError(f"no migrations found in {MIGRATIONS}; reinstall leopard-reid")
    return head


@cache
def newest_revision() -> str:
    """As ``head_revision``, read once: what is asked of every readiness check."""
    return head_revision()


def revision_of(connection: Connection) -> str | None:
    """The revision of a database's tables; None when it is no catalogue."""
    return MigrationContext.configure(connection).get_current_revision()


def check_schema(connection: Connection) -> None:
    """Raise SchemaError unless the tables are of this version."""
    current = revision_of(connection)
    if current != newest_revision():
        raise SchemaError(
            f"the database is at revision {current}, and this process expects "
            f"{newest_revision()}: restart the service, or upgrade leopard-reid where it is older"
        )


def migrate(writer: Engine) -> None:
    """Create or upgrade the tables in one transaction; nothing when they are up to date.

    Raises:
        CatalogueError: the database is of a newer version, or is not a catalogue.
    """
    with writer.begin() as connection:  # the writers' lock: two starts do not migrate twice
        current = MigrationContext.configure(connection).get_current_revision()
        if current == head_revision():
            return
        _refuse_strangers(connection, current)
        command.upgrade(alembic_config(connection), "head")


def _refuse_strangers(connection: Connection, current: str | None) -> None:
    known = {s.revision for s in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaError(
            f"the database is at revision {current}, which this version of leopard-reid does not "
            f"know (it writes {head_revision()}): it was written by a newer version. Upgrade "
            "leopard-reid, or open another catalogue."
        )
    taken = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    if current is None and taken:
        raise CatalogueError(
            f"the database has tables {sorted(taken)} but no revision: it is not a catalogue of "
            "leopard-reid. Give an empty database."
        )
