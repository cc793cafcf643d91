"""Under which licence a file came, and what is said of its sighting: NULL, nobody stated one."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up. Of what is stored nobody stated one; the same import again fills it in."""
    for table in ("sightings", "sighting_media"):
        op.add_column(table, Column("licence", Text(), nullable=True))


def downgrade() -> None:
    """Down: licences are not kept."""
    for table in ("sightings", "sighting_media"):
        op.drop_column(table, "licence")
