"""LNBNN against a slow oracle, and what it must never do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError
from reid.index import StoreSettings
from reid.index.lnbnn import DescriptorIndex, LnbnnSettings
from reid.types import LocalFeatures

OPEN = {"max_rotation_rad": math.inf, "max_scale_log2": math.inf, "max_shift": math.inf}
COMPRESSED = LnbnnSettings(store=StoreSettings(exact_up_to=100, probed_share=0.25), **OPEN)


def features(rng, n, *, method="m", dim=8, descriptors=None):
    found = rng.random((n, dim)).astype(np.float32) if descriptors is None else descriptors
    found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return LocalFeatures(
        xy_px=rng.random((n, 2)).astype(np.float32),
        scale_px=(1 + rng.random(n)).astype(np.float32),
        angle_rad=(rng.random(n) * 2 * np.pi).astype(np.float32),
        descriptors=found.astype(np.float32),
        weight=np.ones(n, np.float32),
        method=method,
    )


def middle(f):
    """Half way between the 5th and the 95th per cent of the points, each axis alone."""
    low, high = (np.array([np.percentile(f.xy_px[:, k], p) for k in (0, 1)]) for p in (5, 95))
    return (low + high) / 2


def oracle(catalogue, query, chosen, exclude=()):
    """Every distance, one by one."""
    rows = [(number, f, i) for number, f in catalogue for i in range(len(f))]
    rows = [(n, f, i) for n, f, i in rows if n not in exclude]
    votes = {}
    for q in range(len(query)):
        near = [float(np.linalg.norm(query.descriptors[q] - f.descriptors[i])) for _, f, i in rows]
        order = np.argsort(near, kind="stable")[: chosen.neighbours + 1]
        background = near[order[-1]] if len(order) else 0.0
        for o in order[: chosen.neighbours]:
            number, f, i = rows[o]
            turn = abs(math.remainder(f.angle_rad[i] - query.angle_rad[q], 2 * math.pi))
            swell = abs(
                math.log2((f.scale_px[i] / f.unit_px) / (query.scale_px[q] / query.unit_px))
            )
            gain = background - near[o]
            shift = np.linalg.norm(f.xy_px[i] - middle(f) - query.xy_px[q] + middle(query))
            if shift > chosen.max_shift:
                continue
            if gain > 0 and turn <= chosen.max_rotation_rad and swell <= chosen.max_scale_log2:
                votes[number] = votes.get(number, 0.0) + gain
    return votes


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.booleans(), st.booleans())
def test_votes_agree_with_the_slow_oracle(seed, neighbours, strict, leave_out):
    rng = np.random.default_rng(seed)
    catalogue = [(3 * k, features(rng, int(rng.integers(0, 7)))) for k in range(4)]
    catalogue.append((50, features(rng, 5)))
    query = features(rng, 6)
    chosen = LnbnnSettings(neighbours=neighbours, **({"max_shift": 0.4} if strict else OPEN))
    exclude = (3, 50) if leave_out else ()
    found = DescriptorIndex(catalogue, chosen).votes(query, exclude=exclude)
    expected = oracle(catalogue, query, chosen, exclude)
    got = {int(i): float(s) for i, s in zip(found.ids, found.scores, strict=True)}
    small = 2e-3  # float32 distances of near points: gains below it may come and go
    for number in {*got, *expected}:
        assert got.get(number, 0.0) == pytest.approx(expected.get(number, 0.0), abs=small)
    assert not set(got) & set(exclude)


def test_the_animal_with_the_same_coat_gets_most_votes():
    rng = np.random.default_rng(1)
    coats = {k: rng.random((60, 128)) for k in range(12)}
    catalogue = [(k, features(rng, 60, descriptors=coat)) for k, coat in coats.items()]
    index = DescriptorIndex(catalogue, LnbnnSettings(**OPEN))
    for k, coat in coats.items():
        seen = features(rng, 60, descriptors=coat + 0.05 * rng.random(coat.shape))
        found = index.votes(seen)
        assert found.ids[found.scores.argmax()] == k
        assert max(index.individual_votes(seen, {n: f"i{n}" for n in coats}).items(), key=_second)[
            0
        ] == (f"i{k}")


def _second(item):
    return item[1]


def test_of_one_individual_only_the_nearest_descriptor_counts():
    rng = np.random.default_rng(2)
    point = rng.random((1, 16))
    near = [(k, features(rng, 1, descriptors=point + 0.01 * k)) for k in range(1, 4)]
    far = [(9, features(rng, 8, descriptors=rng.random((8, 16)) + 5 * np.eye(8, 16)))]
    index = DescriptorIndex([*near, *far], LnbnnSettings(neighbours=4, **OPEN))
    query = features(rng, 1, descriptors=point)
    by_picture = index.votes(query)
    one = index.individual_votes(query, {1: "a", 2: "a", 3: "a"})
    assert set(one) == {"a"}
    assert one["a"] == pytest.approx(by_picture.scores.max(), rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_individual_votes_agree_with_the_slow_oracle(seed):
    rng = np.random.default_rng(seed)
    catalogue = [(k, features(rng, 4)) for k in range(6)]
    names = {0: "a", 1: "a", 2: "b", 3: "c", 5: "b"}  # 4 is nobody's
    query = features(rng, 5)
    chosen = LnbnnSettings(neighbours=6, **OPEN)
    expected = {}
    for q in range(len(query)):
        one = LocalFeatures(
            *(getattr(query, n)[q : q + 1] for n in ("xy_px", "scale_px", "angle_rad")),
            query.descriptors[q : q + 1],
            query.weight[q : q + 1],
            "m",
        )
        best = {}
        single = [(10 * k + i, row) for k, f in catalogue for i, row in enumerate(split(f))]
        for number, gain in oracle(single, one, chosen).items():
            name = names.get(number // 10)
            best[name] = max(best.get(name, 0), gain)
        for name, gain in best.items():
            expected[name] = expected.get(name, 0) + gain
    expected.pop(None, None)
    found = DescriptorIndex(catalogue, chosen).individual_votes(query, names)
    for name in {*found, *expected}:
        assert found.get(name, 0) == pytest.approx(expected.get(name, 0), abs=2e-3)


def split(f):
    """One descriptor at a time."""
    return [
        LocalFeatures(
            f.xy_px[i : i + 1],
            f.scale_px[i : i + 1],
            f.angle_rad[i : i + 1],
            f.descriptors[i : i + 1],
            f.weight[i : i + 1],
            "m",
        )
        for i in range(len(f))
    ]


def test_the_compressed_index_finds_what_the_exact_one_finds():
    rng = np.random.default_rng(3)
    coats = [rng.random((150, 32)) for _ in range(30)]
    catalogue = [(k, features(rng, 150, descriptors=c)) for k, c in enumerate(coats)]
    exact = DescriptorIndex(catalogue, LnbnnSettings(**OPEN))
    quick = DescriptorIndex(catalogue, COMPRESSED)
    seen = features(rng, 150, descriptors=coats[7] + 0.05 * rng.random(coats[7].shape))
    for index in (exact, quick):
        found = index.votes(seen)
        assert found.ids[found.scores.argmax()] == 7
        left_out = index.votes(seen, exclude=[7])
        assert 7 not in left_out.ids
        assert left_out.scores.max() < found.scores.max()
    again = DescriptorIndex(catalogue, COMPRESSED)
    np.testing.assert_array_equal(quick.votes(seen).scores, again.votes(seen).scores)


def test_what_is_empty_votes_for_nobody():
    rng = np.random.default_rng(4)
    index = DescriptorIndex([(1, features(rng, 0)), (2, features(rng, 3))])
    assert len(index.votes(features(rng, 0)).ids) == 0
    assert len(DescriptorIndex([(1, features(rng, 0))]).votes(features(rng, 3)).ids) == 0
    assert index.individual_votes(features(rng, 0), {}) == {}


def test_other_methods_and_doubled_ids_are_refused():
    rng = np.random.default_rng(5)
    index = DescriptorIndex([(1, features(rng, 3))])
    with pytest.raises(InputError, match="extract again"):
        index.votes(features(rng, 3, method="other"))
    with pytest.raises(InputError, match="one method"):
        DescriptorIndex([(1, features(rng, 3)), (2, features(rng, 3, method="other"))])
    with pytest.raises(InputError, match="distinct ids"):
        DescriptorIndex([(1, features(rng, 3)), (1, features(rng, 3))])
    with pytest.raises(InputError):
        DescriptorIndex([])


def test_a_limit_keeps_the_surest_descriptors():
    rng = np.random.default_rng(6)
    whole = features(rng, 10)
    weighted = LocalFeatures(
        whole.xy_px,
        whole.scale_px,
        whole.angle_rad,
        whole.descriptors,
        np.linspace(0, 1, 10).astype(np.float32),
        "m",
    )
    assert len(DescriptorIndex([(1, weighted)], LnbnnSettings(per_annotation=4))) == 4
