"""Evidence on pairs of sightings that no comparison holds: what review starts from."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Double, PrimaryKeyConstraint, Text

from reid.catalogue.migrations.columns import CODE, TIME, link, must

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.create_table(
        "pair_evidence",
        must("a", Text),
        must("b", Text),
        must("at", TIME),
        must("llr", Double),
        must("kind", CODE),
        must("source", Text),
        must("reasons", JSON),
        PrimaryKeyConstraint("a", "b"),
        link("a", "sightings.id"),
        link("b", "sightings.id"),
    )
    op.create_index("ix_pair_evidence_at", "pair_evidence", ["at"])


def downgrade() -> None:
    """Down: it can be found again."""
    op.drop_table("pair_evidence")
