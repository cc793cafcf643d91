"""An index by which the newest sightings are found without looking at all."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.create_index("ix_sightings_created_at_id", "sightings", ["created_at", "id"])


def downgrade() -> None:
    """Down."""
    op.drop_index("ix_sightings_created_at_id", "sightings")
