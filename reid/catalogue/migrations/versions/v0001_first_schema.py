"""The first schema."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Double, Integer, LargeBinary, PrimaryKeyConstraint, Text
from sqlalchemy import UniqueConstraint as Unique

from reid.catalogue.migrations.columns import CODE, KEY, NAME, SHA256, TIME, link, may, must, number

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# fmt: off
TABLES = (
    "deployments", "media", "sightings", "sighting_times", "sighting_media", "rejections",
    "annotations", "embeddings", "local_features", "individuals", "identifications",
    "comparisons", "comparison_sightings", "verdicts", "idempotency_keys",
)
# fmt: on


def field_tables() -> None:
    """Deployments, media, sightings."""
    op.create_table(
        "deployments",
        number(),
        must("station", Text),
        must("camera", Text),
        may("latitude", Double),
        may("longitude", Double),
        must("created_at", TIME),
        Unique("station", "camera"),
    )
    op.create_table(
        "media",
        must("sha256", SHA256),
        must("size_bytes", KEY),
        may("format", CODE),
        may("width_px", Integer),
        may("height_px", Integer),
        may("light", CODE),
        may("captured_at", TIME),
        may("camera_make", Text),
        may("camera_model", Text),
        may("camera_serial", Text),
        must("flags", JSON),
        must("created_at", TIME),
        PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "sightings",
        must("id", Text),
        may("station", Text),
        may("latitude", Double),
        may("longitude", Double),
        must("content_sha256", SHA256),
        must("created_at", TIME),
        PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sighting_times",
        must("sighting_id", Text),
        must("position", Integer),
        must("at", TIME),
        must("source", Text),
        PrimaryKeyConstraint("sighting_id", "position"),
        link("sighting_id", "sightings.id"),
    )
    op.create_table(
        "sighting_media",
        must("sighting_id", Text),
        must("position", Integer),
        must("media_sha256", SHA256),
        may("deployment_id", KEY),
        must("file_name", Text),
        may("camera", Text),
        may("flank", CODE),
        must("boxes", JSON),
        PrimaryKeyConstraint("sighting_id", "position"),
        link("sighting_id", "sightings.id"),
        link("media_sha256", "media.sha256"),
        link("deployment_id", "deployments.id"),
    )
    op.create_table(
        "rejections",
        must("sighting_id", Text),
        must("position", Integer),
        must("file_name", Text),
        must("reason", Text),
        PrimaryKeyConstraint("sighting_id", "position"),
        link("sighting_id", "sightings.id"),
    )
    op.create_index("ix_sighting_media_media_sha256", "sighting_media", ["media_sha256"])


def animal_tables() -> None:
    """Annotations and what was measured on them."""
    op.create_table(
        "annotations",
        number(),
        must("sighting_id", Text),
        must("annotation_id", Text),
        must("media_sha256", SHA256),
        must("file_name", Text),
        may("camera", Text),
        must("x_px", Double),
        must("y_px", Double),
        must("width_px", Double),
        must("height_px", Double),
        must("origin", NAME),
        must("confidence", Double),
        may("mask", LargeBinary),
        must("flags", JSON),
        must("prepared_flags", JSON),
        must("flank", CODE),
        must("flank_left", Double),
        must("flank_right", Double),
        must("flank_other", Double),
        must("flank_source", NAME),
        must("usable", Double),
        must("quality", JSON),
        must("created_at", TIME),
        link("sighting_id", "sightings.id"),
        link("media_sha256", "media.sha256"),
        Unique("sighting_id", "annotation_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "embeddings",
        number(),
        must("annotation_key", KEY),
        must("fingerprint", Text),
        must("dim", Integer),
        must("vector", LargeBinary),
        link("annotation_key", "annotations.id"),
        Unique("annotation_key", "fingerprint"),
    )
    op.create_table(
        "local_features",
        number(),
        must("annotation_key", KEY),
        must("method", Text),
        must("animal", LargeBinary),
        must("mirrored", LargeBinary),
        must("background", LargeBinary),
        link("annotation_key", "annotations.id"),
        Unique("annotation_key", "method"),
    )
    op.create_index("ix_annotations_flank", "annotations", ["flank"])
    op.create_index("ix_annotations_media_sha256", "annotations", ["media_sha256"])
    op.create_index("ix_embeddings_fingerprint", "embeddings", ["fingerprint"])


def identity_tables() -> None:
    """Individuals and identifications."""
    op.create_table(
        "individuals",
        number(),
        must("name", Text),
        must("note", Text),
        must("created_at", TIME),
        Unique("name"),
    )
    op.create_table(
        "identifications",
        number(),
        must("sighting_id", Text),
        must("individual_id", KEY),
        must("kind", CODE),
        must("by", Text),
        must("why", Text),
        must("at", TIME),
        link("sighting_id", "sightings.id"),
        link("individual_id", "individuals.id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identifications_individual_id", "identifications", ["individual_id"])
    op.create_index("ix_identifications_sighting_id", "identifications", ["sighting_id"])


def answer_tables() -> None:
    """Comparisons, verdicts, idempotency."""
    op.create_table(
        "comparisons",
        must("id", Text),
        must("created_at", TIME),
        must("summary", Text),
        must("result", JSON),
        must("result_sha256", SHA256),
        must("inputs", JSON),
        must("fingerprints", JSON),
        must("configuration", JSON),
        must("code_version", Text),
        must("provenance", JSON),
        PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "comparison_sightings",
        must("comparison_id", Text),
        must("position", Integer),
        must("sighting_id", Text),
        must("content_sha256", SHA256),
        PrimaryKeyConstraint("comparison_id", "position"),
        link("comparison_id", "comparisons.id"),
    )
    op.create_table(
        "verdicts",
        must("comparison_id", Text),
        must("position", Integer),
        must("a", Text),
        must("b", Text),
        must("kind", CODE),
        may("probability", Double),
        must("direct_llr", Double),
        PrimaryKeyConstraint("comparison_id", "position"),
        link("comparison_id", "comparisons.id"),
    )
    op.create_table(
        "idempotency_keys",
        must("key", SHA256),
        must("kind", NAME),
        must("stored_id", Text),
        must("created_at", TIME),
        PrimaryKeyConstraint("key", "kind"),
    )
    op.create_index("ix_comparisons_created_at", "comparisons", ["created_at"])
    op.create_index("ix_comparison_sightings_sighting_id", "comparison_sightings", ["sighting_id"])
    op.create_index("ix_verdicts_a", "verdicts", ["a"])
    op.create_index("ix_verdicts_b", "verdicts", ["b"])


def upgrade() -> None:
    """Up."""
    field_tables()
    animal_tables()
    identity_tables()
    answer_tables()


def downgrade() -> None:
    """Down to nothing."""
    for table in reversed(TABLES):
        op.drop_table(table)
