"""/v1/review: the pairs whose answer tells most."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from reid.review import ReviewItem, Shares
from reid.review.json_form import item_json, outcome_json, ranked_json, rates_json
from service.schemas.base import Known
from service.schemas.review import (
    AnswerIn,
    BySomebodyIn,
    DisputesOut,
    MergeToLookAt,
    NextIn,
    NextOut,
    OutcomeOut,
    ProgressOf,
    ProgressOut,
    QueuedOut,
    QueueOut,
    QueuePage,
    RatesOut,
    ReviewItemOut,
    TakenBackOut,
)
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/review", tags=["review"])


@router.post("/next")
async def hand_out(told: NextIn, service: ServiceNow, library: LibraryNow) -> NextOut:
    """The next pair for a reviewer; asked again before it is answered, the same.

    Some are read a second time without the first answer, and of some the answer is known: the
    reviewer cannot tell which. A pair is nobody else's for 30 minutes.
    """
    settings = service.settings
    shares = Shares(settings.review_second, settings.review_planted)
    item = await service.reads.run(lambda: library.catalogue.next_item(told.by, shares=shares))
    return NextOut(item=None if item is None else _item_out(item.before_the_answer()))


def _item_out(item: ReviewItem) -> ReviewItemOut:
    return ReviewItemOut.model_validate(item_json(item))


@router.get("/progress")
async def progress(
    asked: Annotated[ProgressOf, Query()], service: ServiceNow, library: LibraryNow
) -> ProgressOut:
    """How much is left, and what an answer is worth."""
    found = await service.reads.run(lambda: library.catalogue.review_progress(asked.by))
    return ProgressOut(**asdict(found))


@router.get("/items/{item_id}")
async def one(item_id: Known, service: ServiceNow, library: LibraryNow) -> ReviewItemOut:
    """A pair as it was handed out; with what the machine thinks once that may be seen."""
    item = await service.reads.run(lambda: library.catalogue.review_item(item_id))
    return _item_out(item.before_the_answer())


@router.post("/items/{item_id}/opinion")
async def opinion(
    item_id: Known, told: NextIn, service: ServiceNow, library: LibraryNow
) -> ReviewItemOut:
    """What the machine thinks of a pair; that it was asked for before the answer is kept.

    A 409 for a pair that is judged without it and is not answered.
    """
    early = service.settings.review_opinion == "asked"
    item = await service.reads.run(
        lambda: library.catalogue.open_opinion(item_id, by=told.by, before_answer=early)
    )
    return _item_out(item)


@router.post("/items/{item_id}/skip")
async def skip(
    item_id: Known, told: NextIn, service: ServiceNow, library: LibraryNow
) -> ReviewItemOut:
    """Leave a pair for later: others may have it; it comes back when nothing else is left."""
    catalogue = library.catalogue

    def work() -> ReviewItem:
        catalogue.skip_item(item_id, by=told.by)
        return catalogue.review_item(item_id)

    return _item_out((await service.reads.run(work)).before_the_answer())


@router.post("/items/{item_id}/take-back")
async def take_back(
    item_id: Known, told: BySomebodyIn, service: ServiceNow, library: LibraryNow
) -> TakenBackOut:
    """Take an answer back with what it decided, and get the pair again.

    A 409 names the later decisions that rest on it. The history keeps all of it.
    """
    again = await service.reads.run(
        lambda: library.catalogue.take_back_answer(item_id, by=told.by, why=told.why)
    )
    return TakenBackOut(item=None if again is None else _item_out(again))


@router.post("/items/{item_id}/answer")
async def answer(
    item_id: Known, told: AnswerIn, service: ServiceNow, library: LibraryNow
) -> OutcomeOut:
    """Answer a pair: same, different, or cannot tell. An open question is decided by it at once.

    A 409 when what was shown is not so any more; the same answer again changes nothing.
    """
    done = await service.reads.run(
        lambda: library.catalogue.answer_item(item_id, told.answer, by=told.by, why=told.why)
    )
    return OutcomeOut.model_validate(outcome_json(done))


@router.get("/queue")
async def queue(
    page: Annotated[QueuePage, Query()], service: ServiceNow, library: LibraryNow
) -> QueueOut:
    """Open pairs, those first whose answer tells most about the groupings."""
    found = await service.reads.run(lambda: library.catalogue.review_queue(limit=page.limit))
    return QueueOut(queue=[QueuedOut.model_validate(ranked_json(one)) for one in found])


@router.get("/rates")
async def rates(service: ServiceNow, library: LibraryNow) -> RatesOut:
    """How often each reviewer and the machine were wrong so far, with intervals."""
    found = await service.reads.run(library.catalogue.review_rates)
    return RatesOut.model_validate(rates_json(*found))


@router.get("/disputes")
async def disputes(service: ServiceNow, library: LibraryNow) -> DisputesOut:
    """Pairs answered both ways, and pairs of individuals that a reviewer called one animal."""
    catalogue = library.catalogue

    def work() -> DisputesOut:
        merges = [
            MergeToLookAt(individuals=[one, other], item=item)
            for one, other, item in catalogue.merges_to_look_at()
        ]
        pairs = [list(pair) for pair in catalogue.disagreements()]
        return DisputesOut(disagreements=pairs, merges=merges)

    return await service.reads.run(work)
