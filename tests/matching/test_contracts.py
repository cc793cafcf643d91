"""What every local method promises, put to all of them."""

from dataclasses import replace

import numpy as np
import pytest

from reid.errors import InputError
from reid.local.contract import LocalExtractor
from reid.local.load import EXTRACTORS, load_extractor
from reid.local.patch import animal_patch
from reid.local.pinned import ALIKED, XFEAT
from reid.match.contract import Matcher
from reid.match.pinned import LIGHTERGLUE, LIGHTGLUE
from reid.pipeline.methods import METHODS, load_method
from reid.types import Annotation, AnnotationOrigin
from reid.verify.contract import Verifier
from reid.verify.pieces import EMPTY_SCORES
from reid.weights import weights_root
from training.synthetic import RenderSpec, render

pytestmark = pytest.mark.slow

LEARNED = (XFEAT, ALIKED, LIGHTGLUE, LIGHTERGLUE)
WEIGHTLESS = ("rootsift",)


def runnable(name):
    missing = [f.path for f in LEARNED if not (weights_root() / f.path).is_file()]
    return name in WEIGHTLESS or not missing


def every(names):
    why = "the learned matchers' weights are absent: `make matchers`"
    return [pytest.param(n, marks=marks(n, why)) for n in names]


def marks(name, why):
    slow = [pytest.mark.slow] if name == "aliked-lightglue" else []
    return [pytest.mark.skipif(not runnable(name), reason=why), *slow]


@pytest.fixture(scope="module", params=every(METHODS))
def name(request):
    return request.param


@pytest.fixture(scope="module")
def method(name):
    return load_method(name)


@pytest.fixture(scope="module", params=every(EXTRACTORS))
def extractor(request):
    return load_extractor(request.param)


@pytest.fixture(scope="module")
def leopards(photograph):
    """``leopards(individual, turned)``: a synthetic leopard's picture and its true outline."""
    seen = {}

    def rendered(individual, turned=False):
        key = individual, turned
        if key not in seen:
            middle = (0.42, 0.55)  # nothing is cut off by the frame
            spec = RenderSpec(
                individual, picture_wh=(480, 360), size_px=220, centre_xy=middle, noise=0.0
            )
            if turned:
                spec = replace(spec, yaw_deg=6.0, size_px=200, picture=1)
            picture = render(spec)
            x0, y0, x1, y1 = picture.box.window((480, 360))
            mask = picture.mask[y0:y1, x0:x1].copy()
            drawn = Annotation("0" * 64, picture.box, AnnotationOrigin.USER, mask=mask)
            seen[key] = photograph(picture.pixels), drawn
        return seen[key]

    return rendered


@pytest.fixture(scope="module")
def features(leopards):
    """``features(extractor, individual, turned, look="animal")``, extracted once."""
    seen = {}

    def extracted(extractor, individual, turned=False, look="animal"):
        key = extractor.method, individual, turned, look
        if key not in seen:
            seen[key] = getattr(extractor, look)(*leopards(individual, turned))
        return seen[key]

    return extracted


def pattern(method, a, b):
    return method.verifier.verify(a, b, method.matcher.match(a, b)).scores["pattern"]


def test_every_stage_is_what_its_contract_says(method):
    assert isinstance(method.local, LocalExtractor)
    assert isinstance(method.matcher, Matcher)
    assert isinstance(method.verifier, Verifier)


def test_every_extractor_has_a_name_of_its_own():
    names = {load_extractor(n).method for n in EXTRACTORS}
    assert len(names) == len(EXTRACTORS)


def test_an_empty_outline_gives_nothing(method, leopards):
    image, drawn = leopards(1)
    nowhere = replace(drawn, mask=np.zeros_like(drawn.mask))
    none = method.local.animal(image, nowhere)
    assert len(none) == 0
    assert len(method.matcher.match(none, none)) == 0
    kept = method.verifier.verify(none, none, method.matcher.match(none, none))
    assert kept.scores == EMPTY_SCORES


