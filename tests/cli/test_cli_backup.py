"""``reid backup`` and ``reid restore`` as they are typed."""

import json

import pytest

from reid.catalogue import Catalogue
from reid.cli.exits import Exit


@pytest.fixture
def data(tmp_path, monkeypatch):
    with Catalogue.open(tmp_path / "data") as catalogue:
        catalogue.add_individual("Aidar")
    monkeypatch.setenv("LEOPARD_REID_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def test_kept_verified_listed_and_brought_back(reid, data):
    kept = reid("backup", data / "kept")
    assert kept.exit_code == 0, kept.stderr
    assert "1 decisions" in kept.stdout
    reid("backup", data / "kept", "--keep", 1)
    listed = json.loads(reid("backup", "list", data / "kept", "--json").stdout)
    assert len(listed["snapshots"]) == 1
    assert "0 media" in reid("backup", "verify", data / "kept").stdout
    back = reid("restore", data / "kept", "--data-dir", data / "new")
    assert back.exit_code == 0, back.stderr
    assert "LEOPARD_REID_DATA_DIR=" in back.stderr
    with Catalogue.open(data / "new") as catalogue:
        assert [one.name for one in catalogue.individuals()] == ["Aidar"]
    again = reid("restore", data / "kept", "--data-dir", data / "new")
    assert again.exit_code == Exit.CATALOGUE
    assert "found something there" in again.stderr


def test_damage_has_its_exit_status(reid, data):
    told = json.loads(reid("backup", data / "kept", "--json").stdout)
    (data / "kept" / "snapshots" / told["id"] / "catalogue.db").write_bytes(b"no catalogue")
    found = reid("backup", "verify", data / "kept")
    assert found.exit_code == Exit.CATALOGUE
    assert "Not whole" in found.stdout


def test_one_file(reid, data):
    assert reid("backup", data / "kept.tar").exit_code == 0
    assert reid("backup", "verify", data / "kept.tar").exit_code == 0
    assert reid("restore", data / "kept.tar", "--data-dir", data / "new").exit_code == 0
