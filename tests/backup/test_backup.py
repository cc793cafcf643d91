"""Backups: what comes back is what was, on any database; what is not whole is found."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import JSON, Text, cast, func, select, type_coerce

from reid.backup import Place, back_up, restore, verify
from reid.backup.make import SURVEY
from reid.backup.place import hash_file
from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.engine import WRITER
from reid.catalogue.migrate import alembic_config, newest_revision
from reid.catalogue.schema import Base, BrowserSessionRow
from reid.errors import BackupError, ReidError, StorageFullError
from reid.identities import NewIndividual
from reid.identities.event import Said

pytestmark = pytest.mark.slow

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"


def everything(catalogue):
    """Every row of every table as it is stored: JSON as text, NULL and "null" apart."""

    def plain(column):
        if isinstance(column.type, JSON):
            lite = catalogue.engine.dialect.name == "sqlite"
            return type_coerce(column, Text) if lite else cast(column, Text)
        return column

    found = {}
    with catalogue.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            query = select(*map(plain, table.columns)).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] in ("media", "jobs")
    }


def test_what_comes_back_is_what_was(filled, tmp_path):
    made = back_up(filled, tmp_path / "kept")
    assert verify(tmp_path / "kept").problems == ()
    assert (made.manifest.media, made.copied, made.manifest.lost) == (8, 8, ())
    done = restore(tmp_path / "kept", tmp_path / "new" / "data")
    assert done.files == 9
    with Catalogue.open(tmp_path / "new" / "data") as back:
        assert everything(back) == everything(filled)
        assert files(back.data_dir) == files(filled.data_dir)
        assert back.check_identities() == ()
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["data"]


def test_what_imports_brought_besides_comes_too(lite, tmp_path):
    """`survey.db` holds what the catalogue has no place for: a copy of one moment of it."""
    with closing(sqlite3.connect(lite.data_dir / SURVEY)) as survey:
        survey.execute("pragma journal_mode=wal")  # the newest rows are not in the file itself
        survey.execute("create table kept (name text)")
        survey.execute("insert into kept values ('observationTags')")
        survey.commit()
        made = back_up(lite, tmp_path / "kept")
    assert SURVEY in [one.path for one in made.manifest.outputs]
    assert not verify(tmp_path / "kept").problems
    restored = restore(tmp_path / "kept", tmp_path / "back")
    with closing(sqlite3.connect(restored.data_dir / SURVEY)) as survey:
        assert survey.execute("select name from kept").fetchall() == [("observationTags",)]


def test_training_runs_come_too_without_what_is_measured_again(lite, tmp_path):
    run = lite.data_dir / "training" / ("ab" * 8)
    told = ("manifest.json", "report.md", "masks/one.png")
    again = ("network/state.pt", "../cache/outlines.npz")
    for name in (*told, *again):
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_text(name)
    back_up(lite, tmp_path / "kept")
    assert not verify(tmp_path / "kept").problems
    back = restore(tmp_path / "kept", tmp_path / "back").data_dir / "training"
    found = {p.relative_to(back / run.name).as_posix(): p for p in back.rglob("*") if p.is_file()}
    assert {name: p.read_text() for name, p in found.items()} == {name: name for name in told}


def test_from_one_database_to_another_and_back(filled, empty_server, tmp_path):
    back_up(filled, tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "there", database_url=empty_server)
    with Catalogue.open(empty_server, data_dir=tmp_path / "there") as there:
        assert everything(there) == everything(filled)
        assert files(there.data_dir) == files(filled.data_dir)
        assert not (tmp_path / "there" / "catalogue.db").exists()
        back_up(there, tmp_path / "kept again")
        before = everything(there)
    restore(tmp_path / "kept again", tmp_path / "home")
    with Catalogue.open(tmp_path / "home") as home:
        assert everything(home) == before


def test_numbers_are_never_given_twice(filled, make, empty_server, tmp_path):
    """Also those of what is no more."""
    late = make.sighting("late", seed=99)
    with filled.engine.begin() as connection:
        table = Base.metadata.tables["annotations"]
        highest = connection.execute(select(func.max(table.c.id))).scalar_one()
    filled.save_sighting(late, make.prepared(late))
    with filled.engine.begin() as connection:
        for name in ("local_features", "embeddings"):
            one = Base.metadata.tables[name]
            connection.execute(one.delete().where(one.c.annotation_key > highest))
        connection.execute(table.delete().where(table.c.id > highest))
    back_up(filled, tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "a")
    restore(tmp_path / "kept", tmp_path / "b", database_url=empty_server)
    more = make.sighting("more", seed=100)
    for place, folder in ((tmp_path / "a", tmp_path / "a"), (empty_server, tmp_path / "b")):
        with Catalogue.open(place, data_dir=folder) as back:
            back.save_sighting(more, make.prepared(more))
            keys = back.sighting("more").annotation_ids
            with back.engine.connect() as connection:
                given = connection.execute(
                    select(func.min(table.c.id)).where(table.c.sighting_id == "more")
                ).scalar_one()
            assert given == highest + 3, keys


def test_what_is_kept_already_is_not_copied_again(lite, make, tmp_path):
    first = back_up(lite, tmp_path / "kept")
    again = back_up(lite, tmp_path / "kept")
    assert (first.copied, again.copied, again.copied_bytes) == (8, 0, 0)
    late = make.sighting("late", seed=99)
    lite.save_sighting(late, make.prepared(late))
    assert back_up(lite, tmp_path / "kept").copied == 2
    names = [m.id for m in Place.find(tmp_path / "kept").snapshots()]
    assert names == sorted(names)
    assert verify(tmp_path / "kept", names[0]).manifest.rows["sightings"] == 4
    restore(tmp_path / "kept", tmp_path / "old", snapshot=names[0])
    with Catalogue.open(tmp_path / "old") as old:
        assert len(old.sightings()) == 4
    back_up(lite, tmp_path / "kept", keep=2)
    left = [m.id for m in Place.find(tmp_path / "kept").snapshots()]
    assert len(left) == 2
    assert names[0] not in left
    assert verify(tmp_path / "kept").problems == ()


def test_a_snapshot_is_one_moment_while_others_write(lite, make, tmp_path):
    stop, written = threading.Event(), []

    def write():
        number = 100
        while not stop.is_set():
            one = make.sighting(f"w{number}", seed=number)
            lite.save_sighting(one, make.prepared(one))
            lite.enrol(one.id, f"animal {number % 7}", by="writer")
            written.append(one.id)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            back_up(lite, tmp_path / "kept")
    finally:
        stop.set()
        writer.join()
    assert written
    for one in Place.find(tmp_path / "kept").snapshots():
        found = verify(tmp_path / "kept", one.id)
        assert found.problems == ()
        rows = one.rows
        assert rows["annotations"] == 2 * rows["sightings"], "no sighting is half there"


DAMAGE = {
    "a picture altered": (lambda d: flip(one_file(d)), "altered"),
    "a picture cut short": (lambda d: one_file(d).write_bytes(b"x"), "altered"),
    "a picture gone": (lambda d: one_file(d).unlink(), "missing"),
    "the catalogue altered": (lambda d: flip(catalogue_of(d)), "sha256"),
    "the catalogue gone": (lambda d: catalogue_of(d).unlink(), "missing"),
    "another catalogue": (lambda d: forged(d, "DELETE FROM rejections"), "rejections: expected 1"),
    "a decision forged": (
        lambda d: forged(d, "UPDATE identity_facts SET version = 77 WHERE sighting_id = 's0'"),
        "not what follows from its history",
    ),
    "a row without its parent": (
        lambda d: forged(d, "DELETE FROM sightings WHERE id = 's3'"),
        "points to no row",
    ),
}


def one_file(kept):
    return min((kept / "files").glob("??/??/*"))


def catalogue_of(kept):
    (found,) = (kept / "snapshots").glob("*/catalogue.db")
    return found


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def forged(kept, statement):
    """Changed by somebody who also made the hash in the manifest fit."""
    file = catalogue_of(kept)
    with sqlite3.connect(file) as other:
        other.execute(statement)
    other.close()
    manifest = file.with_name("manifest.json")
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "catalogue_sha256": hash_file(file)}))


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found(lite, tmp_path, what):
    harm, words = DAMAGE[what]
    back_up(lite, tmp_path / "kept")
    harm(tmp_path / "kept")
    assert any(words in problem for problem in verify(tmp_path / "kept").problems)


@pytest.mark.parametrize("what", [w for w in DAMAGE if "picture" in w or "catalogue a" in w])
def test_nothing_is_restored_of_what_is_not_whole(lite, tmp_path, what):
    back_up(lite, tmp_path / "kept")
    DAMAGE[what][0](tmp_path / "kept")
    with pytest.raises(BackupError, match="not whole"):
        restore(tmp_path / "kept", tmp_path / "new" / "data")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_lost_picture_does_not_keep_the_others_from_being_kept(lite, tmp_path):
    lost = min((lite.data_dir / "media").glob("??/??/*"))
    flip(lost)
    made = back_up(lite, tmp_path / "kept")
    assert made.manifest.lost == (lost.name,)
    assert verify(tmp_path / "kept").problems == (f"media {lost.name}: was lost before the backup",)
    assert restore(tmp_path / "kept", tmp_path / "new").files == 8


def test_nothing_is_overwritten(lite, tmp_path, empty_server):
    back_up(lite, tmp_path / "kept")
    before = everything(lite)
    with pytest.raises(BackupError, match="found something there"):
        restore(tmp_path / "kept", lite.data_dir)
    assert everything(lite) == before
    (tmp_path / "there").mkdir()
    restore(tmp_path / "kept", tmp_path / "there", database_url=empty_server)
    with pytest.raises(ReidError, match="empty"):
        restore(tmp_path / "kept", tmp_path / "other", database_url=empty_server)
    assert not (tmp_path / "other").exists()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with pytest.raises(BackupError, match="something else"):
        back_up(lite, tmp_path / "notes")


def test_sessions_end_and_keys_stay(lite, tmp_path):
    key = KeyStore.of(lite).keys()[0]
    with lite.engine.begin() as connection:
        values = {c.name: "x" for c in BrowserSessionRow.__table__.columns}
        values |= {n: key.created_at for n in values if n.endswith("_at")}
        values |= {n: key.prefix for n in values if "prefix" in n}
        connection.execute(BrowserSessionRow.__table__.insert(), values)
    back_up(lite, tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "new")
    with Catalogue.open(tmp_path / "new") as back:
        rows = everything(back)
        assert rows["browser_sessions"] == []
        assert len(rows["access_keys"]) == 1


def test_one_file(lite, tmp_path):
    from reid.backup.packed import opened, packing

    with packing(tmp_path / "kept.tar") as folder:
        back_up(lite, folder)
    with opened(tmp_path / "kept.tar") as folder:
        assert verify(folder).problems == ()
        restore(folder, tmp_path / "new")
    with Catalogue.open(tmp_path / "new") as back:
        assert everything(back) == everything(lite)
    with pytest.raises(BackupError, match="expected nothing"), packing(tmp_path / "kept.tar"):
        pass
    assert [p.name for p in tmp_path.iterdir() if "kept" in p.name] == ["kept.tar"]
    (tmp_path / "bad.tar").write_bytes(b"no tar")
    with pytest.raises(BackupError, match=r"bad\.tar"), opened(tmp_path / "bad.tar"):
        pass


def test_a_manifest_cannot_lead_out_of_the_folder(lite, tmp_path):
    back_up(lite, tmp_path / "kept")
    manifest = catalogue_of(tmp_path / "kept").with_name("manifest.json")
    told = json.loads(manifest.read_text())
    told["outputs"][0]["path"] = "../../evil"
    manifest.write_text(json.dumps(told))
    with pytest.raises(BackupError, match="leads out"):
        restore(tmp_path / "kept", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_places_that_are_none(tmp_path, lite):
    with pytest.raises(BackupError, match="reid backup"):
        verify(tmp_path / "nothing")
    back_up(lite, tmp_path / "kept")
    for name in ("20200101T000000Z-abc", "../snapshots"):
        with pytest.raises(BackupError, match="no snapshot"):
            verify(tmp_path / "kept", name)
    (tmp_path / "kept" / "leopard-reid-backup.json").write_text('{"format": 2}')
    with pytest.raises(BackupError, match="another version"):
        back_up(lite, tmp_path / "kept")


def test_two_backups_at_once_wait_for_each_other(lite, tmp_path):
    back_up(lite, tmp_path / "kept")
    with (
        Place.find(tmp_path / "kept").locked(),
        pytest.raises(BackupError, match="another backup"),
    ):
        back_up(lite, tmp_path / "kept")


def process(what, *words):
    code = (
        "import sys; from pathlib import Path; from reid.catalogue import Catalogue; "
        "from reid.backup import back_up, restore; a, b = map(Path, sys.argv[1:3]); "
    )
    code += {
        "back up": "back_up(Catalogue.open(a), b)",
        "restore": "restore(a, b)",
        "to a server": "restore(a, b, database_url=sys.argv[3])",
    }[what]
    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)])


def killed(what, *words, after_s):
    begun = process(what, *words)
    time.sleep(after_s)
    begun.send_signal(signal.SIGKILL)
    return begun.wait()


def test_killed_while_backing_up_nothing_is_half(lite, make, tmp_path):
    chance = random.Random(5)
    for number in range(60):
        one = make.sighting(f"big{number}", seed=1000 + number, size=400_000)
        lite.save_sighting(one, make.prepared(one))
    back_up(lite, tmp_path / "other place")
    begun = time.monotonic()
    process("back up", lite.data_dir, tmp_path / "measured").wait()
    whole_s = time.monotonic() - begun
    killed_in_it = 0
    for _ in range(12):
        status = killed(
            "back up", lite.data_dir, tmp_path / "kept", after_s=chance.uniform(0.3, 1) * whole_s
        )
        killed_in_it += status == -signal.SIGKILL
        if (tmp_path / "kept" / "leopard-reid-backup.json").exists():
            for one in Place.find(tmp_path / "kept").snapshots():
                assert verify(tmp_path / "kept", one.id).problems == ()
    assert killed_in_it
    back_up(lite, tmp_path / "kept")
    assert verify(tmp_path / "kept").problems == ()
    left = [p for p in (tmp_path / "kept").rglob(".incoming*") if p.is_file() or any(p.iterdir())]
    assert left == []


@pytest.mark.parametrize("server", [False, True])
def test_killed_while_restoring_there_is_nothing_or_everything(
    lite, make, tmp_path, server, request
):
    for number in range(40):
        one = make.sighting(f"big{number}", seed=1000 + number, size=400_000)
        lite.save_sighting(one, make.prepared(one))
    back_up(lite, tmp_path / "kept")
    expected = everything(lite)
    more = (request.getfixturevalue("empty_server"),) if server else ()
    what = "to a server" if server else "restore"
    chance = random.Random(6)
    target = tmp_path / "new"
    begun = time.monotonic()
    process("restore", tmp_path / "kept", tmp_path / "measured").wait()
    whole_s = time.monotonic() - begun
    for _ in range(10):
        killed(what, tmp_path / "kept", target, *more, after_s=chance.uniform(0.4, 1) * whole_s)
        if target.exists() and not (target / ".restoring").exists():
            break
    else:
        if server:
            restore(tmp_path / "kept", target, database_url=more[0])
        else:
            restore(tmp_path / "kept", target)
    with Catalogue.open(more[0] if server else target, data_dir=target) as back:
        assert everything(back) == expected
        assert files(target) == files(lite.data_dir)


def test_a_restore_to_a_server_that_was_cut_off_is_taken_up(lite, tmp_path, empty_server):
    back_up(lite, tmp_path / "kept")
    target = tmp_path / "new"
    (target / "media").mkdir(parents=True)
    (target / ".restoring").touch()
    with pytest.raises(BackupError, match="give its URL"):
        restore(tmp_path / "kept", target)
    restore(tmp_path / "kept", target, database_url=empty_server)
    (target / ".restoring").touch()  # as if killed between the commit and the end
    with pytest.raises(BackupError, match="restored already"):
        restore(tmp_path / "kept", target, database_url=empty_server)
    with Catalogue.open(empty_server, data_dir=target) as back:
        assert everything(back) == everything(lite)
        assert files(target) == files(lite.data_dir)
        assert back.decide(NewIndividual((), "Late"), Said("Asel")) is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_leaves_the_snapshots_that_were(lite, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted in this container")
    try:
        back_up(lite, folder / "kept")
        (folder / "filler").write_bytes(bytes(shutil.disk_usage(folder).free - 100_000))
        with pytest.raises(StorageFullError):
            back_up(lite, folder / "kept")
        assert len(Place.find(folder / "kept").snapshots()) == 1
        assert verify(folder / "kept").problems == ()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_tables_of_an_older_version_are_brought_to_this_one(tmp_path):
    """A backup of a catalogue that was never opened since: checked in a copy, restored as new."""
    with Catalogue.open(tmp_path / "data") as catalogue:
        catalogue.add_individual("Aidar")
        back_up(catalogue, tmp_path / "kept")
    file = catalogue_of(tmp_path / "kept")
    shutil.copy(file, tmp_path / "catalogue.db")
    with (
        Catalogue.open(tmp_path) as older,
        older.engine.execution_options(**{WRITER: True}).begin() as connection,
    ):
        command.downgrade(alembic_config(connection), "0007")
    with sqlite3.connect(tmp_path / "catalogue.db") as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
    plain.close()
    shutil.copy(tmp_path / "catalogue.db", file)
    manifest = file.with_name("manifest.json")
    told = json.loads(manifest.read_text())
    told |= {"catalogue_sha256": hash_file(file), "revision": "0007"}
    manifest.write_text(json.dumps(told))
    assert verify(tmp_path / "kept").problems == ()
    restore(tmp_path / "kept", tmp_path / "new")
    with sqlite3.connect(tmp_path / "new" / "catalogue.db") as plain:
        (revision,) = plain.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision == newest_revision()