@pytest.mark.parametrize("side_px", [1, 3, 9])
def test_a_tiny_animal_is_no_error(extractor, photograph, boxed, side_px):
    rng = np.random.default_rng(0)
    image = photograph(rng.integers(0, 255, (60, 80, 3)))
    for look in (extractor.animal, extractor.mirrored, extractor.erased):
        found = look(image, boxed(20, 30, side_px, side_px))
        assert np.isfinite(found.descriptors).all()


def test_points_lie_on_the_animal_in_picture_pixels(extractor, features, leopards):
    _, drawn = leopards(1)
    found = features(extractor, 1)
    x0, y0, *_ = drawn.box.window((480, 360))
    column, row = np.rint(found.xy_px - [x0, y0]).astype(int).T
    assert len(found) > 100
    height, width = drawn.mask.shape
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    assert inside.all()
    assert drawn.mask[row, column].mean() > 0.98  # a rounded point may fall on the rim


def test_points_follow_the_animal_through_the_picture(extractor, features, leopards, photograph):
    image, drawn = leopards(1)
    shifted = photograph(np.roll(image.pixels, (-7, 5), axis=(0, 1)))
    box = replace(drawn.box, x_px=drawn.box.x_px + 5, y_px=drawn.box.y_px - 7)
    here, there = features(extractor, 1), extractor.animal(shifted, replace(drawn, box=box))
    np.testing.assert_allclose(there.xy_px, here.xy_px + np.float32([5, -7]), atol=0.01)


def test_the_same_picture_gives_the_same_points(extractor, features, leopards):
    one, two = features(extractor, 1), extractor.animal(*leopards(1))
    np.testing.assert_array_equal(one.xy_px, two.xy_px)
    np.testing.assert_array_equal(one.descriptors, two.descriptors)
    assert one.method == two.method == extractor.method


def test_descriptors_are_of_length_one(extractor, features):
    lengths = np.linalg.norm(features(extractor, 1).descriptors, axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-3)


def test_mirrored_is_what_the_flipped_picture_shows(extractor, features, leopards, photograph):
    image, drawn = leopards(1)
    width = image.size_wh[0]
    flipped = photograph(image.pixels[:, ::-1])
    left = width - drawn.box.x_px - drawn.box.width_px
    other = replace(drawn, box=replace(drawn.box, x_px=left), mask=drawn.mask[:, ::-1].copy())
    mirrored = features(extractor, 1, look="mirrored")
    there = extractor.animal(flipped, other)
    origins = [animal_patch(i, a).origin_xy for i, a in ((flipped, other), (image, drawn))]
    offset = np.subtract(*origins).astype(np.float32)
    gap = np.linalg.norm(there.xy_px[:, None] - mirrored.xy_px[None] - offset, axis=2)
    assert (gap.min(axis=1) < 0.5).mean() > 0.9  # weak points near the limit differ


def test_a_coat_matches_itself(method, features):
    a = features(method.local, 1)
    found = method.matcher.match(a, a)
    rows, columns = found.index.T
    assert len(found) > 0.8 * len(a)
    assert (rows == columns).mean() > 0.99
    assert found.distinctiveness[rows == columns].min() > 0.99
    assert found.distinctiveness.max() <= 1


def test_each_point_is_matched_once(method, features):
    rows, columns = method.matcher.match(
        features(method.local, 1), features(method.local, 2)
    ).index.T
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)


def test_another_methods_features_are_refused(method, features):
    a = features(method.local, 1)
    with pytest.raises(InputError, match="extract both again"):
        method.matcher.match(a, replace(a, method="another"))


def test_the_mirror_image_is_another_coat(method, features):
    a, mirrored = features(method.local, 1), features(method.local, 1, look="mirrored")
    assert pattern(method, a, mirrored) < 0.2 * pattern(method, a, a)


def test_the_same_leopard_scores_above_another(method, features):
    """Both compared pictures are turned alike: pose tells nothing."""
    one = features(method.local, 1)
    same, other = (features(method.local, k, turned=True) for k in (1, 2))
    assert pattern(method, one, same) > 1.5 * pattern(method, one, other)
    assert pattern(method, one, same) > 10
