"""Review: pairs handed out, readings; tables of who is who that went out."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, PrimaryKeyConstraint, Text
from sqlalchemy import UniqueConstraint as Unique

from reid.catalogue.migrations.columns import CODE, KEY, NAME, SHA256, TIME, link, may, must, number

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.create_table(
        "review_items",
        must("id", NAME),
        must("at", TIME),
        must("reviewer", Text),
        must("purpose", CODE),
        must("a", Text),
        must("b", Text),
        may("truth", CODE),
        must("shown", JSON),
        must("seen", JSON),
        PrimaryKeyConstraint("id"),
        link("a", "sightings.id"),
        link("b", "sightings.id"),
    )
    op.create_table(
        "readings",
        number(),
        must("item_id", NAME),
        must("at", TIME),
        must("answer", CODE),
        must("why", Text),
        may("event_id", KEY),
        link("item_id", "review_items.id"),
        link("event_id", "identity_events.id"),
        Unique("item_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identity_exports",
        number(),
        must("at", TIME),
        must("by", Text),
        must("name", Text),
        must("content_sha256", SHA256),
        must("up_to", KEY),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_items_at", "review_items", ["at"])
    op.create_index("ix_review_items_reviewer", "review_items", ["reviewer"])


def downgrade() -> None:
    """Down: readings are forgotten, what was decided stays."""
    for name in ("identity_exports", "readings", "review_items"):
        op.drop_table(name)
