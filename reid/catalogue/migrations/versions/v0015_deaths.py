"""Workers that died of a job or of one of its items are counted by themselves."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
_TABLES = ("jobs", "job_items")


def upgrade() -> None:
    """Up. Who died before now was counted as an attempt, and stays one."""
    for table in _TABLES:
        op.add_column(table, Column("deaths", Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Down: deaths are forgotten."""
    for table in _TABLES:
        op.drop_column(table, "deaths")
