"""Right pictures of a like place can be left out, and nothing else changes."""

import numpy as np

from training.evaluation.retrieval.places import SHARES, apart, places_report
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.ranks import ranks_of
from training.evaluation.retrieval.running import predict
from training.evaluation.systems.compose import matrix_of
from training.evaluation.systems.load import load_comparer, load_system

RULE = load_protocol("leave-one-out")


def test_only_right_pictures_of_a_like_background_go(task, drawn):
    said = predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE)
    behind = np.zeros(said.ranking.shape, np.float32)
    wrong = said.allowed & ~said.same
    behind[wrong] = np.linspace(0, 1, int(wrong.sum()))
    row, column = np.argwhere(said.same)[0]
    behind[row, column] = 0.95
    left = apart(said, behind, 0.9)
    assert [tuple(e) for e in np.argwhere(left.allowed != said.allowed)] == [(row, column)]
    assert np.isnan(left.ranking[row, column])
    np.testing.assert_array_equal(left.ranking[left.allowed], said.ranking[left.allowed])
    assert apart(said, behind, 1.0) is said


def test_a_system_that_sees_places_loses_what_it_saw(task, drawn):
    name = "lite1@background"
    behind = matrix_of(load_comparer(name), task)
    said = predict(load_system(name), name, task, drawn, RULE)
    before, after = (ranks_of(apart(said, behind, share)) for share in (1.0, 0.9))
    assert after.right[after.known].mean() < max(before.right[before.known].mean(), 0.05)


def test_every_share_has_a_row(task, drawn):
    said = predict(load_system("lnbnn"), "lnbnn", task, drawn, RULE)
    text = places_report(task, [said], replicates=10)
    assert len(text.splitlines()) == 2 + len(SHARES)
