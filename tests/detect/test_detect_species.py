"""The screen for leopard-like cats."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.detect.species import (
    CHEETAH,
    CLASSES,
    JAGUAR,
    LEOPARD,
    NOT_A_LEOPARD,
    TIGER,
    check_animal,
    check_species,
    even_contrast,
    probabilities,
    settled,
    species_crops,
    with_species,
)
from reid.errors import InputError
from reid.types import Annotation, AnnotationOrigin, Box


def logits(*peaks: tuple[int, float]) -> np.ndarray:
    row = np.zeros(1000, np.float32)
    for index, value in peaks:
        row[index] = value
    return row


@pytest.mark.parametrize("index", [LEOPARD, JAGUAR, CHEETAH])
def test_spotted_cats_pass(index: int) -> None:
    check = check_species(logits((index, 12.0))[None])
    assert check.speaks
    assert check.best_class == index
    assert check.likeness > 0.9


@pytest.mark.parametrize("index", [TIGER, 295, 235, 817], ids=["tiger", "bear", "dog", "car"])
def test_others_are_flagged(index: int) -> None:
    check = check_species(logits((index, 12.0))[None])
    assert check.flags == (NOT_A_LEOPARD,)


def test_one_sure_crop_of_three_is_enough() -> None:
    rows = np.stack([logits((LEOPARD, 12.0)), logits((600, 12.0)), logits((601, 12.0))])
    assert check_species(rows).speaks
    assert not check_species(rows[1:]).speaks


@given(st.floats(-50, 50), st.integers(0, 999))
def test_softmax_forgets_a_constant(shift: float, index: int) -> None:
    row = logits((index, 5.0)).astype(np.float64)
    assert probabilities(row).sum() == pytest.approx(1.0)
    assert probabilities(row + shift) == pytest.approx(probabilities(row))


@pytest.mark.parametrize(
    "bad", [np.zeros((1, 10)), np.zeros((0, 1000)), np.zeros(1000), np.full((1, 1000), np.nan)]
)
def test_other_shapes_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(InputError, match="logits"):
        check_species(bad)


def test_crops_are_the_animal_thrice() -> None:
    crop = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    same, mirrored, even = species_crops(crop)
    assert same is crop
    assert (mirrored[:, ::-1] == crop).all()
    assert even.shape == (213, 320, 3)


@pytest.mark.parametrize("contrast", [0.3, 1.0])
def test_even_contrast_brings_a_faint_pattern_out(contrast: float) -> None:
    rows, columns = np.mgrid[:200, :320]
    pattern = 100 * np.sin(rows / 4) * np.sin(columns / 4)
    haze = 170 * columns / 320
    crop = np.clip(pattern * contrast + haze + 20, 0, 255).astype(np.uint8)
    even = even_contrast(np.repeat(crop[..., None], 3, 2))[20:-20, 20:140, 0].astype(float)
    assert even.std() > 25
    assert abs(even.mean() - 128) < 8


def test_flags_are_added_once() -> None:
    annotation = Annotation("0" * 64, Box(0, 0, 5, 5), AnnotationOrigin.USER)
    check = check_species(logits((TIGER, 12.0))[None])
    once = with_species(annotation, check)
    assert once.flags == (NOT_A_LEOPARD,)
    assert with_species(once, check).flags == once.flags


@given(seed=st.integers(0, 2**32 - 1), known=st.integers(1, 2), least=st.floats(0.01, 0.5))
def test_settled_means_that_the_other_crops_cannot_change_it(seed, known, least) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1, (3, CLASSES)).astype(np.float32)
    logits[:, 288] += rng.uniform(0, 14, 3).astype(np.float32)
    if settled(logits[:known], 3, min_likeness=least):
        assert check_species(logits, min_likeness=least).speaks
        assert check_species(logits[:known], min_likeness=least).speaks


def test_a_sure_leopard_is_settled_by_one_crop_and_a_doubtful_one_is_not() -> None:
    logits = np.zeros((1, CLASSES), np.float32)
    logits[0, 288] = 20
    assert settled(logits, 3)
    logits[0, 288] = 4
    assert not settled(logits, 3)


def test_any_animal_speaks_and_is_said_to_be_unchecked():
    cow = logits((345, 12.0))[None]  # an ox
    found = check_animal(cow)
    assert found.speaks
    assert found.flags == ("species-not-checked",)
    assert not check_species(cow).speaks


def test_what_is_no_animal_does_not_speak():
    car = logits((656, 12.0))[None]  # a minivan
    found = check_animal(car)
    assert not found.speaks
    assert found.flags == ("no-animal",)
