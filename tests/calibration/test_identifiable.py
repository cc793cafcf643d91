"""The identifiability head: monotone, fitted right, the same by seed, read safely."""

import json
from dataclasses import asdict, fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError, WeightsAlteredError, WeightsMissingError
from reid.types import Quality
from reid.view.identifiability import FEATURES, IdentifiabilityHead
from reid.weights import shipped_root
from training.calibration.found import FIRST_INDIVIDUAL, Looked, kept, look_at_synthetic, sure_llr
from training.calibration.identifiable import HEAD, crossed, expected_error, figures, fit_head, main

UNIT = st.floats(0, 1)
COUNT = len(FEATURES)
ANY = IdentifiabilityHead(-2.0, (1.0, 0.0, 2.0, 0.5, 3.0, 1.0), "m", "f", 9)


def made(n=4000, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.random((n, COUNT))
    chance = 1 / (1 + np.exp(-(features @ [3, 0, 2, 0, 1, 0] - 3)))
    llr = np.where(rng.random(n) < chance, sure_llr() + 1, 0.0)
    return Looked(features, llr, rng.integers(0, 100, n)), chance


def quality(values):
    return Quality(**dict(zip(FEATURES, values, strict=True)), animal_px=100)


def fitted(looked):
    return fit_head(looked, method="m", fitted_on="f")


def test_the_fit_finds_the_chances_that_made_the_data():
    looked, true = made()
    assert np.abs(fitted(looked).chances(looked.features) - true).mean() < 0.04
    told = figures(crossed(looked), looked)
    assert told.low < told.auc < told.high
    assert told.auc > 0.7
    assert told.calibration_error < 0.04
    assert told.brier < told.brier_of_mean


def test_what_would_make_a_better_picture_worse_gets_no_weight():
    looked, _ = made()
    turned = np.column_stack([1 - looked.features[:, 0], looked.features[:, 1:]])
    assert fitted(Looked(turned, looked.llr, looked.individual)).weights[0] == 0


def test_nobody_judges_who_also_fitted():
    """One half's answers do not change what the other half is told of that answer's own half."""
    looked, _ = made(400)
    half = looked.individual // 2 % 2 == 0
    turned = Looked(looked.features, np.where(half, 0.0, looked.llr), looked.individual)
    before, after = crossed(looked), crossed(turned)
    assert (before[half] == after[half]).all()
    assert (before[~half] != after[~half]).any()
    with pytest.raises(InputError, match="at least four individuals"):
        crossed(looked.of(half))


def test_the_calibration_error_is_the_mean_gap():
    chance, found = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 10), np.ones(50, dtype=bool)
    assert expected_error(chance, found) == pytest.approx(0.5)


@settings(deadline=None, max_examples=50)
@given(st.tuples(*[UNIT] * COUNT), st.integers(0, COUNT - 1), UNIT)
def test_a_better_picture_is_never_less_identifiable(values, part, better):
    raised = list(values)
    raised[part] = max(raised[part], better)
    assert 0.01 <= ANY.chance(quality(values)) <= ANY.chance(quality(raised)) <= 0.99


def test_a_head_survives_its_file_and_anything_else_is_refused(tmp_path):
    path = tmp_path / "head.json"
    with pytest.raises(WeightsMissingError, match="expected the identifiability head"):
        IdentifiabilityHead.load(path)
    path.write_text(ANY.as_json())
    assert IdentifiabilityHead.load(path) == ANY
    for broken in ("{}", "[1]", "x", ANY.as_json().replace("1.0", '"much"')):
        path.write_text(broken)
        with pytest.raises(WeightsAlteredError, match=r"head\.json: expected"):
            IdentifiabilityHead.load(path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("3.0", "4.0", "altered"),
        ('"m"', '"another"', "altered"),
        ('"coverage"', '"colour"', "expected weights of sharpness"),
        ("identifiability/1", "identifiability/2", "expected 'leopard-reid/identifiability/1'"),
    ],
)
def test_an_altered_head_or_one_of_another_shape_is_refused(tmp_path, old, new, told):
    path = tmp_path / "head.json"
    path.write_text(ANY.as_json().replace(old, new))
    with pytest.raises(WeightsAlteredError, match=told):
        IdentifiabilityHead.load(path)


def test_a_negative_weight_is_refused(tmp_path):
    path = tmp_path / "head.json"
    path.write_text(IdentifiabilityHead(0.0, (-1.0, 0, 0, 0, 0, 0), "m", "f", 1).as_json())
    with pytest.raises(WeightsAlteredError, match="at least 0"):
        IdentifiabilityHead.load(path)


def test_what_was_looked_at_is_not_looked_at_again(tmp_path):
    looked, asked = made(20)[0], []

    def make():
        asked.append(1)
        return looked

    first, second = (kept(tmp_path / "x.npz", make) for _ in range(2))
    assert len(asked) == 1
    for field in fields(Looked):
        assert (getattr(first, field.name) == getattr(second, field.name)).all()


@pytest.mark.slow
def test_equal_looks_give_equal_heads(tmp_path, capsys):
    looked, _ = made(100)
    for k in range(4):
        mine = looked.of(looked.individual % 4 == k)
        as_one = Looked(mine.features, mine.llr, np.full(len(mine.llr), FIRST_INDIVIDUAL + k))
        kept(tmp_path / f"synthetic-5-{FIRST_INDIVIDUAL + k}.npz", lambda made=as_one: made)
    given = ["--individuals", "4", "--seed", "5", "--workers", "1", "--kept", str(tmp_path)]
    heads = []
    for name in ("a.json", "b.json"):
        assert main([*given, "--out", str(tmp_path / name)]) == 0
        heads.append((tmp_path / name).read_text())
    assert heads[0] == heads[1]
    assert json.loads(heads[0])["pictures"] == 100
    assert "brier" in capsys.readouterr().out


@pytest.mark.slow
def test_equal_seeds_give_equal_looks(tmp_path):
    one, other = (look_at_synthetic(tmp_path / name, 1, 5, 1) for name in ("a", "b"))
    assert all((getattr(one, f.name) == getattr(other, f.name)).all() for f in fields(Looked))
    assert len(one.llr) >= 3


def test_the_shipped_head_knows_good_from_poor():
    head = IdentifiabilityHead.load(shipped_root() / HEAD)
    good, poor = head.chance(quality([0.95] * COUNT)), head.chance(quality([0.1] * COUNT))
    assert good > 0.85
    assert poor < 0.5
    assert asdict(head)["fitted_on"].startswith("synthetic leopards")
