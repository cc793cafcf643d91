"""Questions: are these the same animal, and who is it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reid.client.asking import Asking
from reid.client.operation import Ask, at, given, operation
from reid.client.results import (
    Comparison,
    Comparisons,
    Identification,
    KeptIdentification,
    KeptIdentifications,
    Matches,
)
from reid.client.sightings import distances


class AskComparisons(Asking):
    """Comparisons and identifications."""

    @operation("POST /v1/comparisons")
    def compare(
        self,
        sighting_ids: Sequence[str],
        *,
        prior_same: float | None = None,
        max_error: float | None = None,
        distances_km: Mapping[tuple[str, str], float] | None = None,
    ) -> Comparison:
        """Are stored sightings the same animal? Asked again, the stored answer comes."""
        asked = given(prior_same=prior_same, max_error=max_error)
        apart = distances(distances_km or {})
        body = {"sighting_ids": list(sighting_ids), "distances_km": apart, **asked}
        return self._result(Comparison, Ask("POST", "/v1/comparisons", json=body))

    @operation("GET /v1/comparisons")
    def comparisons(self, *, limit: int = 100, skip: int = 0) -> Comparisons:
        """A page of stored answers, newest first."""
        ask = Ask("GET", "/v1/comparisons", {"limit": limit, "skip": skip})
        return self._result(Comparisons, ask)

    @operation("GET /v1/comparisons/{comparison_id}")
    def comparison(self, comparison_id: str) -> Comparison:
        """A stored answer. Raises MissingError."""
        return self._result(Comparison, Ask("GET", at("/v1/comparisons/{id}", id=comparison_id)))

    @operation("GET /v1/comparisons/{comparison_id}/report")
    def comparison_report(self, comparison_id: str) -> str:
        """The whole comparison as one HTML page that needs no network."""
        return self._text(Ask("GET", at("/v1/comparisons/{id}/report", id=comparison_id)))

    @operation("GET /v1/comparisons/{comparison_id}/matches")
    def matches(self, comparison_id: str) -> Matches:
        """Which points of its pictures were matched."""
        place = at("/v1/comparisons/{id}/matches", id=comparison_id)
        return self._result(Matches, Ask("GET", place))

    @operation("GET /v1/comparisons/{comparison_id}/pictures/{name}")
    def comparison_picture(self, comparison_id: str, name: str) -> bytes:
        """A picture that a comparison names, as a JPEG file."""
        place = at("/v1/comparisons/{id}/pictures/{name}", id=comparison_id, name=name)
        return self._bytes(Ask("GET", place))

    @operation("POST /v1/identifications")
    def identify(
        self, sighting_id: str, *, prior_known: float | None = None, max_error: float | None = None
    ) -> Identification:
        """Who is a stored sighting? A failed search raises UnavailableError: never "new".

        Question and answer are kept (``id``); nobody is named by it.
        """
        asked = given(prior_known=prior_known, max_error=max_error)
        body = {"sighting_id": sighting_id, **asked}
        return self._result(Identification, Ask("POST", "/v1/identifications", json=body))

    @operation("GET /v1/identifications")
    def identifications(
        self, sighting_id: str | None = None, *, limit: int = 100, skip: int = 0
    ) -> KeptIdentifications:
        """A page of answers that were given, newest first: all, or those of a sighting."""
        asked = given(sighting_id=sighting_id, limit=limit, skip=skip)
        return self._result(KeptIdentifications, Ask("GET", "/v1/identifications", asked))

    @operation("GET /v1/identifications/{identification_id}")
    def identification(self, identification_id: str) -> KeptIdentification:
        """An answer that was given. Raises MissingError."""
        place = at("/v1/identifications/{id}", id=identification_id)
        return self._result(KeptIdentification, Ask("GET", place))
