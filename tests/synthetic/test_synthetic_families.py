"""Families of coats: seeded, different from each other, the two flanks independent."""

import numpy as np
import pytest

from training.synthetic import Part, RenderSpec
from training.synthetic.family import Family
from training.synthetic.fur import textures_of
from training.synthetic.patterns import family_coat
from training.synthetic.patterns.draw_traits import drawn
from training.synthetic.patterns.raster import raster
from training.synthetic.patterns.scattered import scatter_evenly

FAST = [f for f in Family if f is not Family.LEOPARD]
TEXELS = 250


def torso(seed, family):
    return family_coat(seed, family, TEXELS)[Part.TORSO]


def flank(texture, side):
    """The pattern of a flank (u, v upwards from the belly): green, large-scale shading removed."""
    columns = texture.shape[1]
    low, high = (0.12, 0.42) if side == "left" else (0.58, 0.88)
    cut = texture[:, int(low * columns) : int(high * columns), 1]
    cut = cut if side == "left" else cut[:, ::-1]
    return cut - cut.mean(axis=1, keepdims=True) - cut.mean(axis=0) + cut.mean()


def alike(a, b):
    size = min(a.shape[1], b.shape[1])
    return np.corrcoef(a[:, :size].ravel(), b[:, :size].ravel())[0, 1]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAST)
def test_a_coat_is_seeded_and_in_range(family):
    first = family_coat(3, family, TEXELS)
    family_coat.cache_clear()
    second = family_coat(3, family, TEXELS)
    for part in Part:
        np.testing.assert_array_equal(first[part], second[part])
        assert np.isfinite(first[part]).all()
        assert first[part].min() >= 0
        assert first[part].max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("family", FAST)
def test_the_two_flanks_share_nothing(family):
    """Neither is the mirror of the other, and two animals differ as much."""
    texture = torso(5, family)
    left, right = flank(texture, "left"), flank(texture, "right")
    assert left.std() > 0.004
    assert abs(alike(left, right)) < 0.3
    assert abs(alike(left, flank(torso(6, family), "left"))) < 0.3
    assert alike(left, flank(torso(5, family), "left")) == pytest.approx(1)


@pytest.mark.slow
def test_families_differ_as_they_should():
    def ink(family):
        return np.median([torso(s, family)[..., 1].mean() for s in range(3)])

    assert ink(Family.MELANISTIC) < 0.5 * ink(Family.ROSETTES)

    def runs(family):
        """How much longer the pattern runs round the body than along it."""
        change = []
        for seed in range(3):
            g = flank(torso(seed, family), "left")
            change.append(np.abs(np.diff(g, axis=0)).mean() / np.abs(np.diff(g, axis=1)).mean())
        return np.median(change)

    assert runs(Family.STRIPES) > 2 * runs(Family.ROSETTES)
    assert runs(Family.SPOTS) == pytest.approx(1, abs=0.35)


def test_no_family_has_a_seam_beneath_the_belly():
    for family in (Family.ROSETTES, Family.STRIPES, Family.BLOTCHES):
        texture = torso(2, family)[..., 1]
        across = np.abs(texture[:, 0] - texture[:, -1]).mean()
        usual = np.abs(np.diff(texture, axis=1)).mean(0)
        assert across < 1.6 * np.percentile(usual, 95)


def test_two_animals_of_a_family_are_drawn_apart():
    a, b = drawn(1, Family.ROSETTES), drawn(2, Family.ROSETTES)
    assert a == drawn(1, Family.ROSETTES)
    assert a.traits != b.traits
    assert a.animal.flank != b.animal.flank


@pytest.mark.parametrize("order", [0, 6])
def test_scattering_keeps_its_density(order):
    place = raster(Part.TORSO, TEXELS)
    counts = [
        len(scatter_evenly(np.random.default_rng(s), place, lambda u, v: 0.04 + 0 * u * v, order))
        for s in range(3)
    ]
    area = place.chart.length_m * place.chart.girth_m.mean()
    dense = 0.66 if order == 0 else 0.80  # what evening out leaves open is filled
    assert np.mean(counts) == pytest.approx(dense * area / 0.04**2, rel=0.08)


def test_evening_out_parts_neighbours():
    def closest(order):
        place = raster(Part.TORSO, TEXELS)
        rng = np.random.default_rng(4)
        spots = scatter_evenly(rng, place, lambda u, v: 0.04 + 0 * u * v, order)
        metres = spots * [place.chart.length_m, place.chart.girth_m.mean()]
        apart = np.linalg.norm(metres[:, None] - metres, axis=-1) + np.eye(len(metres))
        return np.percentile(apart.min(1), 10)

    assert closest(8) > 2 * closest(0)


def test_small_pictures_take_small_textures():
    spec = RenderSpec(individual=1, family=Family.SPOTS, texels_per_m=400)
    whole, small = (textures_of(spec, scale)[Part.TORSO].shape for scale in (400.0, 100.0))
    assert small[0] == pytest.approx(whole[0] / 4, abs=2)
