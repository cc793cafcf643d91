"""Can these labels support training? Counted before anything is learnt, answered in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.labelled import LabelledAnimals
from reid.labels.dealing import SHARES, Part, dealt
from reid.labels.excluded import Excluding
from reid.types import Flank

LEAST_LEARN = 16
"""Individuals with two sightings of one flank that train: from here on every measured draw gained
(docs/retraining.md, "How many are enough"). ``LEAST_HELD_OUT`` of them judge."""
LEAST_HELD_OUT = 8
LEAST_CALIBRATION = 10
"""Below, the shipped calibration is kept all but as it is (docs/evaluation.md)."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What there is. ``twice``: individuals with two sightings of one flank, by part.

    ``sightings``, ``pictures`` and ``individuals`` are of what may train at all; ``left_out``
    counts reasons. ``refusals``: why training would be refused; ``advice``: what would help.
    """

    pictures: int
    sightings: int
    individuals: int
    twice: Mapping[str, int]
    left_out: Mapping[str, int]
    refusals: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether training may begin."""
        return not self.refusals

    def plain(self) -> dict[str, Any]:
        """As JSON says it."""
        told = asdict(self) | {"ready": self.ready}
        return {k: dict(v) if isinstance(v, Mapping) else v for k, v in told.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture that may train: whose it is, which flank it shows, in which sighting."""

    source: str
    individual: str
    rank: int
    flank: Flank
    sighting: Hashable


def readiness_of(shown: Sequence[Shown], reasons: Iterable[str], *, seed: int = 0) -> Readiness:
    """Count pictures, and the reasons for which others are left out, as they would be dealt."""
    parts = dealt({(one.source, one.individual): one.rank for one in shown}, seed=seed)
    apart: dict[tuple[str, Flank], set[Hashable]] = defaultdict(set)
    for one in shown:
        apart[one.individual, one.flank].add(one.sighting)
    twice = {name for (name, _), found in apart.items() if len(found) > 1}
    by_part = {part.value: sum(parts[name] is part for name in twice) for part in Part}
    left_out = Counter(_kind(reason) for reason in reasons)
    return Readiness(
        pictures=len(shown),
        sightings=len({one.sighting for one in shown}),
        individuals=len(parts),
        twice=by_part,
        left_out=dict(left_out.most_common()),
        refusals=tuple(_refusals(by_part)),
        advice=tuple(_advice(by_part, len(parts), len(twice), left_out)),
    )


def readiness_of_catalogue(catalogue: Catalogue, *, seed: int = 0, licence: str = "") -> Readiness:
    """What a catalogue could teach as it stands now; no picture is opened.

    ``licence``: SPDX, of pictures for which nobody stated one.
    """
    labels = LabelledAnimals.of(catalogue).labels()
    why = Excluding(labels, catalogue.disagreements(), licence)
    shown, reasons = [], []
    for animal in labels.animals:
        if reason := why.reason(animal):
            reasons.append(reason)
        else:
            frame = animal.frame
            one = animal.individual, animal.number, frame.flank, frame.sighting_id
            shown.append(Shown("catalogue", *one))
    return readiness_of(shown, reasons, seed=seed)


def _kind(reason: str) -> str:
    """The reason without its numbers."""
    return reason.split(":")[0]


def _refusals(twice: Mapping[str, int]) -> Iterable[str]:
    learn, judge = twice[Part.TRAIN.value], twice[Part.HELD_OUT.value]
    total = sum(twice.values())
    if learn < LEAST_LEARN:
        need = round(LEAST_LEARN / SHARES[Part.TRAIN])
        yield (
            f"{learn} individuals with two sightings of one flank would train, at least "
            f"{LEAST_LEARN} are needed for a measurable gain ({total} there are in all, about "
            f"{need} are needed, because only {100 * SHARES[Part.TRAIN]:g} % train): with fewer "
            "the gain measured on other animals was smaller than its interval"
        )
    if judge < LEAST_HELD_OUT:
        need = round(LEAST_HELD_OUT / SHARES[Part.HELD_OUT])
        yield (
            f"{judge} individuals with two sightings of one flank would be held out, at least "
            f"{LEAST_HELD_OUT} are needed to tell a gain from chance ({total} there are in all, "
            f"about {need} are needed, because {100 * SHARES[Part.HELD_OUT]:g} % are held out)"
        )


def _advice(
    twice: Mapping[str, int], individuals: int, learnable: int, left_out: Mapping[str, int]
) -> Iterable[str]:
    if twice[Part.CALIBRATION.value] < LEAST_CALIBRATION:
        yield (
            f"{twice[Part.CALIBRATION.value]} individuals would calibrate: below "
            f"{LEAST_CALIBRATION} the shipped calibration hardly moves; it stays valid"
        )
    if individuals > learnable:
        yield (
            f"{individuals - learnable} individuals have no flank that was seen in two sightings: "
            "another sighting of the same flank makes each of them count"
        )
    for reason, count in left_out.items():
        if count >= max(5, 0.1 * sum(left_out.values())):
            yield f"{count} pictures are left out: {reason}"


def told(found: Readiness) -> list[str]:
    """For a terminal."""
    counts = ", ".join(f"{count} {part}" for part, count in found.twice.items())
    lines = [
        f"{found.pictures} pictures of {found.sightings} sightings and {found.individuals} "
        "individuals",
        f"individuals with two sightings of one flank: {sum(found.twice.values())} ({counts})",
        *(f"left out: {count} x {reason}" for reason, count in found.left_out.items()),
        *(f"note: {line}" for line in found.advice),
        *(f"not ready: {line}" for line in found.refusals),
    ]
    return [*lines, "ready to train"] if found.ready else lines
