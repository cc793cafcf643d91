"""Numbers become evidence, never more than they are."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.errors import WeightsAlteredError
from reid.fuse import (
    PairQuality,
    aligned_llr,
    flank_evidence,
    miss_probability,
    mixed_llr,
    pair_features,
    pair_quality,
    parse_calibration,
    read_calibration_file,
    sighting_evidence,
)
from reid.types import Control, Flank, Quality

LLR, SHARE = st.floats(-12, 12), st.floats(0, 1)
LLRS = st.lists(LLR, min_size=1, max_size=8)
AMOUNT = st.floats(0, 200)
SCORES = st.fixed_dictionaries(
    dict.fromkeys(("pattern", "mirrored", "tentative", "mirrored_tentative"), AMOUNT)
)
QUALITY = st.builds(PairQuality, SHARE, SHARE)


def looks(usable, coverage=1.0):
    return Quality(1.0, 1.0, 1.0, 1.0, coverage, usable, 300)


def close(a, b):
    return a == pytest.approx(b, abs=1e-9)


@given(LLR)
def test_surely_different_flanks_say_nothing(llr):
    assert mixed_llr(llr, 0.0) == 0.0
    assert close(mixed_llr(llr, 1.0), llr)


@given(LLR, LLR, SHARE)
def test_more_evidence_is_never_less(one, two, side):
    low, high = sorted((one, two))
    assert mixed_llr(low, side) <= mixed_llr(high, side) + 1e-12


@given(LLR, SHARE, SHARE)
def test_doubt_of_the_side_pulls_to_nothing(llr, one, two):
    less, more = sorted((one, two))
    assert abs(mixed_llr(llr, less)) <= abs(mixed_llr(llr, more)) + 1e-9
    assert min(0, llr) - 1e-9 <= mixed_llr(llr, more) <= max(0, llr) + 1e-9


@given(LLR, st.floats(0, 0.999))
def test_no_match_between_doubtful_sides_is_bounded(llr, side):
    """Absence speaks at most as loudly as the flanks are surely the same."""
    assert mixed_llr(llr, side) >= math.log(1 - side) - 1e-9


@given(SCORES, QUALITY)
def test_a_pair_stays_within_what_was_fitted(fit, scores, quality):
    found = aligned_llr(fit, scores, quality)
    assert fit.pair.lowest <= found <= fit.pair.highest
    assert found >= math.log(fit.miss.unmodelled)


@given(SCORES, QUALITY, AMOUNT)
def test_more_pattern_speaks_more_for_same(fit, scores, quality, more):
    richer = {**scores, "pattern": scores["pattern"] + more}
    assert aligned_llr(fit, richer, quality) >= aligned_llr(fit, scores, quality) - 1e-9


@given(SCORES, QUALITY, AMOUNT)
def test_a_stronger_impostor_speaks_less(fit, scores, quality, more):
    doubtful = {**scores, "mirrored": scores["mirrored"] + more}
    assert aligned_llr(fit, doubtful, quality) <= aligned_llr(fit, scores, quality) + 1e-9


@given(SCORES, QUALITY, SHARE, SHARE)
def test_a_better_picture_asks_for_more(fit, scores, quality, usable, coverage):
    """The same matches are worth less where better pictures would show more."""
    better = PairQuality(max(quality.usable, usable), max(quality.coverage, coverage))
    worse_llr, better_llr = (aligned_llr(fit, scores, q) for q in (quality, better))
    assert better_llr <= worse_llr + 1e-9


@given(SCORES, SHARE)
def test_absence_is_silent_in_bad_pictures_and_after_a_match(scores, other):
    for nothing in (PairQuality(0.0, other), PairQuality(other, 0.0)):
        assert pair_features(scores, nothing)[2] == 0
    quality = PairQuality(0.7, 1.0)
    assert pair_features({**scores, "pattern": 0.0}, quality)[2] == pytest.approx(0.7)
    assert pair_features({**scores, "pattern": 200.0}, quality)[2] < 0.02


@given(SHARE, SHARE, SHARE, SHARE, SHARE)
def test_quality_is_ruled_by_the_worse(fit, a, b, better, side, other):
    one, two = looks(a, side), looks(b, other)
    both = pair_quality(one, two)
    assert min(a, b) - 1e-9 <= both.usable <= max(a, b) + 1e-9
    assert both.coverage == min(side, other)
    assert both == pair_quality(two, one)
    finer = pair_quality(looks(max(a, better), side), two)
    assert miss_probability(fit, finer) <= miss_probability(fit, both) + 1e-12
    assert fit.miss.unmodelled <= miss_probability(fit, both) < 1


@given(LLRS)
def test_a_flank_is_never_above_its_best_pair(fit, pair, llrs):
    found = flank_evidence(fit, Flank.LEFT, [pair(v) for v in llrs])
    assert found.llr <= max(*llrs, 0.0) + 1e-9
    assert found.best.llr == max(llrs)
    assert found.pair_count == len(llrs)


@given(st.integers(1, 8), st.floats(0, 12))
def test_silence_is_no_evidence(fit, pair, count, one):
    """Pictures that say nothing do not become evidence by their number."""
    silent = [pair(0.0)] * count
    assert flank_evidence(fit, Flank.LEFT, silent).llr == pytest.approx(0, abs=1e-9)
    spoken = flank_evidence(fit, Flank.LEFT, [*silent, pair(one)]).llr
    assert -1e-9 <= spoken <= one + 1e-9


@given(LLRS, st.integers(2, 6))
def test_repeating_a_burst_adds_nothing(fit, pair, llrs, times):
    once = flank_evidence(fit, Flank.LEFT, [pair(v) for v in llrs]).llr
    again = flank_evidence(fit, Flank.LEFT, [pair(v) for v in llrs * times]).llr
    if once > 0:
        assert again <= once + 1e-9
    else:
        floor = min(0.0, *llrs)
        assert floor - 1e-9 <= again <= 1e-9


@given(LLRS)
def test_a_flank_alone_never_excludes_beyond_what_is_unmodelled(fit, pair, llrs):
    found = flank_evidence(fit, Flank.LEFT, [pair(v) for v in llrs]).llr
    assert math.log(fit.miss.unmodelled) <= found <= fit.sighting.highest


@given(LLRS, LLRS)
def test_flanks_add(fit, pair, left, right):
    sides = {Flank.LEFT: [pair(v) for v in left], Flank.RIGHT: [pair(v) for v in right]}
    both = sighting_evidence(fit, "a", "b", sides)
    alone = [sighting_evidence(fit, "a", "b", {f: p}).llr for f, p in sides.items()]
    assert both.comparable
    assert close(both.llr, sum(alone))
    assert len(both.pairs) == len(left) + len(right)


@given(LLRS, LLRS)
def test_an_unknown_flank_does_not_count_twice(fit, pair, known, unknown):
    sides = {Flank.LEFT: [pair(v) for v in known], Flank.UNKNOWN: [pair(v) for v in unknown]}
    both = sighting_evidence(fit, "a", "b", sides)
    alone = sighting_evidence(fit, "a", "b", {Flank.LEFT: sides[Flank.LEFT]})
    assert close(both.llr, alone.llr)
    assert [f.flank for f in both.flanks] == [Flank.LEFT]
    only = sighting_evidence(fit, "a", "b", {Flank.UNKNOWN: sides[Flank.UNKNOWN]})
    assert only.comparable


@pytest.mark.parametrize("sides", [{}, {Flank.LEFT: []}])
def test_nothing_shared_is_not_comparable(fit, sides):
    found = sighting_evidence(fit, "a", "b", sides, missing="a left flank", flags=("copy",))
    assert not found.comparable
    assert (found.llr, found.missing, found.flags) == (0.0, "a left flank", ("copy",))


def test_a_failed_control_withholds_only_where_it_speaks(fit, pair):
    failed = (Control("background", 9.0, 5.0, False), Control("mirrored", 1.0, 5.0, True))
    best = sighting_evidence(fit, "a", "b", {Flank.LEFT: [pair(4.0, failed), pair(1.0)]})
    assert best.withheld == ("background",)
    other = sighting_evidence(fit, "a", "b", {Flank.LEFT: [pair(4.0), pair(1.0, failed)]})
    assert other.withheld == ()


def test_a_calibration_comes_back_from_its_file(fit, tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text(fit.model_dump_json(), encoding="utf-8")
    assert read_calibration_file(path) == fit


@pytest.mark.parametrize(
    "change", [{"surprise": 1}, {"pair": None}, {"sighting": {"gain": -1}}, {"miss": "x"}]
)
def test_an_altered_calibration_is_refused(fit, change):
    content = {**json.loads(fit.model_dump_json()), **change}
    with pytest.raises(WeightsAlteredError, match="calibration"):
        parse_calibration(json.dumps(content).encode())


def test_a_missing_calibration_is_said(tmp_path):
    with pytest.raises(WeightsAlteredError, match="cannot be read"):
        read_calibration_file(tmp_path / "none.json")
