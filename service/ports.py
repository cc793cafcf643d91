"""What the service needs of a library; ``reid.pipeline.Library`` is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reid.catalogue import Catalogue, Identification, Saved
from reid.config import Settings
from reid.types import Comparison, Sighting

if TYPE_CHECKING:
    from reid.pipeline.proposing import RouteUsed
    from reid.pipeline.standing import Standing


class Added(Protocol):
    """What became of a sighting."""

    @property
    def saved(self) -> Saved:
        """Whether it was new."""


class Enrolled(Protocol):
    """What an enrolment did."""

    @property
    def identification(self) -> Identification:
        """The event."""

    @property
    def appended(self) -> bool:
        """False when the sighting was that individual already."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What was odd about its pictures."""


class Candidate(Protocol):
    """A known individual that was looked at."""

    @property
    def individual(self) -> str | None:
        """Its name."""

    @property
    def sighting_ids(self) -> tuple[str, ...]:
        """Its sightings that were compared."""

    @property
    def llr(self) -> float:
        """Natural log-likelihood ratio of same against different."""

    @property
    def probability(self) -> float | None:
        """Posterior probability of being the one."""

    @property
    def retrieval_rank(self) -> int | None:
        """The better of its places in the routes, from 1."""

    @property
    def ranks(self) -> Mapping[str, int]:
        """Its place in each route that found it, from 1."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The evidence in words."""


class Identified(Protocol):
    """Who a sighting is, as far as the pictures tell."""

    @property
    def id(self) -> str:
        """Of the stored question and answer; "" where they were not kept."""

    @property
    def sighting_id(self) -> str:
        """The sighting asked about."""

    @property
    def kind(self) -> str:
        """The kind of answer."""

    @property
    def individual(self) -> str | None:
        """Its name, when the kind is "individual"."""

    @property
    def probability(self) -> float | None:
        """Of the answer."""

    @property
    def candidates(self) -> Sequence[Candidate]:
        """Likeliest first."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in words."""

    @property
    def would_settle(self) -> str:
        """Which picture would."""

    @property
    def searched(self) -> int:
        """How many annotations were searched."""

    @property
    def proposed(self) -> int:
        """How many known sightings the routes proposed."""

    @property
    def verified(self) -> int:
        """How many of them were looked at."""

    @property
    def routes(self) -> Sequence[RouteUsed]:
        """What each way to candidates did."""

    @property
    def comparison(self) -> Comparison | None:
        """The evidence, when something was compared."""

    @property
    def provenance(self) -> Mapping[str, object]:
        """Hashes and versions."""


class IndexNow(Protocol):
    """The search index against the catalogue."""

    @property
    def word(self) -> str:
        """One of "current", "behind", "empty" and "other-weights"."""

    @property
    def fingerprint(self) -> str:
        """Of the weights that it is for."""

    @property
    def indexed(self) -> int:
        """Vectors in it."""

    @property
    def stored(self) -> int:
        """Vectors of these weights in the catalogue."""

    @property
    def other_weights(self) -> int:
        """Vectors of other weights in the catalogue, which no search sees."""


class LibraryPort(Protocol):
    """A catalogue and its index, kept in step; safe to use from several threads."""

    @property
    def catalogue(self) -> Catalogue:
        """What is stored."""

    def add(self, sighting: Sighting) -> Added:
        """Measure and store a sighting, once."""

    def compare(
        self,
        sighting_ids: Sequence[str],
        *,
        prior_same: float | None = None,
        max_error: float | None = None,
        distances_km: Mapping[tuple[str, str], float] | None = None,
    ) -> tuple[Comparison, Saved]:
        """Compare stored sightings and store the answer, once."""

    def evidence_picture(self, comparison_id: str, name: str) -> NDArray[np.uint8]:
        """A picture that a comparison names, (height, width, 3) RGB."""

    def comparison(self, comparison_id: str) -> Comparison:
        """A stored comparison with its evidence, made again where it is not in memory."""

    def report(self, comparison_id: str, *, distances: bool = True) -> str:
        """The comparison as an HTML page, with or without distances between sightings."""

    def enrol(
        self,
        sighting_id: str,
        individual: str,
        *,
        by: str,
        why: str = "",
        accept_flags: bool = False,
        shown: Mapping[str, Any] | None = None,
    ) -> Enrolled:
        """Say who a sighting is, having been shown what."""

    def identify(
        self,
        sighting_id: str,
        *,
        prior_known: float = 0.5,
        max_error: float | None = None,
    ) -> Identified:
        """Ask who a sighting is."""

    def rebuild_index(self) -> dict[str, int]:
        """Make the index anew from the catalogue."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open library; ``check`` says how its index is, or raises WeightsError, CatalogueError or
    SearchError unless it can answer; ``close`` lets go of it; ``standing`` says which bundle it
    answers with, and why.
    """

    library: LibraryPort
    check: Callable[[], IndexNow]
    close: Callable[[], None]
    standing: Callable[[], Standing] | None = None


LibraryFactory = Callable[[Settings], Opened]
