"""Identifications are kept, and what another bundle puts in doubt is handed to reviewers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Double, Integer, PrimaryKeyConstraint, String, Text

from reid.catalogue.migrations.columns import CODE, KEY, SHA256, TIME, link, may, must

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up: what was asked before was not kept, so both begin empty."""
    op.create_table(
        "identifications",
        must("id", String(16)),
        must("created_at", TIME),
        must("sighting_id", Text),
        must("content_sha256", SHA256),
        must("prior_known", Double),
        must("max_error", Double),
        must("bundle", Text),
        must("kind", CODE),
        may("individual", Text),
        may("individual_id", KEY),
        may("probability", Double),
        must("up_to", KEY),
        must("answer", JSON),
        must("provenance", JSON),
        PrimaryKeyConstraint("id"),
        link("sighting_id", "sightings.id"),
    )
    op.create_index("ix_identifications_created_at", "identifications", ["created_at"])
    op.create_index("ix_identifications_sighting_id", "identifications", ["sighting_id"])
    op.create_table(
        "doubts",
        must("bundle", Text),
        must("a", Text),
        must("b", Text),
        must("at", TIME),
        must("weight", Integer),
        must("said", CODE),
        must("kind", CODE),
        must("llr", Double),
        must("source", Text),
        must("reasons", JSON),
        PrimaryKeyConstraint("bundle", "a", "b"),
        link("a", "sightings.id"),
        link("b", "sightings.id"),
    )


def downgrade() -> None:
    """Down: the answers are lost, the doubts can be found again."""
    op.drop_table("doubts")
    op.drop_table("identifications")
