"""Sources as they are met: each oddity has its message with file, row and column."""

import io
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.errors import InputError, TableError
from reid.importers import importer_for
from reid.importers.contract import Reading
from reid.importers.files import Files
from reid.importers.lines import read_lines
from reid.survey import Problems
from reid.survey.moments import read_time, read_zone


def lines(content, **how):
    problems = Problems()
    found = list(read_lines(lambda: io.BytesIO(content), "t.csv", problems, **how))
    return found, [str(p) for p in problems.kept]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,Ö\n".encode(),
        "\ufeffa;b\r\n1;Ö\r\n".encode(),
        "a\tb\n1\tÖ\n".encode("utf-16"),
        'a,b\n"1","Ö"\n'.encode(),
        "a,b\r1,Ö\r".encode(),
    ],
)
def test_separators_and_encodings(content):
    (line,), told = lines(content)
    assert (line.text("a"), line.text("b"), line.number) == ("1", "Ö", 2)
    assert told == []


def test_mixed_encodings_are_read_line_by_line_and_said():
    (one, two), told = lines("a\nÖ\n".encode() + "Ö\n".encode("cp1252"))
    assert (one.text("a"), two.text("a")) == ("Ö", "Ö")
    assert told == ["t.csv, row 3: expected UTF-8; read as Windows-1252: check accents"]


def test_rows_of_another_width_missing_columns_and_empty_tables():
    found, told = lines(b"a,b\n1\n1,2,3\n\n", required=("a", "c"))
    assert [line.number for line in found] == [2, 3]
    assert found[1].rest() == {"a": "1", "b": "2", "cell 3": "3"}
    assert told == [
        "t.csv, row 1, column c: expected this column, found 'a, b'",
        "t.csv, row 2: expected 2 cells, found '1 cells'",
        "t.csv, row 3: expected 2 cells, found '3 cells'",
    ]
    for bad in (b"", b"a,a\n1,2\n"):
        with pytest.raises(TableError, match=r"t\.csv"):
            lines(bad)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2018-12-07T16:27:00+05:00", "2018-12-07T16:27:00+05:00"),
        ("2018:12:07 16:27:00", "2018-12-07T16:27:00"),
        ("43441.685416666667", "2018-12-07T16:27:00"),
        ("25.12.2018 4:27 PM", "2018-12-25T16:27:00"),
        ("12/25/2018 12:00 am", "2018-12-25T00:00:00"),
        ("2018-12-07 16:27:00 +0500", "2018-12-07T16:27:00+05:00"),
    ],
)
def test_times_as_they_are_written(written, expected):
    assert read_time(written) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "written", ["12/11/2018", "31.02.2018", "yesterday", "1970-01-01", "25:00"]
)
def test_times_that_are_not_guessed(written):
    with pytest.raises(ValueError, match="expected"):
        read_time(written)


