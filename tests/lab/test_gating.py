"""Named reference tables judge, say why they cannot, or are refused by name: never passed over."""

import csv
import shutil

import pytest

from reid.config import Settings
from reid.errors import ConfigError, InputError, TableError
from tests.learn.conftest import write_world
from training.data import read_dataset
from training.lab.gate import OWN, judge
from training.lab.gating import look_at, meet, read_references
from training.lab.hooks import Hooks
from training.lab.judging import Bench, CannotJudgeError, Contender
from training.lab.recipe import LabRecipe

RECIPE = LabRecipe(name="t", synthetic_individuals=0, reference_individuals=0)


@pytest.fixture(scope="module")
def valley(tmp_path_factory):
    """A table with three animals that can be found again."""
    return write_world(tmp_path_factory.mktemp("tables") / "valley", individuals=3, pictures=2)


@pytest.fixture
def once(tmp_path):
    """A table of animals that were seen once."""
    return write_world(tmp_path / "once", individuals=3, pictures=1)


@pytest.fixture
def bench(engine, tmp_path):
    return Bench(engine, tmp_path / "cache", same_pairs=4, different_pairs=4)


def met(bench, champion, own, references, tmp_path):
    both = (Contender.of(champion, bench.engine.fitted()),) * 2
    more = {"cache": tmp_path, "hooks": Hooks(), "replicates": 20}
    return meet(bench, read_dataset(own), RECIPE, references, both, **more)


def test_a_set_that_cannot_judge_is_listed_with_its_reason(bench, champion, valley, once, tmp_path):
    found = met(bench, champion, valley, read_references([once]), tmp_path)
    assert {line.where for line in found.compared.lines} == {OWN}, "three are no stratum"
    assert "found again" in found.unjudged["reference once"]
    gate = judge(found.compared.lines, champion="a", challenger="b", unjudged=found.unjudged)
    assert any(note.startswith("reference once: could not judge: ") for note in gate.notes)
    assert gate.unjudged == found.unjudged


def test_own_individuals_that_cannot_judge_refuse(bench, champion, once, tmp_path):
    found = met(bench, champion, once, (), tmp_path)
    gate = judge(found.compared.lines, champion="a", challenger="b", unjudged=found.unjudged)
    (reason,) = gate.refusals
    assert reason.startswith("held-out: could not judge: nobody in it can be found again")


@pytest.mark.parametrize("harm", ["broken", "gone"])
def test_a_picture_that_cannot_be_used_is_named_with_its_table(valley, bench, tmp_path, harm):
    table = shutil.copytree(valley.parent, tmp_path / "spoilt") / "metadata.csv"
    picture = table.parent / "1-left-0.png"
    if harm == "broken":
        picture.write_bytes(picture.read_bytes()[:40])
    else:
        picture.unlink()
    with pytest.raises(InputError, match=r"reference spoilt: .*spoilt.*1-left-0\.png"):
        look_at(bench, read_references([table]))


def test_calibration_pairs_that_cannot_be_read_are_no_silence(valley, once, bench, tmp_path):
    with pytest.raises(CannotJudgeError, match="found again"):
        bench.labelled_pairs("calibration", read_dataset(once))
    table = shutil.copytree(valley.parent, tmp_path / "spoilt") / "metadata.csv"
    (table.parent / "0-left-0.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"calibration: .*0-left-0\.png") as caught:
        bench.labelled_pairs("calibration", read_dataset(table))
    assert not isinstance(caught.value, CannotJudgeError)


def test_tables_are_read_by_name_and_clashes_refused(valley, tmp_path):
    (one,) = read_references([valley, valley.parent])
    assert one[0] == "reference valley"
    other = shutil.copytree(valley.parent, tmp_path / "valley")
    with pytest.raises(ConfigError, match="different names"):
        read_references([valley, other])
    with (other / "metadata.csv").open("a", newline="") as file:
        csv.writer(file).writerow(["x", "a", "x.png", "left"])
    with pytest.raises(TableError, match=f"reference {other}: .*row 14"):
        read_references([other])


def test_references_are_a_setting_as_paths_are(monkeypatch):
    monkeypatch.setenv("LEOPARD_REID_REFERENCES", "/a/tigers:/b/metadata.csv:")
    assert [str(path) for path in Settings().references] == ["/a/tigers", "/b/metadata.csv"]
    again = Settings.model_validate(Settings().model_dump())
    assert again.references == Settings().references
    monkeypatch.delenv("LEOPARD_REID_REFERENCES")
    assert Settings().references == ()
