"""From arguments to sightings, without opening a picture."""

import pytest

from reid.cli.files import check_places, write_beside
from reid.cli.inputs import read_given, read_one_each
from reid.errors import InputError, StorageFullError


@pytest.fixture
def folder(tmp_path):
    """Make a folder of files that look like pictures by name."""

    def make(name, *files):
        path = tmp_path / name
        path.mkdir(parents=True)
        for file in files or ("a.jpg",):
            (path / file).write_bytes(b"not opened here")
        return path

    return make


def test_two_folders_are_two_sightings(folder):
    given = read_given([folder("sep"), folder("nov", "a.jpg", "b.jpg", "notes.txt")])
    assert [(s.id, len(s.media)) for s in given.sightings] == [("sep", 1), ("nov", 2)]
    assert [(s, f) for s, f, _ in given.rejected] == [("nov", "notes.txt")]


def test_one_folder_holds_a_folder_for_each_sighting(folder):
    outer = folder("survey/sep").parent
    folder("survey/nov")
    assert sorted(s.id for s in read_given([outer]).sightings) == ["nov", "sep"]


def test_folders_of_one_name_are_told_apart(folder):
    given = read_given([folder("north/day1"), folder("south/day1", "a.jpg", "x.pdf")])
    assert [s.id for s in given.sightings] == ["north/day1", "south/day1"]
    assert given.rejected[0][:2] == ("south/day1", "x.pdf")


def test_one_folder_twice_is_refused(folder):
    path = folder("sep")
    with pytest.raises(InputError, match="found it 2 times"):
        read_given([path, path])


def test_a_table_among_folders_is_refused(folder, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("sighting_id,media_path\n")
    with pytest.raises(InputError, match="give one table alone"):
        read_given([folder("sep"), table])


def test_sub_folders_of_one_sighting_are_its_cameras(folder):
    path = folder("nov/A").parent
    folder("nov/B")
    (only,) = read_one_each(path).sightings
    assert sorted(m.camera for m in only.media) == ["A", "B"]


def test_a_table_without_any_picture_is_refused_and_says_why(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text("sighting_id,media_path,sattion\nsep,gone.jpg,x\n")
    with pytest.raises(InputError, match="none usable"):
        read_one_each(table)
    told = capsys.readouterr().err
    assert "gone.jpg of sep" in told
    assert "did you mean station" in told


def test_places_are_made_or_refused_before_the_work(tmp_path):
    check_places(tmp_path / "new" / "r.html", tmp_path / "pictures")
    assert (tmp_path / "new").is_dir()
    assert (tmp_path / "pictures").is_dir()
    with pytest.raises(InputError, match="found a folder"):
        check_places(tmp_path, None)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="expected a folder that can be written"):
        check_places(None, tmp_path / "file")


def test_a_full_disk_leaves_nothing_half(tmp_path):
    def full(path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    target = tmp_path / "report.html"
    target.write_text("old")
    with pytest.raises(StorageFullError, match="no room left"):
        write_beside(target, full)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("report.html", "old")]
