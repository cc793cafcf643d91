"""Review: pairs handed out, answered, counted."""

from __future__ import annotations

from reid.client.asking import Asking
from reid.client.operation import Ask, at, operation
from reid.client.results import (
    Disputes,
    NextItem,
    Outcome,
    Progress,
    Queue,
    Rates,
    ReviewItem,
    TakenBack,
)


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

    @operation("POST /v1/review/items/{item_id}/opinion")
    def opinion(self, item_id: str, *, by: str) -> ReviewItem:
        """What the machine thinks of a pair.

        Raises:
            ContradictionError: it is judged without that, and not answered.
        """
        place = at("/v1/review/items/{id}/opinion", id=item_id)
        return self._result(ReviewItem, Ask("POST", place, json={"by": by}))

    @operation("POST /v1/review/items/{item_id}/skip")
    def skip(self, item_id: str, *, by: str) -> ReviewItem:
        """Leave a pair for later."""
        place = at("/v1/review/items/{id}/skip", id=item_id)
        return self._result(ReviewItem, Ask("POST", place, json={"by": by}))

    @operation("POST /v1/review/items/{item_id}/take-back")
    def take_back(self, item_id: str, *, by: str, why: str = "") -> TakenBack:
        """Take an answer back with what it decided, and get the pair again.

        Raises:
            ContradictionError: later decisions rest on it, or there is nothing to take back.
        """
        place = at("/v1/review/items/{id}/take-back", id=item_id)
        ask = Ask("POST", place, json={"by": by, "why": why}, repeatable=False)
        return self._result(TakenBack, ask)

    @operation("GET /v1/review/progress")
    def review_progress(self, *, by: str) -> Progress:
        """How much is left, and what answers are worth."""
        return self._result(Progress, Ask("GET", "/v1/review/progress", {"by": by}))

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
