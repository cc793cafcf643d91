"""From evidence to groupings, verdicts and reasons. Pure.

`decide` gives the verdicts, `summarise` the answer in words, `check_journeys` what clocks and
distances say, apart from the pictures.
"""

from reid.decide.decision import AnimalCount, Decision
from reid.decide.journey import check_journeys, times_of
from reid.decide.partitions import Posterior, posterior
from reid.decide.summary import animals_text, summarise
from reid.decide.verdict import decide

__all__ = [
    "AnimalCount",
    "Decision",
    "Posterior",
    "animals_text",
    "check_journeys",
    "decide",
    "posterior",
    "summarise",
    "times_of",
]
