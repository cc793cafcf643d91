"""Keys of the API, and an audit log that is only ever added to."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Integer, PrimaryKeyConstraint, Text

from reid.catalogue.migrations.columns import CODE, TIME, may, must, number

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANGES = ("UPDATE", "DELETE")
REFUSED = "the audit log is only added to"


def upgrade() -> None:
    """Up."""
    op.create_table(
        "access_keys",
        must("prefix", CODE),
        must("hashed", Text),
        must("person", Text),
        must("role", CODE),
        must("created_at", TIME),
        may("revoked_at", TIME),
        PrimaryKeyConstraint("prefix"),
    )
    op.create_table(
        "audit_entries",
        number(),
        must("at", TIME),
        must("who", Text),
        may("key_prefix", CODE),
        must("action", Text),
        must("about", JSON),
        must("status", Integer),
        must("request_id", Text),
        sqlite_autoincrement=True,
    )
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in CHANGES:
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit_entries "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    )


def downgrade() -> None:
    """Down: who had a key and what they did is forgotten; who is who keeps its own history."""
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_refuse()")
    op.drop_table("access_keys")
