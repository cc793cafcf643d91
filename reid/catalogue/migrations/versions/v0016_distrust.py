"""Keys of signers are distrusted and trusted again: a history that is only added to."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Text

from reid.catalogue.migrations.columns import CODE, SHA256, TIME, link, must, number

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "trusted_key_events"
CHANGES = ("UPDATE", "DELETE")
REFUSED = "what was said of keys is only added to"


def upgrade() -> None:
    """Up. Every key that is known is trusted, as before."""
    op.create_table(
        TABLE,
        number(),
        must("at", TIME),
        must("by", Text),
        must("why", Text),
        must("kind", CODE),
        must("public_key", SHA256),
        link("public_key", "trusted_keys.public_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trusted_key_events_public_key", TABLE, ["public_key", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for change in CHANGES:
            op.execute(
                f"CREATE TRIGGER key_events_no_{change.lower()} BEFORE {change} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION key_events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER key_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION key_events_refuse()"
    )


def downgrade() -> None:
    """Down: distrusted keys are trusted again."""
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION key_events_refuse()")
