"""Evidence and annotations made by hand."""

import numpy as np
import pytest

from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Control,
    Embedding,
    Flank,
    FlankEstimate,
    FlankEvidence,
    Image,
    Light,
    LocalFeatures,
    PairEvidence,
    PreparedAnnotation,
    Quality,
    SightingPairEvidence,
    VerifiedMatches,
    View,
)


def no_features():
    none = np.zeros(0, dtype=np.float32)
    return LocalFeatures(none.reshape(0, 2), none, none, none.reshape(0, 4), none, "none")


def no_matches():
    none = np.zeros((0, 2), dtype=np.float32)
    empty = none[:, 0]
    return VerifiedMatches(none, none, empty, np.zeros(0, dtype=np.int64), {})


@pytest.fixture
def annotation():
    def make(sighting, flank=Flank.LEFT, usable=0.9, reasons=(), captured_at=None, flags=()):
        picture = Image(
            np.zeros((4, 4, 3), np.uint8), "0" * 64, "a.jpg", "JPEG", Light.COLOUR, captured_at
        )
        part = (usable,) * 6
        return PreparedAnnotation(
            id=f"{sighting}-{flank.value}",
            sighting_id=sighting,
            image=picture,
            annotation=Annotation("0" * 64, Box(0, 0, 4, 4), AnnotationOrigin.USER, flags=flags),
            view=View(FlankEstimate.known(flank), Quality(*part, 600, reasons)),
            embedding=Embedding(np.array([1, 0], np.float32), "test"),
            features=no_features(),
            mirrored=no_features(),
        )

    return make


@pytest.fixture
def evidence():
    def make(a, b, llr=0.0, *, miss=0.1, comparable=True, withheld=(), flags=(), missing=""):
        if not comparable:
            return SightingPairEvidence(a, b, False, 0.0, missing=missing, flags=flags)
        controls = tuple(Control(name, 9.0, 8.0, False) for name in withheld)
        pair = PairEvidence(a, b, {}, llr, 1.0, miss, no_matches(), controls)
        flank = FlankEvidence(Flank.LEFT, llr, pair, 1)
        return SightingPairEvidence(
            a, b, True, llr, (flank,), (pair,), withheld=withheld, flags=flags
        )

    return make
