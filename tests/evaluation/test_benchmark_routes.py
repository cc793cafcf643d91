"""How early the two routes put a true picture, on drawn coats."""

import numpy as np

from training.benchmarking.routes import NOWHERE, _both, _first, first_places


def test_drawn_coats_are_found_by_votes_and_never_later_together_than_by_turns(task):
    found = first_places(task, "lite1", 50)
    assert found.shape == (int(np.count_nonzero(task.plan.known)), 3)
    assert (found[:, 1] == 1).mean() > 0.8
    assert (found[:, 2] <= 2 * found[:, :2].min(axis=1)).all()


def test_places_are_counted_from_one():
    assert _first(np.array([4, 7]), {7}) == 2
    assert _first(np.array([4, 7]), {9}) == NOWHERE
    assert _both(np.array([3, 1, 2]), np.array([2])).tolist()[:2] == [2, 3]
