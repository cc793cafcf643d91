"""What readiness looks at in the library that the service opens by itself."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from reid.catalogue import Catalogue
from reid.config import PipelineConfig
from reid.errors import CatalogueError, WeightsError
from service.library import _check

WEIGHTS = Path(__file__).parents[2] / "weights"
ENGINE = SimpleNamespace(config=PipelineConfig())


@pytest.fixture
def library(tmp_path):
    with Catalogue.open(tmp_path / "data") as catalogue:
        yield SimpleNamespace(catalogue=catalogue)


def test_whole_weights_and_a_database_that_answers(library):
    assert _check(ENGINE, library) is None


def test_weights_that_went_missing(library, tmp_path, monkeypatch):
    name = ENGINE.config.bundle
    shutil.copytree(WEIGHTS / name, tmp_path / "weights" / name)  # the manifest alone
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path / "weights"))
    with pytest.raises(WeightsError, match="missing"):
        _check(ENGINE, library)


def test_a_database_that_is_gone(library, tmp_path):
    shutil.rmtree(tmp_path / "data")
    library.catalogue.close()
    with pytest.raises(CatalogueError):
        _check(ENGINE, library)
