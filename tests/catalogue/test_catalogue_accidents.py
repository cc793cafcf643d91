"""Full disks, kills and crowds: everything or nothing."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event

from reid.catalogue import Catalogue, mediastore
from reid.errors import CatalogueBusyError, InputError, StorageFullError

MAKING = Path(__file__).with_name("making.py")
ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import importlib.util, os, signal, sys
from pathlib import Path
from reid.catalogue import Catalogue, mediastore
import reid.catalogue.sightings as sightings

spec = importlib.util.spec_from_file_location("making", sys.argv[1])
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)
catalogue = Catalogue.open(Path(sys.argv[2]))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)

def after(owner, name):
    before = getattr(owner, name)
    def deadly(*a, **k):
        before(*a, **k)
        die()
    setattr(owner, name, deadly)

def halfway(self, content, staged):
    (self._incoming).mkdir(parents=True, exist_ok=True)
    (self._incoming / "half").write_bytes(content[:100])
    die()

moment = sys.argv[3]
for i in range(1000):
    if i == 2 and moment == "half a file":
        mediastore.MediaStore._stage = halfway
    elif i == 2 and moment == "files beside":
        after(mediastore.MediaStore, "_stage")
    elif i == 2 and moment == "rows before files":
        after(sightings, "insert_measured")
    elif i == 2 and moment == "files before commit":
        after(mediastore.MediaStore, "place")
    sighting = make.sighting(f"s{i:03d}", seed=i + 1)
    catalogue.save_sighting(sighting, make.prepared(sighting))
    print(i, flush=True)
"""


def writer(data, moment):
    command = [sys.executable, "-c", WRITER, str(MAKING), str(data), moment]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."}
    )


def check_whole(data, make):
    """Every stored sighting is complete; returns how many there are."""
    plain = sqlite3.connect(data / "catalogue.db")
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()
    with Catalogue.open(data) as catalogue:
        for path in (data / "media").glob("??/??/*"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
        ids = [s.id for s in catalogue.sightings()]
        for name in ids:
            expected = make.sighting(name, seed=int(name[1:]) + 1)
            assert catalogue.load_sighting(name) == expected
            assert len(catalogue.load_prepared(name, make.open_image)) == 2
        return len(ids)


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment", ["half a file", "files beside", "rows before files", "files before commit"]
)
def test_killed_at_the_worst_moment(tmp_path, make, moment):
    process = writer(tmp_path, moment)
    assert process.wait(timeout=60) == -signal.SIGKILL
    process.stdout.close()
    assert check_whole(tmp_path, make) == 2
    for path in (tmp_path / "media" / ".incoming").iterdir():
        os.utime(path, (0, 0))  # as if left long ago
    with Catalogue.open(tmp_path) as catalogue:
        left = catalogue.sweep()
        assert left.files > 0
        known = {sha for s in catalogue.sightings() for sha in s.media_sha256}
        assert set(catalogue.media.placed_files()) == known
        assert catalogue.save_sighting(make.sighting("s002", seed=3)).created


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path, make):
    process = writer(tmp_path, "any")
    last = -1
    for line in process.stdout:
        last = int(line)
        if last >= 5:
            break
    time.sleep(0.013)
    process.kill()
    process.wait(timeout=60)
    last = max([last, *(int(x) for x in process.stdout.read().split())])
    process.stdout.close()
    assert check_whole(tmp_path, make) in (last + 1, last + 2)  # what was said done, is


def nothing_half(catalogue):
    """Only what is stored lies in the folder."""
    known = {sha for s in catalogue.sightings() for sha in s.media_sha256}
    incoming = catalogue.data_dir / "media" / ".incoming"
    assert set(catalogue.media.placed_files()) == known
    assert not incoming.exists() or list(incoming.iterdir()) == []


@pytest.mark.parametrize("step", ["write", "rename"])
def test_a_full_disk_while_writing_files(catalogue, make, monkeypatch, step):
    catalogue.save_sighting(make.sighting("first", seed=5))
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    calls = []

    def second_fails(*_):
        calls.append(1)
        if len(calls) == 2:
            raise full

    where = (mediastore.os, "fsync") if step == "write" else (mediastore, "sync_folder")
    monkeypatch.setattr(*where, second_fails)
    with pytest.raises(StorageFullError, match="nothing was written"):
        catalogue.save_sighting(make.sighting())
    monkeypatch.undo()
    assert [s.id for s in catalogue.sightings()] == ["first"]
    nothing_half(catalogue)
    assert catalogue.save_sighting(make.sighting()).created


