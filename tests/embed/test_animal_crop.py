"""The animal cut out of its picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.embed import animal_crop
from reid.errors import AnnotationError
from reid.types import Annotation, AnnotationOrigin, Box, Image, Light
from reid.weights import CropPolicy

SHA = "0" * 64


def picture(light: Light = Light.COLOUR, size_wh: tuple[int, int] = (60, 40)) -> Image:
    pixels = np.random.default_rng(0).integers(60, 120, (size_wh[1], size_wh[0], 3), np.uint8)
    if light is Light.INFRARED:
        pixels = np.repeat(pixels[..., :1], 3, axis=2)
    return Image(pixels, SHA, "a.jpg", "JPEG", light)


def animal(box: Box, mask: np.ndarray | None = None) -> Annotation:
    return Annotation(SHA, box, AnnotationOrigin.USER, mask=mask)


def test_no_margin_is_the_box_itself_and_a_copy():
    image = picture()
    crop = animal_crop(image, animal(Box(10, 5, 20, 30)))
    np.testing.assert_array_equal(crop, image.pixels[5:35, 10:30])
    crop[:] = 0
    assert image.pixels.min() >= 60


@given(
    x=st.floats(-5, 50), y=st.floats(-5, 30), width=st.floats(8, 80), height=st.floats(12, 80),
    margin=st.floats(0, 1),
)  # fmt: skip
def test_a_margin_holds_the_box_and_stays_in_the_picture(x, y, width, height, margin):
    image, box = picture(), Box(x, y, width, height)
    crop = animal_crop(image, animal(box), CropPolicy(margin=margin))
    x0, y0, x1, y1 = box.window(image.size_wh)
    assert y1 - y0 <= crop.shape[0] <= 40
    assert x1 - x0 <= crop.shape[1] <= 60


@pytest.mark.parametrize("margin", [0.0, 0.25])
def test_grey_paints_all_but_the_mask(margin):
    image, mask = picture(), np.zeros((20, 20), dtype=np.bool_)
    mask[5:15, 2:18] = True
    policy = CropPolicy(margin=margin, background="grey")
    crop = animal_crop(image, animal(Box(20, 10, 20, 20), mask), policy, fill_rgb=(1, 2, 3))
    shift = int(20 * margin)
    inside = np.zeros(crop.shape[:2], dtype=np.bool_)
    inside[shift + 5 : shift + 15, shift + 2 : shift + 18] = True
    assert np.all(crop[~inside] == (1, 2, 3))
    np.testing.assert_array_equal(crop[inside], image.pixels[15:25, 22:38].reshape(-1, 3))


def test_grey_without_a_mask_keeps_the_box():
    annotation = animal(Box(10, 5, 20, 30))
    grey = animal_crop(picture(), annotation, CropPolicy(background="grey"))
    np.testing.assert_array_equal(grey, animal_crop(picture(), annotation))


def test_contrast_is_equalised_where_the_policy_says():
    annotation, policy = animal(Box(0, 0, 60, 40)), CropPolicy(contrast="infrared")
    day, night = picture(), picture(Light.INFRARED)
    np.testing.assert_array_equal(animal_crop(day, annotation, policy), day.pixels)
    lifted = animal_crop(night, annotation, policy)
    assert lifted.std() > 1.2 * night.pixels.std()
    assert np.ptp(lifted.astype(int), axis=2).max() <= 1  # grey stays grey
    everything = animal_crop(day, annotation, CropPolicy(contrast="all"))
    assert everything.std() > 1.2 * day.pixels.std()


def test_what_does_not_fit_is_refused():
    with pytest.raises(AnnotationError, match="outside the picture"):
        animal_crop(picture(), animal(Box(100, 100, 5, 5)))
    wrong = animal(Box(0, 0, 20, 20), np.ones((5, 5), dtype=np.bool_))
    with pytest.raises(AnnotationError, match=r"expected \(height, width\) \(20, 20\)"):
        animal_crop(picture(), wrong, CropPolicy(background="grey"))
