"""The doctor: each fault is found, said, and has a remedy; nothing is changed by looking."""

import hashlib
import importlib.util
import json
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.jobs import JobStore
from reid.cli.exits import Exit
from reid.config import Settings
from reid.doctor import State, examine, machine, models, stored, work
from reid.doctor.finding import all_of
from reid.jobs import submit_simple
from reid.people import Role

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"


@pytest.fixture(scope="session")
def make():
    spec = importlib.util.spec_from_file_location("doctor_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def catalogue(tmp_path, make):
    with Catalogue.open(tmp_path / "data") as opened:
        for number in range(3):
            one = make.sighting(f"s{number}", seed=number + 1)
            opened.save_sighting(one, make.prepared(one))
        opened.enrol("s0", "Aidar", by="Asel")
        yield opened


def well(findings):
    return all(one.state is State.OK for one in findings)


def one_of(findings, what):
    (found,) = [one for one in findings if one.what == what]
    return found


def media_of(catalogue):
    return sorted((catalogue.data_dir / "media").glob("??/??/*"))


def digest(folder):
    found = [p for p in folder.rglob("*") if p.is_file() and "wal" not in p.name]
    return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in found if "shm" not in p.name}


def test_all_is_well(catalogue):
    before = digest(catalogue.data_dir)
    found = [*stored.database(catalogue, every=True), *stored.media(catalogue, every=True)]
    assert well(found)
    assert well(work.jobs(catalogue))
    assert well(machine.python())
    assert well(machine.packages())
    assert digest(catalogue.data_dir) == before


@pytest.mark.parametrize("every", [True, False])
def test_a_picture_that_is_gone_or_altered(catalogue, every):
    gone, cut, altered = media_of(catalogue)[:3]
    gone.unlink()
    cut.write_bytes(b"x")
    altered.write_bytes(bytes(altered.stat().st_size))
    (found,) = stored.media(catalogue, every=every)
    assert found.state is State.BAD
    assert found.words.startswith("3 of 6 ")
    assert "backup" in found.do


def test_a_file_that_no_row_names(catalogue):
    spare = catalogue.media.path("ab" * 32)
    spare.parent.mkdir(parents=True)
    spare.write_bytes(b"left")
    assert well(stored.media(catalogue, every=False))
    found = one_of(stored.media(catalogue, every=True), "spare files")
    assert found.state is State.LOOK


def harm(catalogue, statement):
    with sqlite3.connect(catalogue.data_dir / "catalogue.db") as other:
        other.execute(statement)
    other.close()


def test_belief_that_does_not_follow_from_the_history(catalogue):
    harm(catalogue, "UPDATE identity_facts SET version = 77 WHERE sighting_id = 's0'")
    found = one_of(stored.database(catalogue, every=False), "identities")
    assert found.state is State.BAD


def test_rows_that_lost_their_parents(catalogue):
    harm(catalogue, "DELETE FROM sightings WHERE id = 's2'")
    (found,) = stored.database(catalogue, every=False)
    assert found.state is State.BAD
    assert "points to no row" in found.words


def test_a_clock_that_was_set_back():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert well(machine.clock(now - timedelta(days=1), now))
    assert well(machine.clock(None, now))
    (found,) = machine.clock(now + timedelta(hours=1), now)
    assert found.state is State.BAD
    (found,) = machine.clock(None, datetime(1970, 1, 1, tzinfo=UTC))
    assert found.state is State.BAD


def test_more_threads_than_cores(tmp_path):
    found = one_of(machine.threads(Settings(data_dir=tmp_path, threads=256)), "threads")
    assert found.state is State.LOOK
    assert "LEOPARD_REID_THREADS" in found.do


def test_a_full_disk(tmp_path, monkeypatch):
    from types import SimpleNamespace

    for free, state in ((1 << 20, State.BAD), (1 << 30, State.LOOK), (1 << 40, State.OK)):
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, usage=usage: usage)
        assert {f.state for f in machine.room(Settings(data_dir=tmp_path / "new"))} == {state}


def test_jobs_that_stand_still(catalogue):
    store = JobStore.of(catalogue)
    late = datetime.now(UTC) + timedelta(hours=2)
    submit_simple(store, "counting", {"n": 1})
    assert well(work.jobs(catalogue))
    (found,) = work.jobs(catalogue, late)
    assert (found.state, found.words) == (State.LOOK, "1 wait, and nobody works")
    store.enlist("far", machine="elsewhere", pid=1, process="1")
    job = store.claim("far", kinds=["counting"])
    assert well(work.jobs(catalogue))
    (found,) = work.jobs(catalogue, late)
    assert (found.what, found.state) == (f"job {job.id}", State.BAD)
    harm(catalogue, "DELETE FROM job_workers")
    (found,) = work.jobs(catalogue)
    assert (found.state, found.words) == (State.LOOK, "its worker is gone")


