"""The votes of a catalogue that grows, by flank, in bounded memory."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError, SearchError
from reid.index import StoreSettings, searched
from reid.index.lnbnn import DescriptorIndex, LnbnnSettings
from reid.index.storage import read_sections, write_sections
from reid.index.vote_set import VoteSet
from reid.types import Flank, LocalFeatures

OPEN = {"max_rotation_rad": math.inf, "max_scale_log2": math.inf, "max_shift": math.inf}
EXACT = LnbnnSettings(**OPEN)
TIGHT = LnbnnSettings(store=StoreSettings(exact_up_to=120, lists_per_root=0.5), **OPEN)
SIDES = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN, Flank.FRONT)


def features(rng, n, *, method="m", dim=8):
    found = rng.normal(size=(n, dim)).astype(np.float32)
    return LocalFeatures(
        xy_px=rng.random((n, 2)).astype(np.float32),
        scale_px=(1 + rng.random(n)).astype(np.float32),
        angle_rad=(rng.random(n) * 6).astype(np.float32),
        descriptors=found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9),
        weight=np.ones(n, np.float32),
        method=method,
    )


def some(seed, count, *, most_rows=12):
    rng = np.random.default_rng(seed)
    return [
        (SIDES[int(rng.integers(4))], 3 * k, features(rng, int(rng.integers(0, most_rows))))
        for k in range(count)
    ]


def names_of(annotations, seed=0):
    """Some annotations have no name: they must not be seen at all."""
    rng = np.random.default_rng(seed)
    return {key: f"s{rng.integers(4)}" for _, key, _ in annotations if rng.random() < 0.7}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(SIDES), st.integers(0, 9))
def test_flanks_are_searched_as_one_index_of_what_can_match(seed, asked, count):
    annotations = some(seed, count)
    names = names_of(annotations, seed)
    query = features(np.random.default_rng(seed + 1), 7)
    whole = VoteSet(method="m", settings=EXACT)
    whole.add(annotations)
    sides = searched(asked)
    met = [
        (key, f)
        for flank, key, f in annotations
        if (flank if flank in (Flank.LEFT, Flank.RIGHT) else Flank.UNKNOWN) in sides
        and key in names
    ]
    expected = DescriptorIndex(met, EXACT).individual_votes(query, names) if met else {}
    got = whole.votes(query, asked, names)
    for name in {*got, *expected}:  # float32 distances of near points
        assert got.get(name, 0) == pytest.approx(expected.get(name, 0), abs=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 60), max_size=3), st.booleans())
def test_how_annotations_come_changes_nothing(seed, cuts, bounded):
    annotations = some(seed, 60)
    most = 150 if bounded else 10**6
    at_once, in_parts = (VoteSet(method="m", settings=TIGHT, most=most) for _ in range(2))
    at_once.add(annotations)
    start = 0
    for end in [*sorted(cuts), len(annotations)]:
        in_parts.add(annotations[start:end])
        start = end
    assert at_once.counts() == in_parts.counts()
    assert at_once.limit == in_parts.limit
    query, names = features(np.random.default_rng(seed), 9), names_of(annotations)
    assert at_once.votes(query, Flank.LEFT, names) == in_parts.votes(query, Flank.LEFT, names)


def test_memory_is_bounded_and_everybody_keeps_something():
    annotations = some(1, 80, most_rows=40)
    bounded = VoteSet(method="m", settings=EXACT, most=300)
    for one in annotations:
        bounded.add([one])
        assert bounded.descriptors <= 300
    assert len(bounded) == 80
    kept = sum(min(len(f), bounded.limit) for _, _, f in annotations)
    assert bounded.descriptors == kept
    flank, key, seen = next(a for a in annotations if len(a[2]) > 20)
    assert max(bounded.votes(seen, flank, {k: f"{k}" for _, k, _ in annotations}).items(),
               key=lambda item: item[1])[0] == f"{key}"  # fmt: skip


@pytest.mark.parametrize("count", [5, 70], ids=["exact", "ivf"])
def test_what_was_saved_votes_the_same_and_grows_on(tmp_path, count):
    annotations = some(2, 100, most_rows=30)
    before = VoteSet(method="m", settings=TIGHT, most=900)
    before.add(annotations[:count])
    write_sections(tmp_path / "v", before.sections())
    sections = read_sections(tmp_path / "v")
    after = VoteSet.of_sections(sections, method="m", settings=TIGHT, most=900)
    assert (len(after), after.counts()) == (count, before.counts())
    query, names = features(np.random.default_rng(3), 12), names_of(annotations)
    for _ in range(2):
        for flank in SIDES:
            assert after.votes(query, flank, names) == before.votes(query, flank, names)
        for one in (before, after):
            if len(one) == count:
                one.add(annotations[count:])


def test_descriptors_of_others_are_refused():
    whole = VoteSet(method="m", settings=EXACT)
    whole.add(some(4, 20))
    for other in ({"method": "n"}, {"method": "m", "most": 5}, {"method": "m", "settings": TIGHT}):
        with pytest.raises(SearchError, match="found others"):
            VoteSet.of_sections(whole.sections(), **{"settings": EXACT, **other})


def test_nothing_votes_for_nobody_and_others_are_refused():
    empty = VoteSet(method="m", settings=EXACT)
    rng = np.random.default_rng(5)
    assert empty.votes(features(rng, 3), Flank.LEFT, {1: "a"}) == {}
    empty.add([(Flank.LEFT, 1, features(rng, 0))])
    assert empty.votes(features(rng, 3), Flank.LEFT, {1: "a"}) == {}
    with pytest.raises(InputError, match="twice"):
        empty.add([(Flank.LEFT, 1, features(rng, 2))])
    for ask in (
        lambda f: empty.add([(Flank.LEFT, 2, f)]),
        lambda f: empty.votes(f, Flank.LEFT, {}),
    ):
        with pytest.raises(InputError, match="extract again"):
            ask(features(rng, 2, method="n"))
    assert len(empty) == 1
