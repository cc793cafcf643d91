"""Workers killed while they train: the same bundle comes of it, and the champion serves on."""

import pytest

from reid.config import Settings
from training.soak.retraining import retraining_storm


@pytest.mark.slow
@pytest.mark.parametrize(("kills", "seed"), [(3, 1), (20, 2)])
def test_a_run_that_was_killed_ends_with_the_bundle_of_one_that_was_not(
    tmp_path, made, kills, seed
):
    settings = Settings(data_dir=tmp_path / "data", bundle=str(made[0]))
    found = retraining_storm(settings, kills=kills, seed=seed)
    assert found.wrong == []
    assert found.kills >= kills
