"""A store that outgrows itself: what it holds follows from the rows, not from how they came."""

import gc
import mmap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.index.store import StoreSettings, VectorStore

STATUS = Path("/proc/self/status")
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
    assert int(late._growing.nlist) > int(early._growing.nlist)
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


@settings(max_examples=20, deadline=None)
@given(st.integers(100, 330), st.integers(0, 60), st.integers(0, 2**16), st.booleans())
def test_a_mapped_file_and_what_was_added_since_are_as_one(count, more, seed, byte_codes):
    chosen = StoreSettings(exact_up_to=90, lists_per_root=0.5, byte_codes=byte_codes)
    vectors = rows(seed, count + more)
    vectors[count : count + 5] = vectors[10 : 10 + len(vectors[count : count + 5])]  # copies
    one = filled(chosen, vectors, [count])
    mapped = VectorStore.from_bytes(bytes(filled(chosen, vectors[:count]).to_bytes()), chosen)
    assert mapped.mapped
    assert not one.mapped
    mapped.add(np.arange(count, count + more), vectors[count:])
    assert mapped.mapped is (count + more <= 360)  # laid anew, it has memory of its own
    assert len(mapped) == len(one) == count + more
    asked = np.concatenate([rows(seed + 1, 5), vectors[8:14]])
    allowed = np.packbits(np.arange(count + more) % 3 > 0, bitorder="little")
    for k in (1, 6, 50):
        for how in ({}, {"allowed": allowed}, {"probes": 9}):
            (near, who), (nearer, which) = (s.nearest(asked, k, **how) for s in (one, mapped))
            np.testing.assert_array_equal(who, which)
            np.testing.assert_array_equal(near[who >= 0], nearer[which >= 0])
    ids = [np.sort(store.search(asked[0], count + more)[0]) for store in (one, mapped)]
    np.testing.assert_array_equal(*ids)
    assert bytes(mapped.to_bytes()) == bytes(one.to_bytes())
    for whole, part in zip(one.contents(), mapped.contents(), strict=True):
        for a, b in zip(whole, part, strict=True):
            np.testing.assert_array_equal(a, b)
    gone = np.array([3, count - 1])
    assert mapped.remove(gone) == one.remove(gone) == 2
    assert not mapped.mapped
    assert bytes(mapped.to_bytes()) == bytes(one.to_bytes())


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells which memory is a file's")
def test_an_opened_file_takes_no_memory_of_its_own(tmp_path):
    chosen = StoreSettings(exact_up_to=2000, lists_per_root=0.5)
    path = tmp_path / "store"
    path.write_bytes(filled(chosen, rows(8, 40_000, 256)).to_bytes())

    def own_mb():
        found = next(x for x in STATUS.read_text().splitlines() if x.startswith("RssAnon"))
        return int(found.split()[1]) / 1024

    with path.open("rb") as stream:
        whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    gc.collect()
    before = own_mb()
    store = VectorStore.from_bytes(whole, chosen)
    store.nearest(rows(9, 3, 256), 10)
    assert len(whole) > 10e6
    assert own_mb() - before < 5
