"""What the network sees in training: the product's crop, its own class, its own chance."""

import numpy as np
import pytest

from reid.embed.preprocess import network_input
from reid.types import Annotation, AnnotationOrigin, Box
from reid.weights import Preprocessing
from training.data import read_dataset
from training.learn.examples import examples_of
from training.learn.outlines import Outlines
from training.learn.pictures import Pictures, moved, plain_crop, with_box
from training.learn.recipe import Augmentation
from training.learn.sampler import Show

CALM = Augmentation(**dict.fromkeys(Augmentation.model_fields, 0.0))


def preprocessing(focus="animal"):
    crop = {"background": "grey", "focus": focus}
    return Preprocessing(input_px=48, mean=[0.5] * 3, std=[0.5] * 3, crop=crop)


@pytest.fixture(scope="module")
def examples(world):
    return examples_of(read_dataset(world))


@pytest.mark.parametrize("focus", ["animal", "trunk"])
def test_undisturbed_pictures_are_the_products_crops(examples, focus):
    pictures = Pictures(examples, preprocessing(focus), CALM, Outlines(None))
    for k in (0, 5):
        pixels, label = pictures[Show(k, 7, False, (0, 0, k))]
        crop = plain_crop(examples[k], preprocessing(focus), Outlines(None))
        np.testing.assert_array_equal(
            pixels.numpy(), network_input([crop], preprocessing(focus))[0]
        )
        assert label == 7


def test_a_mirrored_picture_is_flipped(examples):
    pictures = Pictures(examples, preprocessing(), CALM, Outlines(None))
    plain, _ = pictures[Show(3, 0, False, (0, 0, 0))]
    flipped, _ = pictures[Show(3, 0, True, (0, 0, 0))]
    np.testing.assert_allclose(flipped.numpy()[..., ::-1], plain.numpy(), atol=0.05)


def test_chance_is_of_the_show_alone(examples):
    pictures = Pictures(examples, preprocessing("trunk"), Augmentation(), Outlines(None))
    first, _ = pictures[Show(3, 0, False, (1, 2, 3))]
    pictures[Show(4, 0, False, (9, 9, 9))]
    again, _ = pictures[Show(3, 0, False, (1, 2, 3))]
    other, _ = pictures[Show(3, 0, False, (1, 2, 4))]
    assert np.array_equal(first.numpy(), again.numpy())
    assert not np.array_equal(first.numpy(), other.numpy())


def test_another_box_keeps_the_outline_where_it_is():
    mask = np.zeros((20, 30), np.bool_)
    mask[5:15, 5:25] = True
    animal = Annotation("0" * 64, Box(10, 10, 30, 20), AnnotationOrigin.USER, mask=mask)
    wide = with_box(animal, Box(0, 0, 60, 50), (100, 100))
    assert wide.mask.sum() == mask.sum()
    assert wide.mask[15:25, 15:35].all()
    box = moved(Box(0, 0, 100, 50), np.random.default_rng(0))
    assert abs(box.width_px - 100) <= 12
    assert abs(box.height_px - 50) <= 6


def test_outlines_are_found_once_and_kept(world, tmp_path, monkeypatch):
    from dataclasses import replace

    rows = [replace(row, mask_path=None) for row in read_dataset(world).rows[:2]]
    found = Outlines(tmp_path)

    class Fake:
        def outline(self, row, image):
            mask = np.zeros((20, 30), np.bool_)
            mask[2:18, 3:28] = True
            box = Box(10, 8, 30, 20)
            return Annotation(image.sha256, box, AnnotationOrigin.LOCALISER, mask=mask), ()

    monkeypatch.setattr("training.learn.outlines.Outliner", Fake)
    assert found.find(rows) == 2
    assert Outlines(tmp_path).find(rows) == 0
    _, animal = Outlines(tmp_path).outlined(rows[0])
    assert animal.mask.sum() == 16 * 25
    assert (animal.box.x_px, animal.box.y_px) == (13, 10)
    assert Outlines(None).outlined(rows[0])[1].mask is None
