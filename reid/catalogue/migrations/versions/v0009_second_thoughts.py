"""Review: opinions that are opened, pairs that are skipped, readings that are taken back."""

from __future__ import annotations

from alembic import op

from reid.catalogue.migrations.columns import TIME, may

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up. Until now the machine's opinion was shown with every pair."""
    op.add_column("review_items", may("opened_at", TIME))
    op.add_column("review_items", may("skipped_at", TIME))
    op.add_column("readings", may("taken_back_at", TIME))
    op.execute("UPDATE review_items SET opened_at = at")


def downgrade() -> None:
    """Down: what was taken back counts again."""
    op.drop_column("readings", "taken_back_at")
    op.drop_column("review_items", "skipped_at")
    op.drop_column("review_items", "opened_at")
