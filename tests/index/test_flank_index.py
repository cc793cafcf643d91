"""Contract of `FlankIndex`, for the exact store and the inverted file, beside a slow oracle."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError, NotFoundError, SearchError
from reid.index import FlankIndex, StoreSettings, VectorBatch
from reid.types import Embedding, Flank

PRINT = "0123456789abcdef"
DIM = 8
EXACT = StoreSettings(exact_up_to=10_000)
# every list probed: the inverted file must then answer exactly as the oracle does
INVERTED = StoreSettings(exact_up_to=4, probed_share=1.0, byte_codes=False)
BOTH = pytest.mark.parametrize("store", [EXACT, INVERTED], ids=["exact", "ivf"])


def unit(seed: int, n: int, dim: int = DIM) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def batch(seed: int, n: int, *, start: int = 0, fingerprint: str = PRINT) -> VectorBatch:
    return VectorBatch(np.arange(start, start + n, dtype=np.int64), unit(seed, n), fingerprint)


def empty(store: StoreSettings, dim: int = DIM) -> FlankIndex:
    return FlankIndex(flank=Flank.LEFT, fingerprint=PRINT, dim=dim, settings=store)


def query(seed: int = 99) -> Embedding:
    return Embedding(unit(seed, 1)[0], PRINT)


def oracle(stored: dict[int, np.ndarray], vector: np.ndarray, k: int) -> list[float]:
    return sorted((float(v @ vector) for v in stored.values()), reverse=True)[:k]


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 10**6)), max_size=6)


@BOTH
@given(steps=STEPS, k=st.integers(1, 40), seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_any_history_searches_as_the_oracle(store, steps, k, seed):
    index, stored = empty(store), {}
    for adding, n, step_seed in steps:
        if adding:
            start = max(stored, default=-1) + 1
            more = batch(step_seed, n, start=start)
            index.add(more)
            stored |= dict(zip(more.ids.tolist(), more.vectors, strict=True))
        else:
            gone = sorted(stored)[:n]
            index.remove(gone)
            stored = {key: v for key, v in stored.items() if key not in gone}
    vector = unit(seed, 1)[0]
    found = index.search(Embedding(vector, PRINT), k)
    assert len(index) == len(stored)
    np.testing.assert_allclose(found.cosines, oracle(stored, vector, k), atol=1e-5)
    own = [float(stored[i] @ vector) for i in found.ids.tolist()]
    np.testing.assert_allclose(found.cosines, own, atol=1e-5)
    assert len(set(found.ids.tolist())) == len(found)


@BOTH
def test_a_vector_finds_itself_first(store):
    index, stored = empty(store), batch(1, 30)
    index.add(stored)
    assert index.kind == ("exact" if store is EXACT else "ivf")
    for row in range(30):
        found = index.search(Embedding(stored.vectors[row], PRINT), 3)
        assert found.ids[0] == row
        assert found.cosines[0] == pytest.approx(1, abs=1e-5)
        assert found.flanks == (Flank.LEFT,) * 3


@BOTH
def test_equal_cosines_are_ordered_by_id(store):
    index = empty(store)
    same = np.repeat(unit(5, 1), 6, axis=0)
    index.add(VectorBatch(np.array([9, 3, 7, 1, 8, 2], dtype=np.int64), same, PRINT))
    assert index.search(query(5), 6).ids.tolist() == [1, 2, 3, 7, 8, 9]


@BOTH
def test_an_empty_index_gives_a_typed_empty_result(store):
    index = empty(store)
    never = index.search(query(), 5)
    index.add(batch(1, 10))
    index.remove(range(10))
    for found in (never, index.search(query(), 5)):
        assert (found.ids.shape, found.ids.dtype) == ((0,), np.int64)
        assert (found.cosines.shape, found.cosines.dtype) == ((0,), np.float32)
        assert found.flanks == ()


@BOTH
def test_other_fingerprints_and_dims_never_mix(store):
    index = empty(store)
    with pytest.raises(SearchError, match=r"0123456789abcdef.*found other"):
        index.add(batch(1, 3, fingerprint="other"))
    with pytest.raises(SearchError, match="dim 8, found 0123456789abcdef and 4"):
        index.add(VectorBatch(np.arange(2), unit(1, 2, 4), PRINT))
    with pytest.raises(SearchError, match="cannot be compared"):
        index.search(Embedding(unit(1, 1)[0], "other"), 3)
    with pytest.raises(SearchError, match="cannot be compared"):
        index.search(Embedding(unit(1, 1, 4)[0], PRINT), 3)
    assert len(index) == 0


@BOTH
def test_ids_are_added_once_and_removed_only_when_there(store):
    index = empty(store)
    index.add(batch(1, 6))
    with pytest.raises(InputError, match=r"already there: \[5\]"):
        index.add(batch(2, 3, start=5))
    with pytest.raises(NotFoundError, match=r"\[77\]"):
        index.remove([0, 77])
    assert len(index) == 6
    assert 0 in index
    assert 77 not in index
    with pytest.raises(InputError, match="at least 1, found 0"):
        index.search(query(), 0)


@BOTH
def test_rebuild_replaces_and_a_failing_rebuild_changes_nothing(store):
    index = empty(store)
    index.add(batch(1, 6))

    def broken() -> Iterator[VectorBatch]:
        yield batch(2, 3, start=100)
        raise RuntimeError("the catalogue went away")

    with pytest.raises(RuntimeError, match="went away"):
        index.rebuild(broken())
    assert len(index) == 6
    index.rebuild(batch(3, 4, start=10 * part) for part in range(5))
    assert len(index) == 20
    assert 0 in index
    assert 5 not in index


@BOTH
def test_a_failing_faiss_is_an_error_until_rebuilt(store, monkeypatch):
    index = empty(store)
    index.add(batch(1, 6))

    def fail(*_: object) -> None:
        raise RuntimeError("Error in faiss: out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(index._store, "search", fail)
        with pytest.raises(SearchError, match="out of luck"):
            index.search(query(), 3)
        patch.setattr(index._store, "add", fail)
        with pytest.raises(SearchError, match="out of luck"):
            index.add(batch(2, 2, start=50))
    with pytest.raises(SearchError, match="index rebuild"):
        index.search(query(), 3)
    index.rebuild([batch(1, 6)])
    assert len(index.search(query(), 3)) == 3


def test_a_search_that_comes_back_short_is_an_error(monkeypatch):
    index = empty(EXACT)
    index.add(batch(1, 6))
    nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    monkeypatch.setattr(index._store, "search", lambda *_: nothing)
    with pytest.raises(SearchError, match="expected 3 neighbours, FAISS gave 0"):
        index.search(query(), 3)


def test_the_inverted_file_recalls_what_the_exact_index_finds():
    """Individuals are clusters of alike vectors; the five nearest must survive the short cut."""
    rng = np.random.default_rng(4)
    centres = unit(6, 300, 64)
    rows = np.repeat(centres, 10, axis=0) + 0.08 * rng.normal(size=(3000, 64)).astype(np.float32)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    stored = VectorBatch(np.arange(3000), rows, PRINT)
    exact, fast = empty(EXACT, 64), empty(StoreSettings(exact_up_to=1000), 64)
    exact.add(stored)
    fast.add(stored)
    assert (exact.kind, fast.kind) == ("exact", "ivf")
    hits = 0
    for row in range(0, 3000, 30):
        asked = Embedding(rows[row], PRINT)
        best, quick = exact.search(asked, 5), fast.search(asked, 5)
        hits += len(set(best.ids.tolist()) & set(quick.ids.tolist()))
    assert hits / 500 >= 0.95


def test_readers_and_a_writer_side_by_side():
    index, faults = empty(EXACT), []
    index.add(batch(1, 50))
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            found = index.search(query(), 10)
            if len(found) != 10 or not np.all(np.diff(found.cosines) <= 0):
                faults.append(found)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(40):
            index.add(batch(turn, 20, start=1000))
            index.remove(range(1000, 1020))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert len(index) == 50


@pytest.mark.parametrize(
    ("ids", "vectors", "message"),
    [
        (np.array([1, 1]), unit(1, 2), "distinct"),
        (np.array([-1, 1]), unit(1, 2), "negative"),
        (np.array([0, 1]), 2 * unit(1, 2), "length 1"),
        (np.array([0, 1]), np.full((2, DIM), np.nan, dtype=np.float32), "finite"),
        (np.array([0, 1]), unit(1, 3), "expected 2 float32 vectors, found 3"),
        (np.array([0, 1]), unit(1, 2).astype(np.float64), "float64"),
        (np.array([0.0, 1.0]), unit(1, 2), "int64"),
    ],
)
def test_a_batch_checks_itself(ids, vectors, message):
    with pytest.raises(InputError, match=message):
        VectorBatch(ids, vectors, PRINT)


def test_a_batch_of_mixed_embeddings_is_refused():
    mixed = [(1, query()), (2, Embedding(unit(1, 1)[0], "other"))]
    with pytest.raises(SearchError, match="one fingerprint"):
        VectorBatch.of(mixed)
    with pytest.raises(SearchError, match="one fingerprint"):
        VectorBatch.of([])
    assert VectorBatch.of([(4, query())]).ids.tolist() == [4]
