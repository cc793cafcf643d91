"""What cameras tell of their pictures, and corrections of their clocks."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Text, UniqueConstraint

from reid.catalogue.migrations.columns import CODE, KEY, TIME, link, may, must, number

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up. Of files that are stored already nobody asked; they are asked when they come again."""
    op.add_column("media", may("note", JSON()))
    op.add_column("media", may("strip", JSON()))
    op.create_table(
        "clock_corrections",
        number(),
        must("at", TIME),
        must("by", Text()),
        must("why", Text()),
        must("kind", CODE),
        must("station", Text()),
        may("camera", Text()),
        may("shift_s", KEY),
        may("first", TIME),
        may("last", TIME),
        must("told", JSON()),
        may("undoes", KEY),
        link("undoes", "clock_corrections.id"),
        UniqueConstraint("undoes"),
    )


def downgrade() -> None:
    """Down: times are what the clocks wrote."""
    op.drop_table("clock_corrections")
    op.drop_column("media", "strip")
    op.drop_column("media", "note")
