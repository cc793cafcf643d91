"""A store that outgrows itself: what it holds follows from the rows, not from how they came."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.index.store import StoreSettings, VectorStore

SMALL = StoreSettings(exact_up_to=90, lists_per_root=0.5, least_probes=2, probed_share=0.1)
ALL = StoreSettings(exact_up_to=90, lists_per_root=0.5, probed_share=1.0)


def rows(seed, n, dim=8):
    drawn = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def filled(chosen, vectors, cuts=()):
    store, start = VectorStore(vectors.shape[1], chosen), 0
    for end in [*sorted(cuts), len(vectors)]:
        store.add(np.arange(start, end), vectors[start:end])
        start = end
    return store


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 500), max_size=4), st.integers(60, 500), st.booleans())
def test_how_rows_come_changes_nothing(cuts, count, byte_codes):
    chosen = StoreSettings(exact_up_to=90, lists_per_root=0.5, byte_codes=byte_codes)
    vectors = rows(1, count)
    at_once, in_parts = (filled(chosen, vectors, c) for c in ((), [min(c, count) for c in cuts]))
    assert at_once.kind == in_parts.kind == ("exact" if count <= 90 else "ivf")
    assert bytes(at_once.to_bytes()) == bytes(in_parts.to_bytes())


def test_what_is_in_it_comes_out_and_growing_again_loses_nothing():
    vectors = rows(2, 1700)
    step = 2.2 * np.abs(vectors[:90]).max() / 255  # of one byte, over the range and a little more
    early = filled(ALL, vectors[:100])
    ids, found = (np.concatenate(part) for part in zip(*early.contents(), strict=True))
    assert ids.tolist() == list(range(100))
    assert np.abs(found - vectors[:100]).max() < step
    late = filled(ALL, vectors)
    assert int(late._index.nlist) > int(early._index.nlist)
    _, again = (np.concatenate(part) for part in zip(*late.contents(), strict=True))
    np.testing.assert_array_equal(again[:100], found)


def test_every_list_probed_finds_what_the_oracle_finds():
    vectors, asked = rows(3, 600), rows(4, 40)
    squared, ids = filled(ALL, vectors).nearest(asked, 5)
    every = ((asked[:, None] - vectors[None]) ** 2).sum(axis=2)
    best = np.argsort(every, axis=1)[:, :5]
    agree = np.mean([len(set(a) & set(b)) for a, b in zip(ids.tolist(), best, strict=True)]) / 5
    assert agree > 0.9  # one byte a number: near ties may change places
    assert np.abs(squared[:, 0] - every.min(axis=1)).max() < 0.05


@pytest.mark.parametrize("count", [50, 400], ids=["exact", "ivf"])
def test_what_is_not_allowed_is_not_found(count):
    store = filled(ALL, rows(5, count))
    allowed = np.zeros(count, dtype=bool)
    allowed[[3, 17]] = True
    _, ids = store.nearest(rows(6, 4), 5, allowed=np.packbits(allowed, bitorder="little"))
    assert all(set(row) == {3, 17, -1} for row in ids.tolist())


@pytest.mark.parametrize("count", [50, 400], ids=["exact", "ivf"])
def test_saved_it_goes_on_growing_as_before(count):
    vectors = rows(7, 1600)
    first = filled(SMALL, vectors[:count])
    second = VectorStore.from_bytes(bytes(first.to_bytes()), SMALL)
    for store in (first, second):
        store.add(np.arange(count, 1600), vectors[count:])
    assert bytes(first.to_bytes()) == bytes(second.to_bytes())
    for damaged in (b"", b"12345678", b"\0" * 60):
        with pytest.raises((ValueError, RuntimeError)):
            VectorStore.from_bytes(damaged, SMALL)
