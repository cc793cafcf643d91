"""Review: pairs handed out, answered, counted."""

from __future__ import annotations

from reid.client.asking import Asking
from reid.client.operation import Ask, at, operation
from reid.client.results import Disputes, NextItem, Outcome, Queue, Rates, ReviewItem


class AskReview(Asking):
    """The pairs whose answer tells most."""

    @operation("POST /v1/review/next")
    def next_item(self, *, by: str) -> NextItem:
        """The next pair for a reviewer; asked again before it is answered, the same."""
        return self._result(NextItem, Ask("POST", "/v1/review/next", json={"by": by}))

    @operation("GET /v1/review/items/{item_id}")
    def review_item(self, item_id: str) -> ReviewItem:
        """A pair as it was handed out. Raises MissingError."""
        return self._result(ReviewItem, Ask("GET", at("/v1/review/items/{id}", id=item_id)))

    @operation("POST /v1/review/items/{item_id}/answer")
    def answer(self, item_id: str, answer: str, *, by: str, why: str = "") -> Outcome:
        """Answer a pair: same, different or cannot tell. The same answer again changes nothing.

        Raises:
            ContradictionError: what was shown is not so any more.
        """
        place = at("/v1/review/items/{id}/answer", id=item_id)
        body = {"by": by, "answer": answer, "why": why}
        return self._result(Outcome, Ask("POST", place, json=body))

    @operation("GET /v1/review/queue")
    def review_queue(self, *, limit: int = 100) -> Queue:
        """Open pairs, those first whose answer tells most."""
        return self._result(Queue, Ask("GET", "/v1/review/queue", {"limit": limit}))

    @operation("GET /v1/review/rates")
    def review_rates(self) -> Rates:
        """How often reviewers and the machine were wrong so far."""
        return self._result(Rates, Ask("GET", "/v1/review/rates"))

    @operation("GET /v1/review/disputes")
    def disputes(self) -> Disputes:
        """Pairs answered both ways, and individuals that a reviewer called one animal."""
        return self._result(Disputes, Ask("GET", "/v1/review/disputes"))
