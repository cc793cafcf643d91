"""Workers say which kinds of job they take, so that a job which nobody takes is told as one."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up. Who works now did not say."""
    op.add_column("job_workers", Column("kinds", JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Down: nobody says."""
    op.drop_column("job_workers", "kinds")
