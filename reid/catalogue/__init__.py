"""What is known, in a database."""

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.content import content_sha256, sighting_sha256
from reid.catalogue.measurements import OpenImage
from reid.catalogue.records import (
    AnnotationRecord,
    ComparisonRecord,
    ComparisonSummary,
    Deployment,
    EmbeddingChunk,
    Identification,
    IdentificationKind,
    Individual,
    Saved,
    SightingRecord,
    Swept,
)
from reid.catalogue.unpack import NOT_LOADED

__all__ = [
    "NOT_LOADED",
    "AnnotationRecord",
    "Catalogue",
    "ComparisonRecord",
    "ComparisonSummary",
    "Deployment",
    "EmbeddingChunk",
    "Identification",
    "IdentificationKind",
    "Individual",
    "OpenImage",
    "Saved",
    "SightingRecord",
    "Swept",
    "content_sha256",
    "sighting_sha256",
]
