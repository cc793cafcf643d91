"""Jobs, their items, and who works on them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Boolean, Integer, PrimaryKeyConstraint, Text
from sqlalchemy import UniqueConstraint as Unique

from reid.catalogue.migrations.columns import CODE, KEY, NAME, SHA256, TIME, link, may, must

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Up."""
    op.create_table(
        "jobs",
        must("id", NAME),
        must("kind", NAME),
        must("key", SHA256),
        must("subject", SHA256),
        must("params", JSON),
        must("resources", JSON),
        must("by", Text),
        must("state", CODE),
        must("cancel", Boolean),
        must("attempts", Integer),
        must("max_attempts", Integer),
        may("not_before", TIME),
        may("worker", Text),
        may("open_stage", NAME),
        must("stage", NAME),
        must("done", KEY),
        must("total", KEY),
        must("stage_base", KEY),
        may("stage_started_at", TIME),
        must("problem", Text),
        must("result", JSON),
        must("version", KEY),
        must("created_at", TIME),
        may("started_at", TIME),
        may("finished_at", TIME),
        must("updated_at", TIME),
        PrimaryKeyConstraint("id"),
        Unique("key"),
    )
    op.create_table(
        "job_items",
        must("job_id", NAME),
        must("stage", NAME),
        must("position", Integer),
        must("name", Text),
        must("state", CODE),
        may("worker", Text),
        must("attempts", Integer),
        must("data", JSON),
        may("result", JSON),
        must("problem", Text),
        PrimaryKeyConstraint("job_id", "stage", "position"),
        link("job_id", "jobs.id"),
    )
    op.create_table(
        "job_workers",
        must("id", Text),
        must("machine", Text),
        must("pid", Integer),
        must("process", Text),
        must("beat", KEY),
        must("started_at", TIME),
        must("seen_at", TIME),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_jobs_subject", "jobs", ["subject"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_index("ix_jobs_created_at", "jobs", ["created_at"])
    op.create_index("ix_job_items_worker", "job_items", ["worker"])
    op.create_index("ix_job_items_state", "job_items", ["job_id", "stage", "state", "position"])


def downgrade() -> None:
    """Down: jobs are forgotten, what they stored stays."""
    for table in ("job_workers", "job_items", "jobs"):
        op.drop_table(table)
