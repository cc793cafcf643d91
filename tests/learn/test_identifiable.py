"""The identifiability head: monotone, fitted right, read safely."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import WeightsAlteredError
from reid.types import Quality
from reid.view.identifiability import FEATURES, IdentifiabilityHead
from training.learn.identifiable import Looked, chances, figures, fit_head, main

UNIT = st.floats(0, 1)


def made(n=4000, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.random((n, 5))
    chance = 1 / (1 + np.exp(-(features @ [3, 0, 2, 0, 1] - 3)))
    return Looked(features, rng.random(n) < chance, rng.integers(0, 100, n)), chance


def quality(values, usable=0.5):
    return Quality(**dict(zip(FEATURES, values, strict=True)), usable=usable, animal_px=100)


def test_the_fit_finds_the_chances_that_made_the_data():
    looked, true = made()
    head = fit_head(looked, method="m", fitted_on="f")
    assert np.abs(chances(head, looked) - true).mean() < 0.04
    told = figures(head, made(seed=1)[0])
    assert told["AUC"] > 0.7
    assert told["expected calibration error"] < 0.04
    assert told["Brier"] < told["Brier of the mean"]


def test_what_would_make_a_better_picture_worse_gets_no_weight():
    looked, _ = made()
    turned = Looked(
        np.column_stack([1 - looked.features[:, 0], looked.features[:, 1:]]),
        looked.found,
        looked.individual,
    )
    assert fit_head(turned, method="m", fitted_on="f").weights[0] == 0


@settings(deadline=None, max_examples=50)
@given(st.tuples(*[UNIT] * 5), st.integers(0, 4), UNIT)
def test_a_better_picture_is_never_less_identifiable(values, part, better):
    head = IdentifiabilityHead(-2.0, (1.0, 0.0, 2.0, 0.5, 3.0), "m", "f")
    raised = list(values)
    raised[part] = max(raised[part], better)
    before, after = head.chance(quality(values)), head.chance(quality(raised))
    assert 0.01 <= before <= after <= 0.99


def test_a_head_survives_its_file_and_anything_else_is_refused(tmp_path):
    path, head = (
        tmp_path / "head.json",
        IdentifiabilityHead(-2.0, (1.0, 0, 2.0, 0.5, 3.0), "m", "f"),
    )
    path.write_text(head.as_json())
    assert IdentifiabilityHead.load(path) == head
    for broken in ("{}", "[1]", "x", head.as_json().replace("1.0", '"much"')):
        path.write_text(broken)
        with pytest.raises(WeightsAlteredError):
            IdentifiabilityHead.load(path)
    negative = IdentifiabilityHead(0.0, (-1.0, 0, 0, 0, 0), "m", "f")
    path.write_text(negative.as_json())
    with pytest.raises(WeightsAlteredError, match="at least 0"):
        IdentifiabilityHead.load(path)


def test_from_a_table_to_a_head(world, tmp_path, capsys):
    from tests.learn.conftest import Silent
    from tests.learn.test_command import TOML
    from training.learn.recipe import read_recipe
    from training.learn.train import train

    recipe = tmp_path / "r.toml"
    recipe.write_text(TOML)
    bundle = train(read_recipe(recipe), [world], tmp_path / "run", Silent(), threads=1).bundle
    out = tmp_path / "head.json"
    assert main([str(world), "--bundle", str(bundle.directory), "--out", str(out)]) == 0
    assert "Brier" in capsys.readouterr().out
    assert 0.01 <= IdentifiabilityHead.load(out).chance(quality([0.5] * 5)) <= 0.99
