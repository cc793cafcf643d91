"""What a library answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reid.catalogue import Identification, Saved
from reid.pipeline.preparing import PreparedSighting
from reid.pipeline.proposing import RouteUsed
from reid.types import Comparison


@dataclass(frozen=True, slots=True, eq=False)
class AddedSighting:
    """A stored sighting; ``saved.created`` is false when it was there already."""

    saved: Saved
    prepared: PreparedSighting


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A sighting named; ``flags`` are warnings that were accepted."""

    identification: Identification
    appended: bool
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateIndividual:
    """A known individual that was verified against the sighting.

    ``llr`` is of its best sighting, ``telling``; ``probability`` under the stated prior. ``ranks``
    gives the place of its best sighting in each route that found it, from 1, and
    ``retrieval_rank`` the better of them, None when neither did.
    """

    individual: str
    sighting_ids: tuple[str, ...]
    llr: float
    probability: float
    retrieval_rank: int | None
    reasons: tuple[str, ...]
    ranks: Mapping[str, int] = field(default_factory=dict)
    telling: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class IdentificationAnswer:
    """Who is this? ``kind``: ``"individual"``, ``"new"``, ``"inconclusive"``, ``"not comparable"``.

    ``probability`` is of the named individual, or of a new one; None when nothing was comparable.
    ``searched`` counts the annotations in the index; ``comparison`` shows the best candidate. Of
    ``proposed`` sightings ``verified`` were looked at: without a match among the rest the kind of
    answer and its name stay the same, and the rest keeps its prior (`reid.pipeline.effort`).
    ``routes`` says what each way to candidates did. ``id`` of the stored question and answer goes
    into a decision's ``shown``; "" where they were not kept.
    """

    sighting_id: str
    kind: str
    individual: str | None
    probability: float | None
    candidates: tuple[CandidateIndividual, ...]
    reasons: tuple[str, ...]
    would_settle: str
    searched: int
    comparison: Comparison | None = field(default=None, repr=False)
    provenance: dict[str, object] = field(default_factory=dict, repr=False)
    proposed: int = 0
    verified: int = 0
    routes: tuple[RouteUsed, ...] = ()
    id: str = ""
