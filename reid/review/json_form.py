"""Review as JSON says it: one form for the command and for HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reid.review.queue import Ranked
from reid.review.rates import MachineRates, Rate, ReviewerRates
from reid.review.readings import Outcome, ReviewItem


def item_json(item: ReviewItem) -> dict[str, Any]:
    """What a reviewer sees."""
    answered = None if item.answered is None else item.answered.value
    told = {"at": item.at.isoformat(), "reasons": list(item.reasons), "answered": answered}
    return {**asdict(item), **told}


def outcome_json(done: Outcome) -> dict[str, Any]:
    """What an answer did."""
    merge = None if done.merge is None else list(done.merge)
    return {"item": done.item, "answer": done.answer.value, "event": done.event, "merge": merge}


def ranked_json(one: Ranked) -> dict[str, Any]:
    """A place in the queue."""
    return {
        "a": one.pair.a,
        "b": one.pair.b,
        "probability": one.probability,
        "gain_bits": one.gain_bits,
        "llr": one.pair.llr,
        "machine": one.pair.kind,
        "source": one.pair.source,
        "reasons": list(one.pair.reasons),
    }


def rates_json(reviewers: Sequence[ReviewerRates], machine: MachineRates) -> dict[str, Any]:
    """How often people and the machine were wrong."""
    return {
        "reviewers": [
            {
                "reviewer": one.reviewer,
                "readings": one.readings,
                "cannot_tell": one.cannot_tell,
                "planted": rate_json(one.planted),
                "wrong_same": rate_json(one.wrong_same),
                "wrong_different": rate_json(one.wrong_different),
                "disagreed": rate_json(one.disagreed),
            }
            for one in reviewers
        ],
        "machine": {
            "wrong_same": rate_json(machine.wrong_same),
            "wrong_different": rate_json(machine.wrong_different),
            "refuted_same": rate_json(machine.refuted_same),
            "refuted_different": rate_json(machine.refuted_different),
        },
    }


def rate_json(rate: Rate) -> dict[str, Any]:
    """A rate with its interval."""
    return {
        "wrong": rate.wrong,
        "answers": rate.answers,
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
    }
