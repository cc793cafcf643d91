"""Draft the next migration: ``python -m reid.catalogue.revise "what changes"``.

Compares the tables in ``reid.catalogue.schema`` with what the migrations so far make, in a
database of its own, and writes the difference to ``migrations/versions``. Read it before use.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.script import ScriptDirectory

from reid.catalogue.engine import WRITER, make_engine, parse_url
from reid.catalogue.migrate import alembic_config, migrate


def next_number() -> str:
    """The number of the next revision, four digits."""
    count = sum(1 for _ in ScriptDirectory.from_config(alembic_config()).walk_revisions())
    return f"{count + 1:04d}"


def draft(message: str) -> list[str]:
    """Write the draft; returns the paths written."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(parse_url(f"sqlite:///{Path(folder) / 'draft.db'}"))
        writer = engine.execution_options(**{WRITER: True})
        number = next_number()
        if number != "0001":
            migrate(writer)
        with writer.begin() as connection:
            config = alembic_config(connection)
            config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
            made = command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    scripts = made if isinstance(made, list) else [made]
    return [script.path for script in scripts if script is not None]


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write times as the plain text they are, so that old migrations need no code of today."""
    if kind == "type" and type(item).__name__ == "IsoTime":
        return "sa.String(40)"
    return False


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit('usage: python -m reid.catalogue.revise "what changes"')
    sys.stdout.write("\n".join(draft(sys.argv[1])) + "\n")
