"""Why a verdict is what it is, in plain words, the weightiest first."""

from __future__ import annotations

from reid.decide.decision import PairCase
from reid.decide.looks import flanks_text, quality_text
from reid.types import VerdictKind
from reid.types.words import likelier, listed, percent

FLAG_WORDS = {
    "copy": "the same picture is in both sightings; a copy is no evidence and was left out",
    "same-picture": "the same picture is in both sightings; a copy is no evidence and was left out",
    "near-copy": "two pictures are nearly the same file; a copy is no evidence and was left out",
    "unknown-flank": "a side of an animal is not known, so finding no match proves little",
    "mixed-light": "colour is compared with infrared, which shows the coat less alike",
    "several-animals": "a picture shows more than one animal; where two may be leopards it was "
    "left out, because nothing says which is meant (a box drawn around that one would)",
    "box-of-several": "a box may hold more than one animal (it was drawn so, or what stands out "
    "reaches far beyond the animal that was found), so nothing says which is meant; a box drawn "
    "closely around one would",
    "clock-conflict": "the clocks of its cameras disagree by more than 10 minutes, so nothing says "
    "that they saw one passage: what each clock saw is kept apart from the others; if a clock was "
    "wrong, correct the times in the pictures (EXIF) and ask again",
    "not-a-leopard": "what a picture shows seems to be no leopard; it was left out, unless its box "
    "was drawn by a user",
    "no-animal": "in a picture no animal was found; it was left out",
    "species-not-checked": "which species it is was not checked, as was asked for; the calibration "
    "was made for leopards",
    "other-outline": "the animal was outlined by another localiser, as was asked for, than the one "
    "that the calibration was made with",
    "uncalibrated": "the calibration was not checked for such pictures",
}
"""Words for the flags of evidence and annotations; an unknown flag is shown as it is."""

CONTROL_WORDS = {
    "background": "the background alone matches as well as the animals do",
    "erased": "with the coat pattern erased the pictures match as well as before",
    "mirrored": "the mirrored picture, in which no coat can match, matches as well",
}


def reasons(case: PairCase) -> tuple[str, ...]:
    """The reasons for the verdict of one pair, as sentences."""
    parts = [
        *_controls(case),
        *_evidence(case),
        *_bridge(case),
        *_conflict(case),
        *_flags(case),
        *_pictures(case),
        *_prior(case),
    ]
    return tuple(dict.fromkeys(_sentence(part) for part in parts))


def _sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."


def _controls(case: PairCase) -> list[str]:
    known = [CONTROL_WORDS.get(name, f"control failed: {name}") for name in case.pair.withheld]
    return [f"Withheld: {text}" for text in known]


def _evidence(case: PairCase) -> list[str]:
    pair = case.pair
    if pair.withheld:
        return []
    if not pair.comparable:
        missing = pair.missing or "no flank is shown in both sightings"
        return [f"{pair.a} and {pair.b} cannot be compared directly: {missing}"]
    text = f"What the coats show is {likelier(pair.llr)}"
    flanks = [f"{f.flank.value} flank: {likelier(f.llr)}" for f in pair.flanks]
    return [f"{text} ({'; '.join(flanks)})" if len(flanks) > 1 else text]


def _bridge(case: PairCase) -> list[str]:
    if not case.bridged_by:
        return []
    via = listed(case.bridged_by)
    return [f"Through {via}: with all sightings together it is {likelier(case.evidence)}"]


def _conflict(case: PairCase) -> list[str]:
    return [
        f"The evidence contradicts itself: {a} and {c} both match {b}, but not each other; "
        "at least one of the three comparisons is wrong"
        for a, b, c in case.conflicts
    ]


def _flags(case: PairCase) -> list[str]:
    flags = dict.fromkeys([*case.pair.flags, *(f for p in case.pair.pairs for f in p.flags)])
    if case.kind is VerdictKind.SAME:  # a match was found: what its absence proves is idle
        flags.pop("unknown-flank", None)
    found = [f"Note: {FLAG_WORDS.get(flag, flag)}" for flag in flags]
    for name in (case.pair.a, case.pair.b):
        own = dict.fromkeys(f for p in case.pictures(name) for f in (*p.flags, *p.annotation.flags))
        found += [f"Note on {name}: {FLAG_WORDS[flag]}" for flag in own if flag in FLAG_WORDS]
    return found


def _pictures(case: PairCase) -> list[str]:
    """Flank and quality of both sightings, where the answer is open, with the chance to miss."""
    if case.kind in (VerdictKind.SAME, VerdictKind.DIFFERENT):
        return []
    texts = []
    for name in (case.pair.a, case.pair.b):
        pictures = case.pictures(name)
        parts = [p for p in (flanks_text(pictures), quality_text(pictures)) if p]
        texts += [f"{name}: {', '.join(parts)}"] if parts else []
    if case.pair.comparable and case.pair.pairs:
        miss = min(pair.miss for pair in case.pair.pairs)
        texts.append(f"{percent(miss)} chance that even a true match would go unseen")
    return ["; ".join(texts)] if texts else []


def _prior(case: PairCase) -> list[str]:
    if case.kind is VerdictKind.NOT_COMPARABLE or case.pair.withheld:
        return []
    other = [(prior, kind) for prior, kind in case.answers if kind is not case.kind]
    if other:
        texts = [f"{percent(prior)} ({kind.value})" for prior, kind in (other[0], other[-1])]
        said = listed(list(dict.fromkeys(texts)), "or")
        return [f"Depends on the prior: the answer would be another at a prior of {said}"]
    ends = sorted((case.prior_curve[0].probability, case.prior_curve[-1].probability))
    low, high = (percent(end) for end in ends)
    span = f"from {low} to {high}" if low != high else f"{low} throughout"
    return [
        f"The answer is the same for every prior from 10 % to 90 % "
        f"(probability of one animal {span})"
    ]
