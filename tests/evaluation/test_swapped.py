"""An animal before another background: its coat stays, and nothing of either background with it."""

from dataclasses import replace

import numpy as np

from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Embedding,
    Flank,
    FlankEstimate,
    Image,
    Light,
    LocalFeatures,
    PreparedAnnotation,
    Quality,
    View,
)
from training.evaluation.swapped import before, emptied, full_mask, others_of

NOTHING = LocalFeatures(
    *(np.zeros(shape, np.float32) for shape in ((0, 2), 0, 0, (0, 128), 0)), method="none"
)


def animal(colour):
    """A plain picture of that colour with a red animal in its middle."""
    pixels = np.full((120, 160, 3), colour, np.uint8)
    pixels[40:80, 50:110] = (200, 30, 30)
    mask = np.ones((40, 60), dtype=np.bool_)
    return PreparedAnnotation(
        id="one",
        sighting_id="one",
        image=Image(pixels, "0" * 64, "one.png", "PNG", Light.COLOUR),
        annotation=Annotation("0" * 64, Box(50, 40, 60, 40), AnnotationOrigin.USER, mask=mask),
        view=View(FlankEstimate.known(Flank.LEFT), Quality(1, 1, 1, 1, 1, 1, 60)),
        embedding=Embedding(np.ones(1, np.float32), "none"),
        features=NOTHING,
        mirrored=NOTHING,
    )


def test_every_frame_gets_another_ones_background_once():
    for count in (2, 3, 19):
        others = others_of(count, np.random.default_rng(count))
        assert sorted(others) == list(range(count))
        assert (others != np.arange(count)).all()


def test_the_coat_stays_and_the_place_changes():
    made = before(animal((20, 20, 20)), animal((90, 160, 90)))
    assert made.shape == (120, 160, 3)
    np.testing.assert_array_equal(made[50:70, 60:100], np.full((20, 40, 3), (200, 30, 30)))
    outside = ~np.pad(np.ones((52, 72), bool), ((34, 34), (44, 44)))
    np.testing.assert_allclose(made[outside].astype(int) - (90, 160, 90), 0, atol=2)


def test_the_removed_animal_is_gone():
    behind = animal((90, 160, 90))
    left = emptied(behind)
    assert left[..., 0].max() < 110
    assert (left[0, 0] == (90, 160, 90)).all()


def test_a_box_stands_in_for_a_missing_outline():
    shown = animal((0, 0, 0))
    boxed = replace(shown, annotation=replace(shown.annotation, mask=None))
    np.testing.assert_array_equal(full_mask(boxed), full_mask(shown))