def test_who_says_how_dates_are_meant_is_believed():
    assert read_time("12/11/2018", day_first=True).month == 11
    assert read_time("12/11/2018", day_first=False).month == 12
    assert read_zone("+05:00").utcoffset(None) == timedelta(hours=5)
    assert read_zone("Asia/Aqtau") is not None
    with pytest.raises(InputError, match="time zone"):
        read_zone("Kazakhstan time")


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)))
def test_serial_dates_are_those_of_spreadsheets(at):
    at = at.replace(microsecond=0)
    serial = (at - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read_time(f"{serial:.9f}") == at


def test_a_bad_package_gives_each_problem_its_place_and_the_rest_goes_on(
    tmp_path, take, catalogue, making
):
    deployments = [dict(row) for row in making.DEPLOYMENTS]
    deployments[0] |= {"latitude": "0", "longitude": "0", "deploymentEnd": "2017-01-01"}
    deployments.append(dict(deployments[1], habitat="twice"))
    media = making.media()
    media[0]["filePath"] = "D:\\cards\\7\\pictures\\a.jpg"
    media[1]["deploymentID"] = "nowhere"
    media[2]["timestamp"] = "12/11/2018"
    rows = making.observations()
    rows[0] |= {"bboxX": "0.9", "observationType": "Beast"}
    rows[1] |= {"bboxX": "0.9", "bboxY": "0", "bboxWidth": "0.5", "bboxHeight": "0.5"}
    rows[3] |= {"classificationProbability": "2", "mediaID": "m9"}
    source = making.package(tmp_path / "p", deployments=deployments, media=media, observations=rows)
    (source / "pictures" / "c.jpg").write_bytes(b"")
    taken = take(source, catalogue)
    told = "\n".join(taken.told)
    for line in (
        "deployments.csv, row 2, column latitude: 0, 0 means",
        "deployments.csv, row 2, column deploymentEnd: expected an end after the start",
        "deployments.csv, row 4, column deploymentID: expected each id once",
        "media.csv, row 3, column deploymentID: expected a deployment",
        "media.csv, row 4, column timestamp: expected year-month-day; say which",
        "observations.csv, row 2, column observationType: expected one of animal, human",
        "observations.csv, row 3, column bboxX: expected a box inside the picture",
        "observations.csv, row 5, column classificationProbability: expected a number from 0 to 1",
        "observations.csv, row 5, column mediaID: expected a file of the table media",
    ):
        assert line in told, line
    assert taken.survey.deployment("d1").latitude is None
    assert "unread:bboxX" in taken.survey.observation("o2").extra
    assert [s.id for s in catalogue.sightings()] == ["e1"]
    # o1 is no animal any more: only the second picture is of a leopard
    assert catalogue.sighting("e1").file_names == ("pictures/b.jpg",)


def test_files_are_looked_for_below_their_roots_alone(tmp_path, making):
    making.picture(tmp_path / "in" / "DCIM" / "a.jpg", 1)
    making.picture(tmp_path / "secret.jpg", 2)
    (tmp_path / "in" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (tmp_path / "in" / "empty.jpg").touch()
    files = Files(tmp_path / "in")
    assert isinstance(files.content("E:\\2018\\DCIM\\a.jpg"), bytes)
    assert isinstance(files.content("/home/me/DCIM/a.jpg"), bytes)
    assert "leads out" in files.content("../secret.jpg")
    assert "no file" in files.content("link.jpg")
    assert "0 bytes" in files.content("empty.jpg")
    assert "URL" in files.content("https://example.org/a.jpg")


def megadetector(folder, **changed):
    images = [
        {
            "file": "north/a.jpg",
            "datetime": "2018:09:29 22:57:00",
            "detections": [
                {"category": "1", "conf": 0.9, "bbox": [0.1, 0.2, 0.5, 0.5]},
                {"category": "1", "conf": 0.05, "bbox": [0.1, 0.2, 0.1, 0.1]},
            ],
        },
        {"file": "north/b.jpg", "detections": []},
        {"file": "north/c.jpg", "detections": None, "failure": "Image access failure"},
        {"file": "south\\v.mp4", "frame_rate": 30, "detections": [
            {"category": "2", "conf": 0.8, "bbox": [0, 0, 1, 1], "frame_number": 60}
        ]},
    ]  # fmt: skip
    data = {
        "info": {"format_version": "1.6", "detector": "md_v1000"},
        "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
        "images": images,
    }
    file = folder / "md.json"
    file.write_text(json.dumps(data | changed))
    return file


def test_megadetector_failures_are_failures_and_never_blanks(tmp_path, take, catalogue, making):
    making.picture(tmp_path / "north" / "a.jpg", 1)
    taken = take(megadetector(tmp_path), catalogue)
    kinds = {one.id: one.type for one in taken.survey.observations()}
    assert kinds == {
        "north/a.jpg#1": "animal",
        "north/a.jpg#2": "unclassified",
        "north/b.jpg#0": "blank",
        "south/v.mp4#1": "human",
    }
    assert taken.survey.medium("north/c.jpg").extra["failure"] == "Image access failure"
    assert any("images" not in t and "it is no blank" in t for t in taken.told)
    assert taken.survey.observation("south/v.mp4#1").extra["frame_number"] == "60"
    one = catalogue.load_sighting("north--a.jpg")
    assert (one.station, one.times[0].at) == ("north", datetime(2018, 9, 29, 22, 57))
    assert one.media[0].boxes[0].width_px == 20


def test_megadetector_that_is_odd(tmp_path, take):
    images = [
        {"file": "a.jpg", "detections": [{"category": "9", "conf": 0.9, "bbox": [0.9, 0, 0.5, 1]}]},
        {"file": "a.jpg", "detections": []},
        {"nofile": 1},
        {"file": "b.jpg", "detections": [{"category": "1", "conf": 7, "bbox": [0, 0, 1, 1]}, 5]},
    ]
    told = "\n".join(take(megadetector(tmp_path, images=images), name="megadetector").told)
    for line in (
        "row 1, column detections[0].category: expected a category",
        "row 1, column detections[0].bbox: expected [x, y, width, height] inside",
        "row 2, column file: expected each file once",
        "row 3, column file: expected a path",
        "row 4, column detections[0].conf: expected 0 to 1, found '7'",
        "row 4, column detections[1]: expected an object",
    ):
        assert line in told, line
    with pytest.raises(TableError, match=r"version 1\.0 to 1\.6"):
        take(megadetector(tmp_path, info={"format_version": "2.0"}))


def test_wildlife_datasets_in(tmp_path, take, catalogue, making):
    making.picture(tmp_path / "images" / "a.jpg", 1)
    making.picture(tmp_path / "images" / "b.jpg", 2)
    rows = [
        {"image_id": "1", "identity": "L1", "path": "images/a.jpg", "bbox": "[1, 2, 10, 20]",
         "date": "2018-09-29", "orientation": "left", "species": "leopard", "age": "3"},
        {"image_id": "2", "identity": "unknown", "path": "images/b.jpg", "bbox": "[90, 2, 5, 5]",
         "orientation": "up", "species": "leopard"},
        {"image_id": "2", "identity": "L1", "path": "images/b.jpg", "bbox": "1 2 3 4"},
    ]  # fmt: skip
    taken = take(making.table(tmp_path / "metadata.csv", rows), catalogue)
    assert taken.format == "wildlife-datasets"
    assert catalogue.individual("L1").sighting_ids == ("images--a.jpg",)
    one = catalogue.load_sighting("images--a.jpg")
    assert (one.media[0].flank, one.media[0].boxes[0].height_px) == ("left", 20)
    assert taken.survey.observation("1").extra == {"age": "3"}
    told = "\n".join(taken.told)
    assert "metadata.csv, row 3, column orientation: expected one of left" in told
    assert "metadata.csv, row 4, column bbox: expected [x, y, width, height] in pixels" in told
    assert "metadata.csv, row 4, column image_id: expected each id once" in told
    assert "outside the picture" in told


def test_folder_per_individual(tmp_path, take, catalogue, making):
    for seed, name in enumerate(("Aidar/1.jpg", "Aidar/2019/2.jpg", "Aidar/2019/3.jpg")):
        making.picture(tmp_path / "f" / name, seed)
    making.picture(tmp_path / "f" / "unknown" / "4.jpg", 4)
    making.picture(tmp_path / "f" / "loose.jpg", 5)
    (tmp_path / "f" / "Aidar" / "notes.txt").write_text("x")
    taken = take(tmp_path / "f", catalogue)
    assert taken.format == "folders"
    assert catalogue.individual("Aidar").sighting_ids == ("Aidar--1.jpg", "Aidar--2019")
    stored = {s.id for s in catalogue.sightings()}
    assert stored == {"Aidar--1.jpg", "Aidar--2019", "unknown--4.jpg"}
    assert catalogue.history("Aidar--2019")[0].by == "Dana"
    assert [t.split(":")[0] for t in taken.told] == ["Aidar/notes.txt", "loose.jpg"]


def test_a_source_that_is_nothing_known_is_refused_by_name(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(InputError, match="looks like none of"):
        importer_for(tmp_path / "a.csv")
    with pytest.raises(InputError, match="nothing at this path"):
        importer_for(tmp_path / "b")
    with pytest.raises(InputError, match="expected one of camtrap-dp"):
        importer_for(tmp_path / "a.csv", "excel")


def test_a_prefix_goes_before_every_id(tmp_path, take, catalogue, making):
    take(making.package(tmp_path / "p"), catalogue, reading=Reading(prefix="p1-"))
    assert catalogue.individual("p1-Aidar").sighting_ids == ("p1-e1", "p1-e2")


def test_a_survey_that_cannot_be_written_says_so(tmp_path):
    from reid.errors import CatalogueError
    from reid.survey import Media, Survey

    (tmp_path / "survey.db").write_bytes(b"no database at all, but long enough for one" * 50)
    with pytest.raises(CatalogueError, match=r"survey\.db"):
        Survey(tmp_path / "survey.db")
    with Survey() as survey:
        survey.close()
        with pytest.raises(CatalogueError, match="the survey's file"):
            survey.add(Media("m1"))
