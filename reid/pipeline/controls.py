"""The same machinery on what must not match: mirrored, pattern erased, background alone."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from reid.catalogue import NOT_LOADED
from reid.pipeline.engine import Engine
from reid.types import (
    Annotation,
    Control,
    Image,
    LocalFeatures,
    PairEvidence,
    PreparedAnnotation,
    VerifiedMatches,
)

FOLLOWS_PX = 6.0
"""An animal's match that lies this near to where the background's motion would put it."""
LEAST_BACKGROUND = 12
_MEASURED: WeakKeyDictionary[PreparedAnnotation, dict[str, LocalFeatures]] = WeakKeyDictionary()
"""Features of controls by animal: measured once, forgotten with the animal."""


def controls(
    engine: Engine,
    evidence: PairEvidence,
    a: PreparedAnnotation,
    b: PreparedAnnotation,
    claims_match: bool,
) -> tuple[Control, ...]:
    """The controls; they can only doubt a match, so where none is claimed there is one to show.

    Erased and background need the pictures: both are measured here, for the pairs that need it.
    """
    animal = evidence.scores["pattern"]
    mirrored = evidence.scores["mirrored"]
    found = [
        Control(
            "mirrored",
            mirrored,
            animal,
            not claims_match or mirrored < animal,
            "the second picture flipped left to right",
        )
    ]
    if claims_match and NOT_LOADED not in (*a.image.flags, *b.image.flags):
        found += [_erased(engine, animal, a, b), _background(engine, evidence, a, b)]
    return tuple(found)


def _score(engine: Engine, a: LocalFeatures, b: LocalFeatures) -> VerifiedMatches:
    return engine.verifier.verify(a, b, engine.matcher.match(a, b))


def _erased(engine: Engine, animal: float, a: PreparedAnnotation, b: PreparedAnnotation) -> Control:
    blank = (_once(engine, "erased", engine.local.erased, p) for p in (a, b))
    score = _score(engine, *blank).scores["pattern"]
    return Control("erased", score, animal, score < animal, "the pattern blurred away, shape kept")


def _background(
    engine: Engine, evidence: PairEvidence, a: PreparedAnnotation, b: PreparedAnnotation
) -> Control:
    """The background of one station matches itself by right, and that is no proof against the
    animal: what condemns a match is that it moves as the background does.
    """
    around = (_once(engine, "background", engine.local.background, p) for p in (a, b))
    behind = _score(engine, *around)
    score, animal = behind.scores["pattern"], evidence.scores["pattern"]
    if score < animal:
        return Control("background", score, animal, True, "what surrounds the animals")
    share = _following(behind, evidence.matches)
    note = (
        f"the backgrounds match too (one camera position?); {round(100 * share)} % of the "
        "animal's matches move as the background does"
    )
    return Control("background", score, animal, share < 0.5, note)


def _once(
    engine: Engine,
    name: str,
    look: Callable[[Image, Annotation], LocalFeatures],
    animal: PreparedAnnotation,
) -> LocalFeatures:
    known = _MEASURED.setdefault(animal, {})
    key = f"{name} {engine.local.method}"
    if key not in known:
        known[key] = look(animal.image, animal.annotation)
    return known[key]


def _following(behind: VerifiedMatches, animal: VerifiedMatches) -> float:
    """Share of the animal's matches that the background's affine motion explains."""
    if len(behind) < LEAST_BACKGROUND or len(animal) == 0:
        return 0.0
    cv2.setRNGSeed(0)
    motion, _ = cv2.estimateAffine2D(
        behind.a_xy_px, behind.b_xy_px, method=cv2.USAC_MAGSAC, ransacReprojThreshold=FOLLOWS_PX
    )
    if motion is None:
        return 0.0
    moved = animal.a_xy_px @ motion[:, :2].T + motion[:, 2]
    near = np.linalg.norm(moved - animal.b_xy_px, axis=1) < FOLLOWS_PX
    return float(near.mean())
