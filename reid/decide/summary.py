"""The whole answer in a sentence or three, for people."""

from __future__ import annotations

from collections.abc import Sequence

from reid.decide.animals import different_pairs, same_groups, same_verdicts
from reid.decide.decision import AnimalCount, Decision
from reid.types import VerdictKind
from reid.types.words import listed, percent

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def summarise(decision: Decision, *, animal: str = "leopard") -> str:
    """What the sightings show, then how many animals, e.g. "at least one and probably one"."""
    if len(decision.sighting_ids) == 1:
        return (
            f"Only one sighting, {decision.sighting_ids[0]}: there is nothing to compare it with."
        )
    parts = [*_same(decision, animal), *_different(decision, animal), *_open(decision)]
    return " ".join([*parts, animals_text(decision.animals, animal=animal)])


def animals_text(count: AnimalCount, *, animal: str = "leopard") -> str:
    """The number of animals in a sentence."""
    if count.at_least == count.at_most:
        return f"The pictures show {_number(count.at_least, animal)}."
    text = f"At least {_number(count.at_least, animal)}"
    if count.probable is not None:
        at_least = f"At least {_number(count.at_least)}"
        return f"{at_least} and probably {_number(count.probable, animal)}."
    return f"{text} and at most {_number(count.at_most)}."


def _number(count: int, noun: str = "") -> str:
    word = NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
    return f"{word} {noun}{'' if count == 1 else 's'}" if noun else word


def _same(decision: Decision, animal: str) -> list[str]:
    groups = same_groups(decision.sighting_ids, decision.verdicts)
    texts = [
        f"{_start(listed(group))} show the same {animal} ({_least(decision, group)})."
        for group in groups
        if len(group) > 1
    ]
    return [*texts, *_chained(decision, groups)]


def _chained(decision: Decision, groups: Sequence[tuple[str, ...]]) -> list[str]:
    """Pairs that are the same by themselves, in chains that are not sure enough as a whole."""
    home = {name: group for group in groups for name in group}
    across = [v for v in same_verdicts(decision.verdicts) if home[v.a] is not home[v.b]]
    said = [f"{v.a} and {v.b} (probability {percent(v.probability or 0.0)})" for v in across]
    if not said:
        return []
    return [f"So do {listed(said)}, but all of these together are less sure than was asked."]


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _least(decision: Decision, group: tuple[str, ...]) -> str:
    inside = [v.probability for v in decision.verdicts if v.a in group and v.b in group]
    lowest = min(p for p in inside if p is not None)
    several = " for each pair" if len(group) > 2 else ""
    return f"probability {percent(lowest)}{several}"


def _different(decision: Decision, animal: str) -> list[str]:
    groups = same_groups(decision.sighting_ids, decision.verdicts)
    home = {name: group for group in groups for name in group}
    pairs = dict.fromkeys((home[a], home[b]) for a, b in different_pairs(decision.verdicts))
    texts = [f"{listed(a)} from {listed(b)}" for a, b in pairs]
    return [f"Different {animal}s: {'; '.join(texts)}."] if texts else []


def _open(decision: Decision) -> list[str]:
    """The pairs that stay open, by kind; only counted when there are many."""
    result = []
    for kind, said in (
        (VerdictKind.INCONCLUSIVE, "These pictures cannot tell for"),
        (VerdictKind.NOT_COMPARABLE, "No shared flank, so no comparison, for"),
    ):
        pairs = [f"{v.a} and {v.b}" for v in decision.verdicts if v.kind is kind]
        if len(pairs) > 3:
            result.append(f"{said} {len(pairs)} of the {len(decision.verdicts)} pairs.")
        elif pairs:
            result.append(f"{said} {'; '.join(pairs)}.")
    return result
