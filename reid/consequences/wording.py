"""Changes as people read them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reid.consequences.changes import DIFFERENT, NEW, SAME, VERDICT, Change, Said
from reid.types.words import listed, percent

KINDS = {SAME: "one animal", DIFFERENT: "two animals"}


def title(change: Change) -> str:
    """What was asked."""
    if change.about == VERDICT:
        return f"{change.a} and {change.b}"
    return f"Who is {change.a}?"


def told(change: Change, said: Said) -> str:
    """An answer in a few words, its probability beside it."""
    if change.about == VERDICT:
        chance = "" if said.probability is None else f", {percent(said.probability)} same"
        return f"{said.kind}{chance}"
    chance = "" if said.probability is None else f", {percent(said.probability)}"
    if said.individual is not None:
        return f"{said.individual}{chance}"
    if said.kind == NEW:
        return f"a new individual{chance}"
    nearest = f" (nearest: {said.best}{chance})" if said.best else ""
    return f"{said.kind}{nearest}"


def confirmed(change: Change) -> str:
    """What people said of it; "" where they said nothing."""
    if change.parted:
        return f"people said: not {listed(change.parted)}"
    if change.believed is None:
        return f"touches {listed(change.touched)}" if change.touched else ""
    if change.about == VERDICT:
        names = f" ({listed(change.touched)})" if change.touched else ""
        return f"people said: {KINDS[change.believed]}{names}"
    if change.believed == NEW:
        return "people said: nobody else that is known"
    return f"people said: {change.believed}"


def stand(change: Change) -> str:
    """What people said of it, as a sentence; "" where they said nothing."""
    words = confirmed(change)
    if not words:
        return ""
    words = f"against what {words}" if change.contradicts else words
    return f"{words[0].upper()}{words[1:]}."


def asked(change: Change) -> str:
    """Which pair a reviewer is asked about, as a sentence; "" where none is."""
    if not change.for_review:
        return ""
    return f"A reviewer is asked whether {change.a} and {change.b} are one animal."


def doubted(change: Change, bundle: str) -> str:
    """Why a pair is asked about, to the reviewer who has answered."""
    if change.about == VERDICT:
        after = KINDS.get(change.after.kind, change.after.kind)
        chance = percent(change.after.probability or 0.0)
        calls = f"{bundle} calls these {after} ({chance} that they are one), the one that serves "
        calls += KINDS.get(change.before.kind, change.before.kind)
        said = KINDS.get(change.believed or "", "")
    else:
        calls = f"{bundle} answers who {change.a} is: {told(change, change.after)}; the one that "
        calls += f"serves: {told(change, change.before)}"
        said = _named(change)
    unsure = change.claim[1] is None
    new = "the new model cannot tell any more" if unsure else "the new model disagrees"
    return f"{new}: {calls}" + (f"; people said {said}" if said else "")


def _named(change: Change) -> str:
    words = confirmed(change)
    return words.removeprefix("people said: ") if words.startswith("people said: ") else ""


def moved(change: Change) -> str:
    """The change in a line: before, after."""
    return f"{told(change, change.before)} → {told(change, change.after)}"


def place(change: Change) -> str:
    """Where the individual that is watched stands among the candidates, before and after."""
    before, after = change.before.rank, change.after.rank
    if change.about == VERDICT or before == after:
        return ""
    ends = ("not proposed" if one is None else f"place {one}" for one in (before, after))
    return " → ".join(ends)


def headline(counts: Mapping[str, Any]) -> str:
    """The whole in a sentence."""
    changed = counts["changed_verdicts"] + counts["changed_identifications"]
    asked = counts["verdicts"] + counts["identifications"]
    lost = counts["not_replayed"]
    tail = f" {lost:,} could not be given again." if lost else ""
    if not asked:
        return f"There is no stored answer to give again.{tail}"
    if not changed:
        return f"None of {asked:,} stored answers changes.{tail}"
    against = counts["contradict_people"]
    people = f"{against:,} of them against" if against else "none of them against"
    return f"{changed:,} of {asked:,} stored answers change, {people} what people confirmed.{tail}"
