"""What an archive is: sources, the same one again, one that changed, files that cannot be used."""

import json
import threading

import pytest

from reid.batch import BatchOptions, submit_batch, submit_group
from reid.batch.inputs import FILES, check_unchanged
from reid.batch.outputs import write_table
from reid.batch.scan import scan_file
from reid.batch.sources import FolderSource, file_of, open_source, told_boxes
from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobState, JobStore
from reid.errors import ConfigError, ImageError, InputError, InputsChangedError, TableError
from reid.types import Box


@pytest.fixture
def store(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield JobStore.of(opened)


@pytest.fixture
def folder(tmp_path, put):
    where = tmp_path / "survey"
    put(where, **{"north/1.jpg": b"one", "north/2.jpg": b"two"})
    return where


def begun(store, folder, **options):
    job, _ = submit_batch(store, folder, BatchOptions(**options))
    return store.cancel(job.id)


def told(folder, level=1):
    return {e.name: e.told for e in open_source(folder, station_level=level).entries()}


def test_folders_name_station_and_camera_and_card_folders_nobody(tmp_path, put):
    put(
        tmp_path,
        **{
            "a.jpg": b"",
            "north/b.jpg": b"",
            "north/A/DCIM/100EK113/c.jpg": b"",
            "2025/south/d.jpg": b"",
            ".hidden/e.jpg": b"",
            "north/Thumbs.db": b"",
        },
    )
    assert told(tmp_path) == {
        "2025/south/d.jpg": {"station": "2025", "camera": "south"},
        "a.jpg": {},
        "north/A/DCIM/100EK113/c.jpg": {"station": "north", "camera": "A"},
        "north/b.jpg": {"station": "north"},
    }
    assert told(tmp_path, 2)["2025/south/d.jpg"] == {"station": "south"}
    assert told(tmp_path, 0)["north/b.jpg"] == {"station": tmp_path.name, "camera": "north"}


def test_a_table_is_an_archive_too(tmp_path, put):
    put(tmp_path, **{"x/1.jpg": b"abc"})
    table = tmp_path / "t.csv"
    table.write_text(
        "media_path,station,camera,datetime,datetime_alt,flank,box\n"
        'x/1.jpg,north,A,2026-03-01T06:00:00,2026-03-02T06:00:00,left,"1,2,3,4|5,6,7,8"\n'
        "x/gone.jpg,north,,,,,\n"
    )
    one, gone = open_source(table).entries()
    assert (one.size, gone.size) == (3, -1)
    assert one.told["station"] == "north"
    assert [by for _, by in one.told["times"]] == ["datetime", "datetime_alt"]
    assert told_boxes(one.told, (100, 100)) == (Box(1, 2, 3, 4), Box(5, 6, 7, 8))


def test_the_same_archive_is_the_same_job_and_other_options_are_another(store, folder):
    first = begun(store, folder)
    again = begun(store, folder)
    assert (again.id, first.state) == (first.id, JobState.CANCELLED)
    assert begun(store, folder, gap_s=60).id != first.id


@pytest.mark.parametrize("how", ["changed", "gone", "added"])
def test_changed_inputs_are_refused_by_name(store, folder, put, how):
    job = begun(store, folder)
    if how == "changed":
        put(folder, **{"north/2.jpg": b"other"})
    elif how == "gone":
        (folder / "north/2.jpg").unlink()
    else:
        put(folder, **{"north/3.jpg": b"three"})
    word = "3" if how == "added" else "2"
    with pytest.raises(InputsChangedError, match=rf"north/{word}\.jpg \({how}\)"):
        submit_batch(store, folder, BatchOptions())
    assert store.job(job.id).state is JobState.CANCELLED
    fresh, created = submit_batch(store, folder, BatchOptions(), fresh=True)
    assert created
    assert fresh.id != job.id


def test_files_that_were_only_touched_are_no_change(store, folder, put):
    job = begun(store, folder)
    put(folder, **{"north/1.jpg": b"one"})
    assert begun(store, folder).id == job.id


def test_others_write_while_an_archive_is_walked_through(tmp_path, folder, monkeypatch):
    """On a slow disk a walk takes minutes: an upload must not wait for it until it fails."""
    with Catalogue.open(tmp_path / "data") as catalogue:
        store, walked = JobStore.of(catalogue), []
        entries = FolderSource.entries

        def slow(self):
            for entry in entries(self):
                name = f"meanwhile {len(walked)}"
                one = threading.Thread(target=submit_group, args=(store, [name], BatchOptions()))
                one.start()
                one.join(10)
                walked.append(not one.is_alive())
                yield entry

        monkeypatch.setattr(FolderSource, "entries", slow)
        job, created = submit_batch(store, folder, BatchOptions())
        assert created
        assert [item.name for item in store.items(job.id, FILES)] == ["north/1.jpg", "north/2.jpg"]
        assert walked == [True, True], "one walk, and nobody waited"


def test_an_empty_folder_and_no_folder_are_refused(store, tmp_path):
    (tmp_path / "empty").mkdir()
    for place in ("empty", "nowhere"):
        with pytest.raises(InputError, match=place):
            submit_batch(store, tmp_path / place, BatchOptions())


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", b""), ("a.jpg", b"text"), ("a.mp4", b"text"), ("a.txt", b"x"), ("a.jpg", None)],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ImageError, match=r"^a\."):
        scan_file(tmp_path, name, BatchOptions())


def test_confined_archives_lead_nowhere_else(tmp_path, put):
    put(tmp_path, **{"secret.jpg": b"", "in/x.jpg": b""})
    (tmp_path / "in/link.jpg").symlink_to(tmp_path / "secret.jpg")
    assert file_of(tmp_path / "in", "x.jpg", confined=True)
    for name in ("../secret.jpg", str(tmp_path / "secret.jpg"), "link.jpg"):
        with pytest.raises(TableError, match="outside"):
            file_of(tmp_path / "in", name, confined=True)


def test_a_licence_of_an_archive_is_spdx_and_what_was_begun_before_there_were_any_goes_on():
    assert "licence" not in BatchOptions().plain()
    assert BatchOptions(licence="CC-BY-NC-4.0").plain()["licence"] == "CC-BY-NC-4.0"
    for wrong in ("ask Asel", "cc-by-nc-4.0", 4):
        with pytest.raises(InputError, match="licence: expected"):
            BatchOptions(licence=wrong)


def test_a_tables_licence_is_told_of_its_files(tmp_path, put):
    put(tmp_path, **{"a.jpg": b"a"})
    table = tmp_path / "media.csv"
    table.write_text("media_path,license\na.jpg,https://creativecommons.org/licenses/by/4.0/\n")
    (entry,) = open_source(table).entries()
    assert (entry.told["licence"], entry.told["data_licence"]) == ("CC-BY-4.0", "CC-BY-4.0")


def test_a_job_begun_before_licences_were_kept_goes_on_and_a_changed_licence_does_not(
    store, folder
):
    table = folder / "media.csv"
    row = "media_path,license\nnorth/1.jpg,{}\n"
    table.write_text(row.format("CC-BY-4.0"))
    job = begun(store, table)
    source = open_source(table)
    table.write_text(row.format("CC-BY-NC-4.0"))
    with pytest.raises(InputsChangedError, match=r"north/1\.jpg \(described otherwise\)"):
        check_unchanged(store, job, open_source(table))
    (item,) = store.items(job.id, FILES)
    known = {name: value for name, value in item.data["told"].items() if "licence" not in name}
    with store.engine.begin() as connection:
        told = json.dumps({**item.data, "told": known})
        connection.exec_driver_sql("UPDATE job_items SET data = ?", (told,))
    check_unchanged(store, job, source)


def test_options_are_checked():
    assert BatchOptions.of({"gap_s": 60}).gap_s == 60
    with pytest.raises(ConfigError, match="gap_s"):
        BatchOptions.of({"gaps": 60})
    for wrong in ({"gap_s": 0}, {"siblings": 0}, {"max_error": 0.9}, {"gap_s": True}):
        with pytest.raises(ConfigError):
            BatchOptions.of(wrong)


def test_stored_sightings_are_asked_for_once(store):
    one, created = submit_group(store, ["a", "b"], BatchOptions())
    again, twice = submit_group(store, ["a", "b"], BatchOptions())
    assert (created, twice, one.id) == (True, False, again.id)
    for wrong in ([], ["a", "a"]):
        with pytest.raises(InputError):
            submit_group(store, wrong, BatchOptions())


def test_tables_run_no_formulas(tmp_path):
    write_table(tmp_path / "t.csv", ["a", "b"], [{"a": "=cmd()", "b": -1.5}])
    assert (tmp_path / "t.csv").read_bytes() == b"a,b\r\n'=cmd(),-1.5\r\n"
