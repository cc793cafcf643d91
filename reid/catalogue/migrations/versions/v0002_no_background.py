"""Features of the background are measured when a match has to be doubted, and not stored."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, LargeBinary, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget them: a third of the table."""
    op.drop_column("local_features", "background")


def downgrade() -> None:
    """An empty column: the older version asks for the sightings to be analysed again."""
    empty = Column("background", LargeBinary, nullable=False, server_default=text("''"))
    op.add_column("local_features", empty)
