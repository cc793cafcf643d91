"""Words of other tools in ours: what was seen, whose flank, nobody, sexes and ages."""

from __future__ import annotations

import re

from reid.types import Flank

NOBODY = frozenset(
    ("unknown", "unidentified", "unnamed", "unassigned", "none", "nan", "na", "n/a", "____", "-")
)
"""Names of individuals that say that nobody was named, without case."""
_SEEN = {
    "blank": "empty, blank, nothing, no animal, false trigger, misfire, empty image",
    "human": "human, humans, person, people, homo, homo sapiens, homo species, researcher, hunter, "
    "staff, tourist",
    "vehicle": "vehicle, car, truck, motorcycle, bicycle, bike, train",
    "unclassified": "unclassified, unlabeled, unlabelled, no cv result, not labeled, to classify",
    "unknown": "unknown, unidentified, unidentifiable, unidentified animal, unidentifiable animal",
}
_KINDS = {word.strip(): kind for kind, words in _SEEN.items() for word in words.split(",")}
_FLANKS = {"l": "left", "r": "right", "links": "left", "rechts": "right"}
_FLANKS |= {"лев": "left", "левый": "left", "прав": "right", "правый": "right"}
_FLANKS |= {"izquierdo": "left", "derecho": "right", "gauche": "left", "droite": "right"}
SEXES = {"f": "female", "m": "male", "female": "female", "male": "male"}
AGES = {
    **{"adult": "adult", "subadult": "subadult", "sub-adult": "subadult", "juvenile": "juvenile"},
    **{"cub": "juvenile", "young": "juvenile", "immature": "juvenile"},
}
"""Camtrap DP's words of sex and life stage."""


def seen_as(name: str) -> tuple[str, str]:
    """Camtrap DP's type of observation, and the species, of a category's name."""
    plain = re.sub(r"[_\s]+", " ", name).strip()
    kind = _KINDS.get(plain.lower(), "animal")
    if kind == "unknown" and plain.lower() != "unknown":
        kind = "animal"  # nobody knows which, but an animal it is
        plain = ""
    species = plain if kind == "animal" and plain.lower() not in ("animal", "animals") else ""
    return kind, species


def flank_of(said: str) -> tuple[str, str]:
    """The flank that is shown, and the word itself where it says more than that.

    Viewpoints such as ``frontleft`` show the left flank; ``up`` and others none of ours.
    """
    plain = re.sub(r"[\W_]|side|flank|lateral|view", "", said.lower())
    known = _FLANKS.get(plain, plain)
    if known in set(Flank):
        return ("" if known == Flank.UNKNOWN else known), ""
    sides = [side for side in ("left", "right") if plain.endswith(side) or plain.startswith(side)]
    return (sides[0] if len(sides) == 1 else ""), said


def individual_of(name: str) -> str:
    """The name, "" where it says that nobody was named."""
    return "" if name.strip().lower() in NOBODY else name.strip()