def test_a_job_that_no_living_worker_takes(catalogue):
    store = JobStore.of(catalogue)
    late = datetime.now(UTC) + timedelta(hours=2)
    submit_simple(store, "counting", {"n": 1})
    store.enlist("far", machine="elsewhere", pid=1, process="1", kinds=("other", "another"))
    (found,) = work.jobs(catalogue, late)
    assert found.state is State.LOOK
    assert "no living worker takes their kind: counting" in found.words
    store.enlist("able", machine="elsewhere", pid=1, process="1", kinds=("counting",))
    assert well(work.jobs(catalogue, late))


def test_a_job_that_failed(catalogue):
    store = JobStore.of(catalogue)
    submit_simple(store, "counting", {"n": 1})
    store.enlist("w", machine="elsewhere", pid=1, process="1")
    job = store.claim("w", kinds=["counting"])
    store.fail(job.id, "w", "the folder is gone", again=False)
    found = one_of(work.jobs(catalogue), "jobs")
    assert found.state is State.LOOK
    assert "the folder is gone" in found.words
    assert job.id in found.do


def test_keys_and_permissions(catalogue, tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    settings.data_dir.chmod(0o755)
    keys, mode = stored.access(catalogue, settings)
    assert (keys.state, mode.state) == (State.OK, State.LOOK)
    settings.data_dir.chmod(0o700)
    KeyStore.of(catalogue).create("Asel", Role.REVIEWER)
    keys, mode = stored.access(catalogue, settings)
    assert (keys.state, mode.state) == (State.LOOK, State.OK)
    KeyStore.of(catalogue).create("Bolat", Role.ADMIN)
    assert well(stored.access(catalogue, settings))


def test_weights_that_were_altered(tmp_path, monkeypatch):
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path))
    found = list(models.weights(Settings()))
    assert any(one.state is State.BAD and "fetch" in one.do for one in found)
    monkeypatch.undo()
    assert well(models.weights(Settings()))
    assert well(models.calibration(Settings()))


def test_a_check_that_breaks_off_is_a_finding():
    def check():
        yield from ()
        raise RuntimeError("odd")

    (found,) = all_of("something", check)
    assert (found.what, found.state, found.words) == ("something", State.BAD, "RuntimeError: odd")


def quick(monkeypatch):
    """Without the models."""
    for name in ("weights", "calibration"):
        monkeypatch.setattr(models, name, lambda _: ())
    monkeypatch.setattr(stored, "index", lambda *_: ())


def test_older_and_newer_tables_are_left_as_they_are(tmp_path, monkeypatch):
    quick(monkeypatch)
    settings = Settings(data_dir=tmp_path / "data")
    assert "none yet" in one_of(examine(settings), "database").words
    assert not settings.data_dir.exists()
    Catalogue.open(settings.data_dir).close()
    assert one_of(examine(settings), "database").state is State.OK
    for revision, state in (("0003", State.LOOK), ("9999", State.BAD)):
        with sqlite3.connect(settings.data_dir / "catalogue.db") as other:
            other.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
        other.close()
        assert one_of(examine(settings), "database").state is state
        with sqlite3.connect(settings.data_dir / "catalogue.db") as other:
            assert other.execute("SELECT * FROM alembic_version").fetchone() == (revision,)
        other.close()


def test_no_database_to_talk_to(tmp_path, monkeypatch):
    quick(monkeypatch)
    url = f"postgresql+psycopg://nobody@/none?host={tmp_path}"
    found = one_of(examine(Settings(data_dir=tmp_path, database_url=url)), "database")
    assert found.state is State.BAD
    (tmp_path / "catalogue.db").write_bytes(b"no database at all, but long enough for a header")
    assert one_of(examine(Settings(data_dir=tmp_path)), "database").state is State.BAD


def test_the_command_and_its_exit_status(catalogue, tmp_path, monkeypatch, capsys):
    from typer.testing import CliRunner

    from reid.cli.app import app

    quick(monkeypatch)
    words = ["doctor", "--data-dir", str(tmp_path / "data"), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert {f["state"] for f in json.loads(done.stdout)["findings"]} <= {"ok", "look"}
    media_of(catalogue)[0].unlink()
    done = CliRunner().invoke(app, [*words, "--all"])
    assert done.exit_code == Exit.UNWELL
    assert any(f["do"] for f in json.loads(done.stdout)["findings"] if f["state"] == "bad")


@pytest.mark.slow
def test_the_whole_with_its_models(catalogue, tmp_path):
    found = list(examine(Settings(data_dir=tmp_path / "data", threads=1)))
    index = one_of(found, "index")
    assert (index.state, "other weights" in index.words) == (State.LOOK, True)
    assert not [f for f in found if f.state is State.BAD]


def test_a_reference_that_is_not_there_is_found(tmp_path):
    (tmp_path / "metadata.csv").write_text("image_id,identity,path\n")
    assert list(machine.references(Settings(data_dir=tmp_path))) == []
    assert well(machine.references(Settings(references=(tmp_path,))))
    gone = tmp_path / "gone.csv"
    (found,) = machine.references(Settings(references=(tmp_path, gone)))
    assert found.state is State.BAD
    assert str(gone) in found.words
