"""Where a person's answer is worth most, and how often people and the machine are wrong. Pure."""

from reid.review.queue import OpenPair, Ranked, ranked
from reid.review.rates import (
    MachineRates,
    Rate,
    Read,
    ReviewerRates,
    machine_rates,
    rate_of,
    reviewer_rates,
)
from reid.review.readings import Answer, Outcome, Progress, Purpose, ReviewItem, Shares

__all__ = [
    "Answer",
    "MachineRates",
    "OpenPair",
    "Outcome",
    "Progress",
    "Purpose",
    "Ranked",
    "Rate",
    "Read",
    "ReviewItem",
    "ReviewerRates",
    "Shares",
    "machine_rates",
    "ranked",
    "rate_of",
    "reviewer_rates",
]
