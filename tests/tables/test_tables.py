"""Sightings from folders and tables, and every way in which users get them wrong."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from reid.errors import TableError
from reid.tables import SightingsTable, read_sightings, sighting_from_folder
from reid.types import Box, CandidateTime, Flank


def picture(path: Path, orientation: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    PillowImage.fromarray(np.zeros((50, 100, 3), np.uint8)).save(out, "JPEG", exif=exif)
    path.write_bytes(out.getvalue())


def table(tmp_path: Path, *lines: str) -> SightingsTable:
    for name in ("a.jpg", "b.jpg", "day/c.jpg"):
        picture(tmp_path / name)
    path = tmp_path / "sightings.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return read_sightings(path)


def test_every_column(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "sighting_id,media_path,station,camera,datetime,datetime_alt,datetime_alt2,latitude,"
        "longitude,flank,box",
        "nov,a.jpg,bait 1,A,2018-11-11T06:57:00,2018-11-06;2018-11-05 06:57,2018-11-11T06:57:00,"
        '43.5,55.25,Left,"1,2,30,40|5.5,6,7,8"',
        "nov,day/c.jpg,bait 1,B,2018-11-11T06:58:00,,,43.5,55.25,,",
        "dec,b.jpg,,,2018-12-07T16:27:00+05:00,,,,,unknown,",
    )
    november, december = found.sightings
    assert (november.id, november.station, november.position) == ("nov", "bait 1", (43.5, 55.25))
    assert november.times == (
        CandidateTime(datetime(2018, 11, 11, 6, 57), "datetime"),
        CandidateTime(datetime(2018, 11, 6), "datetime_alt, date only"),
        CandidateTime(datetime(2018, 11, 5, 6, 57), "datetime_alt"),
    )
    first, second = november.media
    assert (first.camera, first.flank, second.camera, second.flank) == ("A", Flank.LEFT, "B", None)
    assert first.boxes == (Box(1, 2, 30, 40), Box(5.5, 6, 7, 8))
    assert first.content == (tmp_path / "a.jpg").read_bytes()
    assert second.file_name == "day/c.jpg"
    assert december.media[0].flank is Flank.UNKNOWN
    assert december.times[0].at.utcoffset() is not None
    assert (found.rejected, found.notes) == ((), ())


def test_camtrap_dp_names_and_relative_boxes(tmp_path: Path) -> None:
    picture(tmp_path / "turned.jpg", orientation=6)
    found = table(
        tmp_path,
        "eventID;deploymentID;filePath;eventStart;bboxX;bboxY;bboxWidth;bboxHeight;colour",
        "e1;d1;a.jpg;2020-01-02T03:04:05Z;0.1;0.2;0.5;0.5;m1",
        "e1;d1;a.jpg;2020-01-02T03:04:05Z;0.5;0;0.5;1;m1",
        "e1;d2;turned.jpg;2020-01-02T03:04:01Z;0;0;1;1;m2",
    )
    one, turned = found.sightings[0].media
    assert one.boxes == (Box(10, 10, 50, 25), Box(50, 0, 50, 50))
    assert turned.boxes == (Box(0, 0, 50, 100),)
    assert (one.camera, turned.camera) == ("d1", "d2")
    assert [t.at.second for t in found.sightings[0].times] == [1]
    assert found.notes == ("column 'colour' is not known and was ignored",)


def test_a_licence_is_of_the_file_and_of_what_its_row_says(tmp_path: Path) -> None:
    header = "sighting_id,media_path,dcterms:license"
    found = table(tmp_path, header, "s,a.jpg,CC BY-NC 4.0", "s,b.jpg,ask Asel", "t,day/c.jpg,")
    first, second = found.sightings
    assert [m.licence for m in first.media] == ["CC-BY-NC-4.0", "LicenseRef-ask-Asel"]
    assert first.licence == "CC-BY-NC-4.0 AND LicenseRef-ask-Asel"
    assert (second.licence, second.media[0].licence) == ("", "")
    (note,) = found.notes
    assert "row 3, column licence: expected an SPDX licence" in note
    assert "kept as LicenseRef-ask-Asel" in note
    two = table(tmp_path, "sighting_id,media_path,license,dc:license", "s,a.jpg,NA,CC-BY-4.0")
    assert two.sightings[0].licence == ""
    assert two.notes == ("column 'dc:license' is a second licence and was ignored",)


def test_unknown_columns_name_near_misses(tmp_path: Path) -> None:
    found = table(tmp_path, "sighting_id,media_path,statoin,latitud", "s,a.jpg,x,1")
    assert "did you mean station" in found.notes[0]
    assert "did you mean latitude" in found.notes[1]
    with pytest.raises(TableError, match=r"no media_path.*did you mean media_path"):
        table(tmp_path, "sighting_id,media_pth", "s,a.jpg")


def test_rows_that_disagree_on_a_flank_are_named(tmp_path: Path) -> None:
    header = "sighting_id,media_path,flank"
    with pytest.raises(TableError, match=r"row 4, column flank: expected 'left' .* in row 2, .*'r"):
        table(tmp_path, header, "s,a.jpg,left", "s,a.jpg,left", "s,a.jpg,right")
    agreed = table(tmp_path, header, "s,a.jpg,left", "s,a.jpg,", "s,b.jpg,right")
    assert [m.flank for m in agreed.sightings[0].media] == [Flank.LEFT, Flank.RIGHT]
    assert agreed.notes == ()


@pytest.mark.parametrize(
    "rows",
    [
        ("sighting_id,media_path,flank,box", 's,a.jpg,left,"1,2,9,9"', 's,a.jpg,right,"50,2,9,9"'),
        (
            "sighting_id,media_path,flank,bboxX,bboxY,bboxWidth,bboxHeight",
            "s,a.jpg,left,0,0,0.5,1",
            "s,a.jpg,right,0.5,0,0.5,1",
        ),
    ],
)
def test_flanks_of_two_animals_in_one_picture_are_a_note(
    tmp_path: Path, rows: tuple[str, ...]
) -> None:
    found = table(tmp_path, *rows)
    (media,) = found.sightings[0].media
    assert (media.flank, len(media.boxes)) == (None, 2)
    assert "row 2 and row 3: a.jpg shows left and right flanks" in found.notes[0]


def test_missing_files_are_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "sighting_id,media_path",
        "s,a.jpg",
        "s,gone.jpg",
        "t,gone too.jpg",
        "u,",
        "v,day",
    )
    assert [s.id for s in found.sightings] == ["s"]
    assert [(r[0], r[1]) for r in found.rejected] == [
        ("s", "gone.jpg"),
        ("t", "gone too.jpg"),
        ("t", ""),
        ("u", ""),
        ("u", ""),
        ("v", "day"),
        ("v", ""),
    ]
    assert "found none at this path" in found.rejected[0][2]


def test_a_relative_box_on_something_that_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_text("no picture at all")
    header = "sighting_id,media_path,bboxX,bboxY,bboxWidth,bboxHeight"
    found = table(tmp_path, header, "s,no.jpg,0,0,1,1", "s,a.jpg,,,,")
    assert "found text" in found.rejected[0][2]
    assert [m.file_name for m in found.sightings[0].media] == ["a.jpg"]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("datetime", "2018-02-30T10:00:00", "existing time"),
        ("datetime", "07/12/2018", "existing time"),
        ("datetime", "2018-12-07T25:00", "existing time"),
        ("datetime_alt", "2018-12-07;someday", "existing time"),
        ("datetime", "1970-01-01T00:00:00", "between 1990 and now"),
        ("datetime", "9999-01-01", "between 1990 and now"),
        ("latitude", "north", "-90 to 90"),
        ("longitude", "10", "degrees"),
        ("flank", "port", "left, right, front, back, unknown"),
        ("box", "1 2 3 4", "pixels"),
        ("box", '"1,2,0,4"', "pixels"),
        ("box", '"1,2,nan,4"', "pixels"),
        ("bboxX", "0.5", "all four"),
    ],
)
def test_impossible_cells_name_row_and_column(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    with pytest.raises(TableError, match=words) as caught:
        table(tmp_path, f"sighting_id,media_path,{column}", "s,a.jpg,", f"s,b.jpg,{value}")
    assert "row 3" in str(caught.value)


def test_positions_off_the_globe(tmp_path: Path) -> None:
    for latitude, longitude, column in ((95, 10, "latitude"), (10, 195, "longitude")):
        with pytest.raises(TableError, match=f"row 2, column {column}"):
            table(tmp_path, "sighting_id,media_path,lat,lon", f"s,a.jpg,{latitude},{longitude}")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "no sighting_id and no media_path"),
        (("sighting_id,media_path",), "at least one row"),
        (("sighting_id,media_path", ",a.jpg"), "row 2, column sighting_id"),
        (("sighting_id,media_path", "s,a.jpg,1,2"), "expected 2 cells, found 4"),
        (("sighting_id,eventID,media_path", "s,s,a.jpg"), "as a second"),
        (("sighting_id,media_path,station", "s,a.jpg,x", "s,b.jpg,y"), "'x' as in row 2"),
        (
            ("sighting_id,media_path,lat,lon", "s,a.jpg,1,2", "s,b.jpg,1,3"),
            "one position for each sighting",
        ),
    ],
)
def test_bad_tables(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(TableError, match=words):
        table(tmp_path, *lines)


def test_unreadable_tables(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot read it"):
        read_sightings(tmp_path / "gone.csv")
    (tmp_path / "latin.csv").write_bytes("sighting_id,media_path\ncité,a".encode("latin-1"))
    with pytest.raises(TableError, match="UTF-8"):
        read_sightings(tmp_path / "latin.csv")


def test_folder_of_folders(tmp_path: Path) -> None:
    for name in ("sep/1.jpg", "nov/camA/1.JPG", "nov/camB/1.jpg", "dec/1.jpg"):
        picture(tmp_path / name)
    (tmp_path / "dec" / "notes.txt").write_text("x")
    (tmp_path / "dec" / ".hidden.jpg").write_text("x")
    (tmp_path / "empty").mkdir()
    found = read_sightings(tmp_path)
    assert [s.id for s in found.sightings] == ["dec", "nov", "sep"]
    november = found.sightings[1].media
    assert [(m.file_name, m.camera) for m in november] == [
        ("camA/1.JPG", "camA"),
        ("camB/1.jpg", "camB"),
    ]
    assert [r[:2] for r in found.rejected] == [("dec", "notes.txt"), ("empty", "")]


def test_loose_pictures_are_one_sighting(tmp_path: Path) -> None:
    folder = tmp_path / "march"
    for name in ("2.jpg", "1.jpg", "sub/3.jpg"):
        picture(folder / name)
    march, sub = read_sightings(folder).sightings
    assert (march.id, [m.file_name for m in march.media]) == ("march", ["1.jpg", "2.jpg"])
    assert sub.id == "sub"
    whole = sighting_from_folder(folder).sightings[0]
    assert [m.file_name for m in whole.media] == ["1.jpg", "2.jpg", "sub/3.jpg"]


def test_folders_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    for read in (read_sightings, sighting_from_folder):
        with pytest.raises(TableError, match="expected"):
            read(tmp_path)
    with pytest.raises(TableError, match="found a file"):
        sighting_from_folder(tmp_path / "notes.txt")
    with pytest.raises(TableError, match="found nothing"):
        sighting_from_folder(tmp_path / "gone")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(max_size=40),
    st.sampled_from(["datetime", "box", "flank", "latitude", "bboxX", "other"]),
)
def test_any_cell_is_read_or_refused(tmp_path: Path, cell: str, column: str) -> None:
    picture(tmp_path / "a.jpg")
    quoted = cell.replace('"', '""')
    text = f'sighting_id,media_path,{column}\ns,a.jpg,"{quoted}"\n'
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode("utf-8", "replace"))
    try:
        found = read_sightings(path)
    except TableError as error:
        expected = str(error)
    else:
        expected = "" if len(found.sightings) == 1 else "lost"
    assert expected == "" or "any.csv" in expected


def test_a_position_that_was_never_set_is_none(tmp_path: Path) -> None:
    found = table(tmp_path, "sighting_id,media_path,lat,lon", "s,a.jpg,0,0", "t,b.jpg,0,51.5")
    assert [one.position for one in found.sightings] == [None, (0.0, 51.5)]
