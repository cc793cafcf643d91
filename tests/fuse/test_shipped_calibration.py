"""The calibration that ships, judged by what any calibration must obey."""

import itertools
import math

import pytest

from reid.config import PipelineConfig
from reid.fuse import PairQuality, aligned_llr, miss_probability, parse_calibration
from reid.weights import load_bundle, read_calibration

QUALITIES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
AMOUNTS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0)


@pytest.fixture(scope="module")
def shipped():
    return parse_calibration(read_calibration(load_bundle(PipelineConfig().bundle)))


def llr(fit, quality, pattern, mirrored=0.0):
    scores = {
        "pattern": pattern,
        "mirrored": mirrored,
        "tentative": 10.0 + pattern,
        "mirrored_tentative": 10.0 + mirrored,
    }
    return aligned_llr(fit, scores, PairQuality(quality, 1.0))


@pytest.mark.parametrize("quality", QUALITIES)
def test_more_pattern_is_never_less_evidence(shipped, quality):
    values = [llr(shipped, quality, pattern) for pattern in AMOUNTS]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_match_is_needed_for_same_and_no_match_never_gives_it(shipped, quality):
    assert llr(shipped, quality, 0.0) <= 0.5
    assert llr(shipped, quality, 100.0) > 3


@pytest.mark.parametrize("quality", QUALITIES)
def test_an_impostor_as_strong_as_the_animal_is_no_proof(shipped, quality):
    for amount in AMOUNTS:
        assert llr(shipped, quality, amount, amount) <= llr(shipped, quality, amount) + 1e-9


def test_poor_pictures_exclude_nobody(shipped):
    values = [llr(shipped, quality, 0.0) for quality in QUALITIES]
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(values))
    assert abs(values[0]) < 1
    misses = [miss_probability(shipped, PairQuality(q, 1.0)) for q in QUALITIES]
    assert all(a >= b for a, b in itertools.pairwise(misses))


def test_it_says_what_it_was_fitted_on(shipped):
    assert "no photograph" in shipped.fitted_on
    assert shipped.checked_light


@pytest.mark.parametrize("quality", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("pattern", [0.0, 2.0, 5.0, 50.0])
def test_an_equal_impostor_is_no_match(shipped, quality, pattern):
    scores = {
        "pattern": pattern,
        "mirrored": pattern,
        "tentative": pattern,
        "mirrored_tentative": pattern,
    }
    assert aligned_llr(shipped, scores, PairQuality(quality, 1.0)) <= 0


def test_every_weight_has_its_sign(shipped):
    """A weight of 0 would mean that a feature is weighed and says nothing."""
    assert shipped.pair.pattern > 0
    assert shipped.pair.excess > 0
    assert shipped.pair.shortfall < 0


@pytest.mark.parametrize("quality", QUALITIES)
def test_one_flank_never_excludes_at_the_default_error(shipped, quality):
    """What no synthetic coat shows (growth, mud, odd posture) is a few per cent of true pairs."""
    assert 0.02 <= shipped.miss.unmodelled <= 0.1
    assert "judgement" in shipped.miss.source
    assert llr(shipped, quality, 0.0) > -math.log(99)
