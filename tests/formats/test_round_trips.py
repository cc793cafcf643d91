"""What goes out in a format and comes in again is the same sightings, whatever their texts are."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reid.exporters import Writing, exporter_for
from reid.importers import Reading, importer_for
from reid.importers.plan import plan
from reid.importers.vocabulary import individual_of
from reid.survey import Deployment, Media, Observation, Problems, Survey

ZONE = timezone(timedelta(hours=5))
CHARACTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\\/")
WORDS = st.text(CHARACTERS, min_size=1, max_size=8).filter(
    lambda t: individual_of(t) == t and t.lower() not in {"null"} and not t.startswith("reid:")
)
FORMULAS = st.sampled_from(["=1+1", "+7", "-lion", "@SUM(A1)", "=cmd|' /c calc'!A0"])
TEXT = st.one_of(WORDS, FORMULAS)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)
SHARE = st.floats(0.001, 0.5)


@st.composite
def sightings(draw, pixels):
    """Records of some sightings, one animal each; boxes in pixels or in shares."""
    records = [Deployment("d1", "north", "", 43.5, 55.25), Deployment("d2", "=south", "bait")]
    for event in draw(st.lists(TEXT, min_size=1, max_size=4, unique=True)):
        where, who = draw(st.sampled_from(records[:2])), draw(st.just("") | TEXT)
        at = draw(TIMES)
        at = at.replace(tzinfo=ZONE) if draw(st.booleans()) else at
        for number in range(draw(st.integers(1, 3))):
            path = (
                f"{draw(st.sampled_from(['', 'D:/7/', '/x/']))}{event}/{number}-{draw(WORDS)}.jpg"
            )
            records.append(Media(path, where.id, path, at))
            box = draw(st.none() | st.tuples(SHARE, SHARE, SHARE, SHARE))
            sides = (1.0, 2.5, 30.0, 40.25)
            records.append(
                Observation(
                    f"{event}/{number}",
                    where.id,
                    path,
                    event,
                    at,
                    at,
                    species="Panthera pardus",
                    individual=who,
                    flank=draw(st.sampled_from(["", "left", "right"])),
                    box=None if pixels else box,
                    box_px=sides if pixels else None,
                )
            )
    return records


def told(survey, *, places=True):
    """What makes a sighting, by its id."""
    return {
        one.id: (
            one.individual,
            [time.at for time in one.times],
            sorted((f.media.path, f.flank, f.boxes, f.boxes_px) for f in one.files),
            (one.deployment.station, one.deployment.latitude) if places else None,
        )
        for one in plan(survey)
    }


def there_and_back(name, records, folder):
    with Survey() as before, Survey() as after:
        for record in records:
            before.add(record)
        places = name == "wildbook"
        expected = told(before, places=places)
        problems = Problems()
        for file in exporter_for(name).write(before, folder, Writing()).files:
            importer_for(file, name)[1].read(file, after, problems, Reading())
        assert told(after, places=places) == expected
        odd = [str(p) for p in problems.kept if "time zone" not in str(p)]
        assert odd == []


@settings(max_examples=25, deadline=None)
@given(sightings(pixels=False))
def test_wildbook(tmp_path_factory, records):
    there_and_back("wildbook", records, tmp_path_factory.mktemp("round"))


@pytest.mark.parametrize("name", ["miewid", "wildlife-datasets"])
@settings(max_examples=25, deadline=None)
@given(records=sightings(pixels=True))
def test_tables(name, tmp_path_factory, records):
    there_and_back(name, records, tmp_path_factory.mktemp("round"))


def test_text_is_never_a_formula_in_a_spreadsheet(tmp_path):
    records = [
        Media("a.jpg", "", "a.jpg"),
        Observation("o", "", "a.jpg", "e", individual="=HYPERLINK(1)", comments="@x\x07"),
    ]
    (file,) = written("wildbook", records, tmp_path).files
    cells = [cell for row in load_workbook(file)["encounters"].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    named = next(cell for cell in cells if cell.value == "=HYPERLINK(1)")
    assert named.quotePrefix
    assert "@x" in [cell.value for cell in cells]


def written(name, records, folder):
    with Survey() as survey:
        for record in records:
            survey.add(record)
        return exporter_for(name).write(survey, folder, Writing())


def test_wildbook_takes_two_hundred_encounters_a_file_and_flat_names(tmp_path):
    records = []
    for number in range(201):
        path = f"d{number}/Ö_IMG-1.JPG"
        records.append(Media(path, "", path))
        records.append(Observation(path, "", path, f"e {number}"))
    made = written("wildbook", records, tmp_path)
    assert [file.name for file in made.files] == ["wildbook-1.xlsx", "wildbook-2.xlsx"]
    sheet = load_workbook(made.files[0])["encounters"]
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, (cell.value for cell in sheet[3]), strict=True))
    assert sheet.max_row == 201
    assert (row["Encounter.mediaAsset0"], row["Encounter.occurrenceID"]) == (
        "IMG 1 2.JPG",
        "e_1",
    )
    assert (row["Encounter.genus"], row["Encounter.specificEpithet"]) == ("Panthera", "pardus")
    assert "Encounter.depth" not in header
    assert "201 files have another name" in made.notes[0]


def test_miewid_leaves_unboxed_animals_out_and_keeps_unnamed_ones_apart(tmp_path):
    records = [
        Media("a.jpg", "", "x/a.jpg", size_wh=(40, 30)),
        Media("b.jpg", "", "b.jpg"),
        Observation("o1", "", "a.jpg", individual="L1", flank="left"),
        Observation("o2", "", "b.jpg", individual="L1"),
        Observation("o3", "", "a.jpg", box=(0.5, 0.5, 0.5, 0.5)),
    ]
    made = written("miewid", records, tmp_path)
    named, unnamed = (Path(file).read_text().splitlines() for file in made.files)
    assert named[1].startswith("0,left,L1,a.jpg,leopard,x/a.jpg,0,0,40,30,")
    assert unnamed[1].startswith("0,unknown,,a.jpg,leopard,x/a.jpg,20,15,20,15,")
    assert len(named) == len(unnamed) == 2
    assert "1 animals are left out" in made.notes[0]
