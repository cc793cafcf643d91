"""Left, right and unknown together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError, NotFoundError, SearchError
from reid.index import FlankIndex, IndexSet, VectorBatch, searched
from reid.index.storage import read_sections, write_sections
from reid.types import Embedding, Flank

PRINT = "0123456789abcdef"
DIM = 6


def rows(seed: int, n: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def batch(seed: int, ids: list[int]) -> VectorBatch:
    return VectorBatch(np.array(ids, dtype=np.int64), rows(seed, len(ids)), PRINT)


def filled() -> IndexSet:
    whole = IndexSet(fingerprint=PRINT, dim=DIM)
    for start, flank in enumerate((Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)):
        whole.add(flank, batch(start, list(range(10 * start, 10 * start + 5))))
    return whole


def query(seed: int = 9) -> Embedding:
    return Embedding(rows(seed, 1)[0], PRINT)


@pytest.mark.parametrize(
    ("flank", "expected"),
    [
        (Flank.LEFT, {0, 1, 2, 3, 4, 20, 21, 22, 23, 24}),
        (Flank.RIGHT, {10, 11, 12, 13, 14, 20, 21, 22, 23, 24}),
        (Flank.UNKNOWN, {*range(5), *range(10, 15), *range(20, 25)}),
        (Flank.FRONT, {*range(5), *range(10, 15), *range(20, 25)}),
    ],
)
def test_a_query_meets_only_flanks_that_can_match(flank, expected):
    found = filled().search(query(), flank, 100)
    assert set(found.ids.tolist()) == expected
    home = {0: Flank.LEFT, 1: Flank.RIGHT, 2: Flank.UNKNOWN}
    assert all(home[i // 10] is side for i, side in zip(found.ids, found.flanks, strict=True))


@given(
    sides=st.lists(st.sampled_from(list(Flank)), max_size=30),
    asked=st.sampled_from(list(Flank)),
    k=st.integers(1, 35),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=40, deadline=None)
def test_a_set_searches_as_the_oracle(sides, asked, k, seed):
    whole, vectors, vector = IndexSet(fingerprint=PRINT, dim=DIM), rows(seed, len(sides)), query()
    for item, side in enumerate(sides):
        whole.add(side, VectorBatch(np.array([item]), vectors[item : item + 1], PRINT))
    kept = [side if side in (Flank.LEFT, Flank.RIGHT) else Flank.UNKNOWN for side in sides]
    expected = sorted(
        (float(v @ vector.vector) for v, side in zip(vectors, kept, strict=True)
         if side in searched(asked)),
        reverse=True,
    )[:k]  # fmt: skip
    np.testing.assert_allclose(whole.search(vector, asked, k).cosines, expected, atol=1e-5)


def test_ids_are_unique_over_the_flanks():
    whole = filled()
    with pytest.raises(InputError, match="id 3 is already there under another flank"):
        whole.add(Flank.RIGHT, batch(5, [90, 3]))
    assert 90 not in whole
    assert len(whole) == 15


def test_removal_over_flanks_is_all_or_nothing():
    whole = filled()
    with pytest.raises(NotFoundError, match="55"):
        whole.remove([0, 10, 55])
    assert len(whole) == 15
    whole.remove([0, 10, 20, 20])
    assert whole.counts() == {Flank.LEFT: 4, Flank.RIGHT: 4, Flank.UNKNOWN: 4}


def test_an_empty_set_gives_a_typed_empty_result():
    found = IndexSet(fingerprint=PRINT, dim=DIM).search(query(), Flank.UNKNOWN, 4)
    assert (found.ids.dtype, found.cosines.dtype, len(found)) == (np.int64, np.float32, 0)


def test_one_failing_flank_fails_the_search(monkeypatch):
    whole = filled()

    def fail(*_: object) -> None:
        raise RuntimeError("faiss gave up")

    monkeypatch.setattr(whole._parts[Flank.UNKNOWN]._store, "search", fail)
    with pytest.raises(SearchError, match="faiss gave up"):
        whole.search(query(), Flank.LEFT, 3)


def test_saved_set_comes_back_whole(tmp_path: Path):
    whole = filled()
    write_sections(tmp_path / "set", whole.sections())
    sections = read_sections(tmp_path / "set")
    again = IndexSet.of_sections(sections, fingerprint=PRINT, dim=DIM)
    assert again.counts() == whole.counts()
    a, b = (each.search(query(), Flank.LEFT, 7) for each in (whole, again))
    assert (a.ids.tolist(), a.flanks) == (b.ids.tolist(), b.flanks)


def test_a_set_that_is_not_whole_is_an_error():
    left = FlankIndex(flank=Flank.LEFT, fingerprint=PRINT, dim=DIM).section()
    with pytest.raises(SearchError, match="expected the flanks left, right, unknown, found left"):
        IndexSet.of_sections([left], fingerprint=PRINT, dim=DIM)


def test_rebuild_from_chunks(tmp_path: Path):
    whole = filled()
    whole.rebuild((side, batch(n, [n, n + 100])) for n, side in enumerate(Flank))
    assert whole.counts() == {Flank.LEFT: 2, Flank.RIGHT: 2, Flank.UNKNOWN: 6}
    with pytest.raises(SearchError, match="cannot be compared"):
        whole.rebuild([(Flank.LEFT, VectorBatch(np.array([1]), rows(1, 1), "other"))])
    assert len(whole) == 10
