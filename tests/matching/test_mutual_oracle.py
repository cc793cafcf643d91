"""The quick search for mutual neighbours against one that looks at every distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.match.ratio import _mutual


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def slow(a, b):
    """(row, column, ratio) of every mutual pair, by sorting all distances."""
    distance = np.sqrt(np.maximum(2 - 2 * (a @ b.T), 0))
    found = []
    for i in range(len(a)):
        j = int(np.argmin(distance[i]))
        if int(np.argmin(distance[:, j])) != i:
            continue
        one, two = np.sort(distance[i])[:2], np.sort(distance[:, j])[:2]
        ratios = [low / max(high, 1e-6) for low, high in (one, two)]
        found.append((i, j, np.mean(ratios)))
    return found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 60), m=st.integers(2, 60))
def test_as_the_slow_one(seed, n, m):
    rng = np.random.default_rng(seed)
    a, b = unit(rng.random((n, 128))), unit(rng.random((m, 128)))
    k = min(n, m) // 2
    b[:k] = unit(a[:k] + 0.2 * rng.random((k, 128)))  # some that belong together
    rows, columns, ratio = _mutual(a, b)
    expected = slow(a, b)
    assert [(i, j) for i, j, _ in expected] == list(zip(rows, columns, strict=True))
    assert ratio == pytest.approx([r for *_, r in expected], abs=1e-6)


def test_a_point_that_is_there_twice_is_matched_once_and_says_nothing():
    rng = np.random.default_rng(1)
    a = unit(rng.random((5, 128)))
    b = unit(a + 0.05 * rng.random((5, 128)))
    b = np.concatenate((b, b[:1]))
    rows, columns, ratio = _mutual(a, b)
    assert rows.tolist() == columns.tolist() == [0, 1, 2, 3, 4]
    assert ratio[0] > 0.4  # one side has an equal rival
    assert (ratio[1:] < 0.3).all()
