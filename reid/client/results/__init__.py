"""What the service answers, as values; one class for each schema of its OpenAPI document."""

from reid.client.results.base import Result
from reid.client.results.comparisons import (
    Candidate,
    Comparison,
    ComparisonLine,
    Comparisons,
    Identification,
    Route,
)
from reid.client.results.identities import (
    Contradiction,
    Contradictions,
    Decided,
    Enrolment,
    Event,
    Events,
    IdentityChange,
    Individual,
    Individuals,
    Preview,
    Seen,
)
from reid.client.results.review import (
    Disputes,
    NextItem,
    Outcome,
    Queue,
    Rates,
    ReviewItem,
)
from reid.client.results.sightings import Annotation, Sighting, SightingLine, Sightings
from reid.client.results.work import Audit, Health, Job, JobDetail, Jobs, Ready, Rebuilt

__all__ = [
    "Annotation",
    "Audit",
    "Candidate",
    "Comparison",
    "ComparisonLine",
    "Comparisons",
    "Contradiction",
    "Contradictions",
    "Decided",
    "Disputes",
    "Enrolment",
    "Event",
    "Events",
    "Health",
    "Identification",
    "IdentityChange",
    "Individual",
    "Individuals",
    "Job",
    "JobDetail",
    "Jobs",
    "NextItem",
    "Outcome",
    "Preview",
    "Queue",
    "Rates",
    "Ready",
    "Rebuilt",
    "Result",
    "ReviewItem",
    "Route",
    "Seen",
    "Sighting",
    "SightingLine",
    "Sightings",
]
