"""Workers killed while they re-embed and promote: one bundle serves, whole, every time."""

import pytest

from reid.config import Settings
from training.soak.switching import storm


def struck(where, made, kills, seed):
    place, data_dir = where
    url = None if data_dir is None else place
    settings = Settings(data_dir=data_dir or place, database_url=url)
    found = storm(settings, made, kills=kills, seed=seed)
    assert found.wrong == []
    assert found.kills >= kills
    assert found.promoted


@pytest.mark.slow
def test_a_few_kills(tmp_path, made):
    struck((tmp_path / "data", None), made, 3, 1)


@pytest.mark.slow
def test_many_kills_on_every_database(where, made):
    struck(where, made, 25, 2)
