"""How many animals there are, with how unsure it is who is who. Pure.

`abundance` gives the answer, `sentences` says it, `abundance_json` is for programs.
"""

from reid.abundance.answer import Abundance, Count, SeasonAnswer, abundance, count_of
from reid.abundance.captures import APART, NEVER, Capture, Links, Season, sides_of
from reid.abundance.drawing import drawn
from reid.abundance.json_form import abundance_json
from reid.abundance.mistakes import Mistakes, mistakes_of
from reid.abundance.words import headline, sentences

__all__ = [
    "APART",
    "NEVER",
    "Abundance",
    "Capture",
    "Count",
    "Links",
    "Mistakes",
    "Season",
    "SeasonAnswer",
    "abundance",
    "abundance_json",
    "count_of",
    "drawn",
    "headline",
    "mistakes_of",
    "sentences",
    "sides_of",
]