def test_a_full_database(lite, make):
    lite.save_sighting(make.sighting("first", seed=5))
    lite.close()
    with contextlib.closing(sqlite3.connect(lite.data_dir / "catalogue.db")) as plain:
        plain.execute("VACUUM")  # migrations leave free pages behind

    @event.listens_for(lite.engine, "connect")
    def tight(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    big = make.sighting()
    many = [make.annotation(big, i, salt=i) for i in range(2)]
    with pytest.raises(StorageFullError, match="Free some space"):
        lite.save_sighting(big, many)
    event.remove(lite.engine, "connect", tight)
    lite.close()
    assert [s.id for s in lite.sightings()] == ["first"]
    nothing_half(lite)
    assert lite.save_sighting(big, many).created


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 1.5 MB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk, and not in every container")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full(tiny_disk, make):
    with Catalogue.open(tiny_disk) as catalogue:
        stored = []

        def fill():
            for i in range(100):
                sighting = make.sighting(f"s{i:03d}", seed=i + 1, size=30_000)
                catalogue.save_sighting(sighting, make.prepared(sighting))
                stored.append(sighting)

        with pytest.raises(StorageFullError):
            fill()
        assert len(stored) >= 2
        assert [s.id for s in catalogue.sightings()] == [s.id for s in stored]
        assert catalogue.load_sighting(stored[-1].id) == stored[-1]
        nothing_half(catalogue)


def test_a_disk_too_full_to_begin(tiny_disk):
    filler = tiny_disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"0" * 4096)
    assert shutil.disk_usage(tiny_disk).free == 0
    with pytest.raises(StorageFullError):
        Catalogue.open(tiny_disk)
    filler.unlink()
    with Catalogue.open(tiny_disk) as catalogue:
        assert catalogue.sightings() == []


def test_many_threads_save_and_read(catalogue, make):
    sightings = [make.sighting(f"s{i}", seed=i // 2 + 1) for i in range(12)]  # files are shared

    def work(sighting):
        saved = catalogue.save_sighting(sighting, make.prepared(sighting))
        catalogue.enrol(sighting.id, f"animal {int(sighting.id[1:]) % 3}", by="thread")
        assert catalogue.load_sighting(sighting.id) == sighting
        return saved.created

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(work, sightings + sightings))
    assert sum(created) == 12
    assert len(catalogue.individuals()) == 3
    assert sum(len(i.sighting_ids) for i in catalogue.individuals()) == 12
    assert all(len(catalogue.history(s.id)) == 1 for s in sightings)
    nothing_half(catalogue)


def test_one_id_with_two_contents_at_once(catalogue, make):
    rivals = [make.sighting("same", seed=i + 1) for i in range(6)]

    def work(sighting):
        try:
            return catalogue.save_sighting(sighting).content_sha256
        except InputError:
            return None

    with ThreadPoolExecutor(6) as pool:
        won = [w for w in pool.map(work, rivals) if w]
    assert won == [catalogue.sighting("same").content_sha256]
    nothing_half(catalogue)


def test_a_failed_save_leaves_files_that_another_sighting_needs(catalogue, make, monkeypatch):
    kept = make.sighting("kept")
    catalogue.save_sighting(kept)
    monkeypatch.setattr(catalogue.media, "place", lambda staged: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        catalogue.save_sighting(make.sighting("lost"))
    assert catalogue.load_sighting("kept") == kept
    assert [s.id for s in catalogue.sightings()] == ["kept"]


def test_a_locked_catalogue_says_so(lite, make, monkeypatch):
    monkeypatch.setattr("reid.catalogue.engine.BUSY_SECONDS", 0)
    lite.close()  # so that the next connection is set up anew
    other = sqlite3.connect(lite.data_dir / "catalogue.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CatalogueBusyError, match="another writer"):
        lite.save_sighting(make.sighting())
    assert lite.sightings() == []  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    nothing_half(lite)
    assert lite.save_sighting(make.sighting()).created
