"""Registered bundles of weights, what was found of them, and which one serves."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Boolean, PrimaryKeyConstraint, String, Text, UniqueConstraint

from reid.catalogue.migrations.columns import CODE, SHA256, TIME, link, may, must, number

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "bundle_promotions"
CHANGES = ("UPDATE", "DELETE")
REFUSED = "promotions are only added to"
SIGNATURE = String(128)


def upgrade() -> None:
    """Up."""
    op.create_table(
        "bundles",
        must("sha256", SHA256),
        must("name", Text),
        must("version", Text),
        must("fingerprint", Text),
        may("parent", SHA256),
        must("data_manifest_sha256", Text),
        must("code_version", Text),
        must("figures", JSON),
        must("licence", Text),
        must("data_licences", JSON),
        must("statement", Text),
        must("signer", SHA256),
        must("signature", SIGNATURE),
        must("by", Text),
        must("registered_at", TIME),
        may("forgotten_at", TIME),
        PrimaryKeyConstraint("sha256"),
        UniqueConstraint("name", "version"),
    )
    op.create_index("ix_bundles_fingerprint", "bundles", ["fingerprint"])
    op.create_table(
        "bundle_gates",
        number(),
        must("at", TIME),
        must("by", Text),
        must("sha256", SHA256),
        must("report", JSON),
        link("sha256", "bundles.sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bundle_gates_sha256", "bundle_gates", ["sha256", "id"])
    op.create_table(
        TABLE,
        number(),
        must("at", TIME),
        must("by", Text),
        must("why", Text),
        must("kind", CODE),
        may("from_sha256", SHA256),
        may("to_sha256", SHA256),
        must("before", JSON),
        must("after", JSON),
        must("overridden", Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trusted_keys",
        must("public_key", SHA256),
        must("at", TIME),
        must("by", Text),
        must("why", Text),
        must("own", Boolean),
        PrimaryKeyConstraint("public_key"),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in CHANGES:
            op.execute(
                f"CREATE TRIGGER promotions_no_{change.lower()} BEFORE {change} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION promotions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER promotions_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION promotions_refuse()"
    )


def downgrade() -> None:
    """Down: the folder of bundles stays; which of them served is forgotten."""
    op.drop_table("trusted_keys")
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION promotions_refuse()")
    op.drop_table("bundle_gates")
    op.drop_table("bundles")
