"""``reid`` with its real models on small synthetic sightings."""

import json
import shutil

import pytest
from PIL import Image

from reid import pipeline
from reid.cli.exits import Exit
from reid.types import Flank
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow
ANIMALS = {"first": 7, "second": 7, "other": 8}


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """Folders of one sighting each: one animal twice, and another."""
    root = tmp_path_factory.mktemp("field")
    for station, (name, seed) in enumerate(ANIMALS.items()):
        (root / name).mkdir()
        for number in range(2):
            spec = RenderSpec(individual=seed, flank=Flank.LEFT, station=station, picture=number)
            (root / name / f"SYNTHETIC-{number}.jpg").write_bytes(encode_jpeg(render(spec)))
    return root


@pytest.fixture(scope="module")
def models():
    return pipeline.Engine.load(threads=2)


@pytest.fixture
def loaded(models, monkeypatch):
    """The models are real and loaded once for all tests here."""
    monkeypatch.setattr(pipeline.Engine, "load", classmethod(lambda *_, **__: models))


def test_compare_as_a_process(reid_process, field, tmp_path):
    (tmp_path / "second").mkdir()
    for file in (field / "second").iterdir():
        shutil.copy(file, tmp_path / "second")
    (tmp_path / "second" / "cut.jpg").write_bytes((field / "second" / file.name).read_bytes()[:900])
    folders = [field / "first", tmp_path / "second", field / "other"]
    written = ["--report", tmp_path / "r.html", "--pictures", tmp_path / "pictures"]
    done = reid_process("compare", *folders, "--json", "--flank", "left", *written)
    assert done.returncode == Exit.REJECTED, done.stderr
    told = json.loads(done.stdout)
    assert [(r["sighting"], r["file"]) for r in told["rejected"]] == [("second", "cut.jpg")]
    assert told["synthetic"] is True
    for verdict in told["verdicts"]:
        same = ANIMALS[verdict["a"]] == ANIMALS[verdict["b"]]
        assert verdict["verdict"] != ("different" if same else "same")
    assert "synthetic" in (tmp_path / "r.html").read_text(encoding="utf-8").lower()
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    best = {flank["picture"] for pair in told["evidence"] for flank in pair["flanks"]}
    assert best
    assert best <= names
    for name in names:
        Image.open(tmp_path / "pictures" / name).verify()


def test_tables_for_people(reid, loaded, field):
    done = reid("compare", field / "first", field / "second", "--flank", "left")
    assert done.exit_code == Exit.ANSWERED, done.stderr
    assert "first - second" in done.stdout
    assert "SYNTHETIC" in done.stdout


def test_a_copy_is_no_evidence(reid, loaded, field, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(field / "first" / "SYNTHETIC-0.jpg", tmp_path / name)
    done = reid("compare", tmp_path / "a", tmp_path / "b", "--json")
    (verdict,) = json.loads(done.stdout)["verdicts"]
    assert verdict["verdict"] not in ("same", "different")
    assert "copy" in " ".join(verdict["reasons"])


def test_one_sighting_is_nothing_to_compare(reid, loaded, field):
    done = reid("compare", field / "first")
    assert done.exit_code == Exit.BAD_INPUT
    assert done.stderr.startswith("reid: error")


def test_from_enrolment_to_identification(reid, loaded, field, tmp_path):
    data = ["--data-dir", tmp_path / "data", "--json"]
    empty = reid("identify", field / "second", "--flank", "left", *data)
    assert empty.exit_code == Exit.ANSWERED, empty.stderr
    assert json.loads(empty.stdout)["identifications"][0]["kind"] == "inconclusive"
    for name in ("first", "other"):
        said = ["--individual", f"animal {ANIMALS[name]}", "--by", "test", "--accept-flags"]
        done = reid("enrol", field / name, *said, "--flank", "left", *data)
        assert done.exit_code == Exit.ANSWERED, done.stderr
        assert json.loads(done.stdout)["enrolments"][0]["appended"] is True
    known = json.loads(reid("individuals", "list", *data).stdout)["individuals"]
    assert [(one["name"], one["sightings"]) for one in known] == [
        ("animal 7", ["first"]),
        ("animal 8", ["other"]),
    ]
    assert sum(json.loads(reid("index", "rebuild", *data).stdout).values()) > 0
    (told,) = json.loads(reid("identify", "second", *data).stdout)["identifications"]
    assert told["individual"] in (None, "animal 7")
    assert told["kind"] != "new"
    assert {one["individual"] for one in told["candidates"]} >= {"animal 7"}
    shown = reid("individuals", "show", "animal 7", "--data-dir", tmp_path / "data")
    assert "new: animal 7" in shown.stdout
    said = ["--individual", "animal 7", "--by", "test", "--accept-flags", "--answer", told["id"]]
    assert reid("enrol", field / "second", *said, "--flank", "left", *data).exit_code == 0
    events = json.loads(reid("identities", "history", *data).stdout)["events"]
    assert [event["shown"]["answers"] for event in events[:2]] == [[], []]
    (answer,) = events[2]["shown"]["answers"]
    assert (answer["id"], answer["source"]) == (told["id"], "shown")
    for name in ("bundle", "calibration"):
        assert answer[name] == told["provenance"][name]
