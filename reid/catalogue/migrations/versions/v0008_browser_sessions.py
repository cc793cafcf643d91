"""Sessions of browsers: who is signed in, known by the digest of a random token."""

from __future__ import annotations

from alembic import op
from sqlalchemy import PrimaryKeyConstraint

from reid.catalogue.migrations.columns import CODE, SHA256, TIME, link, must

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.create_table(
        "browser_sessions",
        must("digest", SHA256),
        must("key_prefix", CODE),
        must("created_at", TIME),
        must("seen_at", TIME),
        PrimaryKeyConstraint("digest"),
        link("key_prefix", "access_keys.prefix"),
    )
    op.create_index("ix_browser_sessions_key_prefix", "browser_sessions", ["key_prefix"])


def downgrade() -> None:
    """Down: everybody signs in again."""
    op.drop_table("browser_sessions")
