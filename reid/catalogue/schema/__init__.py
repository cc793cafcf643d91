"""The tables, one module a subject. ``Base.metadata`` is what migrations must arrive at."""

from reid.catalogue.schema.animal import AnnotationRow, EmbeddingRow, FeaturesRow
from reid.catalogue.schema.answer import (
    ComparisonRow,
    ComparisonSightingRow,
    IdempotencyRow,
    VerdictRow,
)
from reid.catalogue.schema.base import Base
from reid.catalogue.schema.bundle import (
    BundleGateRow,
    BundleRow,
    PromotionRow,
    TrustedKeyEventRow,
    TrustedKeyRow,
)
from reid.catalogue.schema.field import (
    ClockCorrectionRow,
    DeploymentRow,
    MediaRow,
    RejectionRow,
    SightingMediaRow,
    SightingRow,
    SightingTimeRow,
)
from reid.catalogue.schema.identity import (
    IdentityChangeRow,
    IdentityEventRow,
    IdentityFactRow,
    IndividualNameRow,
    IndividualRow,
)
from reid.catalogue.schema.job import JobItemRow, JobRow, JobWorkerRow
from reid.catalogue.schema.people import AccessKeyRow, AuditRow, BrowserSessionRow
from reid.catalogue.schema.replay import DoubtRow, IdentificationRow
from reid.catalogue.schema.review import ExportRow, PairEvidenceRow, ReadingRow, ReviewItemRow

__all__ = [
    "AccessKeyRow",
    "AnnotationRow",
    "AuditRow",
    "Base",
    "BrowserSessionRow",
    "BundleGateRow",
    "BundleRow",
    "ClockCorrectionRow",
    "ComparisonRow",
    "ComparisonSightingRow",
    "DeploymentRow",
    "DoubtRow",
    "EmbeddingRow",
    "ExportRow",
    "FeaturesRow",
    "IdempotencyRow",
    "IdentificationRow",
    "IdentityChangeRow",
    "IdentityEventRow",
    "IdentityFactRow",
    "IndividualNameRow",
    "IndividualRow",
    "JobItemRow",
    "JobRow",
    "JobWorkerRow",
    "MediaRow",
    "PairEvidenceRow",
    "PromotionRow",
    "ReadingRow",
    "RejectionRow",
    "ReviewItemRow",
    "SightingMediaRow",
    "SightingRow",
    "SightingTimeRow",
    "TrustedKeyEventRow",
    "TrustedKeyRow",
    "VerdictRow",
]
