"""The values that travel between the stages: frozen, checked at birth, numpy inside."""

from reid.types.annotation import Annotation, AnnotationOrigin, Box
from reid.types.camera import CameraNote, StripReading, Trigger
from reid.types.evidence import (
    Control,
    FlankEvidence,
    PairEvidence,
    SightingPairEvidence,
)
from reid.types.extent import Extent
from reid.types.features import Embedding, LocalFeatures, Matches, VerifiedMatches
from reid.types.image import Image, Light
from reid.types.result import (
    Comparison,
    Grouping,
    JourneyCheck,
    PairVerdict,
    PriorPoint,
    VerdictKind,
)
from reid.types.sighting import CandidateTime, PreparedAnnotation, Sighting, SightingMedia
from reid.types.view import Flank, FlankEstimate, Quality, View

__all__ = [
    "Annotation",
    "AnnotationOrigin",
    "Box",
    "CameraNote",
    "CandidateTime",
    "Comparison",
    "Control",
    "Embedding",
    "Extent",
    "Flank",
    "FlankEstimate",
    "FlankEvidence",
    "Grouping",
    "Image",
    "JourneyCheck",
    "Light",
    "LocalFeatures",
    "Matches",
    "PairEvidence",
    "PairVerdict",
    "PreparedAnnotation",
    "PriorPoint",
    "Quality",
    "Sighting",
    "SightingMedia",
    "SightingPairEvidence",
    "StripReading",
    "Trigger",
    "VerdictKind",
    "VerifiedMatches",
    "View",
]
