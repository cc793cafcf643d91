"""Commands forward what was asked and end as documented; the pipeline is a recorder here."""

import json
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from reid import pipeline
from reid.catalogue import Saved
from reid.cli.exits import Exit
from reid.errors import InputError, NotFoundError, SearchError, WeightsMissingError
from reid.evidence import comparison_json
from reid.pipeline.identifiable import with_chances
from reid.types import Flank


@dataclass
class Recorder:
    """Stands where models and catalogue would: answers what it is told to, remembers the rest."""

    answer: object = None
    calls: list = field(default_factory=list)
    refuses: tuple = ()

    def load(self, config=None, *, threads=2, strips=None, bundle=None):
        self.calls.append(("load", threads))
        return self

    def compare(self, engine, sightings, **asked):
        asked.pop("progress")("comparing", 1, 1)
        self.calls.append(("compare", [s.id for s in sightings], asked))
        return replace(self.answer, rejected=tuple(asked["rejected"]))

    def open(self, settings):
        self.calls.append(("load", settings.threads))
        self.calls.append(("open", settings.data_dir))
        return self

    def now(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.calls.append(("close",))

    def add(self, sighting, *, boxes=None, progress=None):
        flanks = [m.flank for m in sighting.media]
        self.calls.append(("add", sighting.id, flanks))
        lost = ((sighting.id, "b.jpg", "damaged"),) if "lost" in sighting.id else ()
        return SimpleNamespace(
            saved=Saved(sighting.id, "0", True), prepared=SimpleNamespace(rejected=lost)
        )

    def enrol(self, sighting_id, individual, **said):
        self.calls.append(("enrol", sighting_id, individual, said))
        if sighting_id in self.refuses:
            raise InputError("not a leopard: give --accept-flags")
        return SimpleNamespace(appended=True, flags=())

    def identify(self, sighting_id, **asked):
        if sighting_id == "nobody":
            raise NotFoundError("no sighting 'nobody' in the catalogue")
        self.calls.append(("identify", sighting_id, asked["prior_known"], asked["max_error"]))
        if self.answer is None:
            raise SearchError("the index cannot be read")
        return SimpleNamespace(
            sighting_id=sighting_id,
            kind="individual",
            individual="Aidar",
            probability=0.999,
            candidates=(),
            reasons=("Because.",),
            would_settle="",
            searched=3,
            proposed=0,
            verified=0,
            routes=(),
            comparison=self.answer,
            provenance={},
            id="0123456789abcdef",
        )

    def rebuild_index(self, *, progress=None):
        return {"left": 3}


@pytest.fixture
def recorder(monkeypatch, comparison):
    made = Recorder(comparison)
    monkeypatch.setattr(pipeline, "Engine", made, raising=False)
    monkeypatch.setattr(pipeline, "LiveLibrary", made, raising=False)
    monkeypatch.setattr(pipeline, "compare", made.compare, raising=False)
    return made


@pytest.fixture
def folders(tmp_path):
    for name in ("sep", "nov", "lost"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(b"not opened here")
    (tmp_path / "lost" / "notes.txt").write_text("")
    return tmp_path


def test_compare_forwards_what_was_asked(reid, recorder, folders):
    said = ["--prior", 0.3, "--max-error", 0.05, "--distance", "sep:nov=18.6", "--threads", 1]
    done = reid("compare", folders / "sep", folders / "nov", *said, "--flank", "nov=left")
    assert done.exit_code == Exit.ANSWERED, done.stderr
    load, (_, ids, asked) = recorder.calls
    assert load == ("load", 1)
    assert ids == ["sep", "nov"]
    assert asked == {
        "prior_same": 0.3,
        "max_error": 0.05,
        "distances_km": {("sep", "nov"): 18.6},
        "boxes": None,
        "rejected": (),
    }
    assert "INCONCLUSIVE" in done.stdout
    assert done.stderr == ""


def test_json_is_exactly_the_json_form(reid, recorder, folders, comparison):
    done = reid("compare", folders / "sep", folders / "lost", "--json")
    assert done.exit_code == Exit.REJECTED
    lost = (("lost", "notes.txt", "expected a picture, by its extension"),)
    expected = with_chances(comparison_json(replace(comparison, rejected=lost)))
    assert json.loads(done.stdout) == json.loads(json.dumps(expected))
    assert "rejected notes.txt of lost" in done.stderr


def test_a_report_is_written_and_named(reid, recorder, folders):
    done = reid("compare", folders / "sep", folders / "nov", "--report", folders / "new" / "r.html")
    assert done.exit_code == Exit.ANSWERED
    assert "nov and dec show the same leopard" in (folders / "new" / "r.html").read_text()
    assert "wrote" in done.stderr


def test_boxes_are_read_before_the_models(reid, recorder, folders):
    (folders / "boxes.json").write_text("[]")
    done = reid("compare", folders / "sep", folders / "nov", "--boxes", folders / "boxes.json")
    assert done.exit_code == Exit.BAD_INPUT
    assert recorder.calls == []


def test_one_sighting_is_refused_before_the_models_are_loaded(reid, recorder, folders):
    done = reid("compare", folders / "sep")
    assert done.exit_code == Exit.BAD_INPUT
    assert "a folder for each" in done.stderr
    assert recorder.calls == []


def test_weights_missing(reid, recorder, folders, monkeypatch):
    def load(config, **chosen):
        raise WeightsMissingError("no weights: run `make weights`")

    monkeypatch.setattr(recorder, "load", load)
    done = reid("compare", folders / "sep", folders / "nov")
    assert done.exit_code == Exit.WEIGHTS
    assert done.stderr == "reid: error: no weights: run `make weights`\n"


def enrol(reid, path, folders, *more):
    named = ["--individual", "Aidar", "--by", "Asel", "--data-dir", folders / "data"]
    return reid("enrol", path, *named, *more)


def test_enrol_stores_then_names(reid, recorder, folders):
    done = enrol(reid, folders / "sep", folders, "--why", "clear", "--flank", "right")
    assert done.exit_code == Exit.ANSWERED, done.stderr
    assert recorder.calls[1:] == [
        ("open", folders / "data"),
        ("add", "sep", [Flank.RIGHT]),
        ("enrol", "sep", "Aidar", {"by": "Asel", "why": "clear", "accept_flags": False}),
        ("close",),
    ]
    assert done.stdout == "sep is Aidar\n"


def test_a_refused_sighting_does_not_stop_the_others(reid, recorder, folders):
    table = folders / "t.csv"
    table.write_text("sighting_id,media_path\nsep,sep/a.jpg\nnov,nov/a.jpg\n")
    recorder.refuses = ("sep",)
    done = enrol(reid, table, folders, "--json")
    assert done.exit_code == Exit.BAD_INPUT
    told = json.loads(done.stdout)["enrolments"]
    assert [(row["sighting"], row["enrolled"]) for row in told] == [("sep", False), ("nov", True)]
    assert "not enrolled: sep: not a leopard" in done.stderr


def test_rejected_files_of_an_enrolled_sighting(reid, recorder, folders):
    done = enrol(reid, folders / "lost", folders)
    assert done.exit_code == Exit.REJECTED
    assert "rejected notes.txt of lost" in done.stderr
    assert "rejected b.jpg of lost" in done.stderr


def test_identify_a_folder_and_a_stored_sighting(reid, recorder, folders):
    done = reid("identify", folders / "sep", "--prior-known", 0.2, "--data-dir", folders / "data")
    assert done.exit_code == Exit.ANSWERED, done.stderr
    assert ("add", "sep", [None]) in recorder.calls
    assert ("identify", "sep", 0.2, None) in recorder.calls
    assert "sep: is Aidar" in done.stdout
    recorder.calls.clear()
    done = reid("identify", "december", "--json", "--data-dir", folders / "data")
    assert [call[0] for call in recorder.calls] == ["load", "open", "identify", "close"]
    (told,) = json.loads(done.stdout)["identifications"]
    assert (told["sighting"], told["individual"]) == ("december", "Aidar")
    assert told["comparison"]["schema"] == "leopard-reid/comparison/1"


def test_identify_what_is_neither_a_path_nor_stored(reid, recorder, folders):
    done = reid("identify", "nobody", "--data-dir", folders / "data")
    assert done.exit_code == Exit.BAD_INPUT
    assert "found nothing at this path, and no sighting 'nobody'" in done.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--prior", 0), ("--prior", 1), ("--max-error", 0), ("--max-error", 0.5)],
)
def test_what_the_method_would_refuse_is_refused_at_once(reid, recorder, folders, option, value):
    done = reid("compare", folders / "sep", folders / "nov", option, value)
    assert done.exit_code == Exit.BAD_INPUT
    assert option in done.stderr
    assert recorder.calls == []


def test_a_failed_search_is_never_no_match(reid, recorder, folders):
    recorder.answer = None
    done = reid("identify", folders / "sep", "--data-dir", folders / "data")
    assert done.exit_code == Exit.CATALOGUE
    assert done.stdout == ""
    assert done.stderr == "reid: error: the index cannot be read\n"


def test_one_report_is_of_one_sighting(reid, recorder, folders):
    table = folders / "t.csv"
    table.write_text("sighting_id,media_path\nsep,sep/a.jpg\nnov,nov/a.jpg\n")
    done = reid("identify", table, "--report", folders / "r.html")
    assert done.exit_code == Exit.BAD_INPUT
    assert "expected one sighting, found 2" in done.stderr


def test_rebuild_counts(reid, recorder, folders):
    done = reid("index", "rebuild", "--json", "--data-dir", folders / "data")
    assert json.loads(done.stdout) == {"left": 3}
    told = reid("index", "rebuild", "--data-dir", folders / "data").stdout
    assert told.splitlines() == ["The index was made again.", "left  3"]


def test_the_service_gets_what_was_asked(reid, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr("os.execve", lambda *words: seen.append(words))
    done = reid("serve", "--port", 0, "--data-dir", tmp_path, "--threads", 1)
    assert done.exit_code == Exit.ANSWERED, done.stderr
    (_, words, environment), *_ = seen
    assert words[1:] == ["-m", "service"]
    assert environment["LEOPARD_REID_PORT"] == "0"
    assert environment["LEOPARD_REID_DATA_DIR"] == str(tmp_path)
    assert environment["LEOPARD_REID_THREADS"] == "1"
    assert "LEOPARD_REID_HOST" not in environment
