"""Files in the wild, over all importers: every oddity has its message, and the rest goes on."""

import json
import zipfile

import pytest

from reid.errors import InputError, TableError
from reid.importers import FORMATS, Reading, importer_for, report_of
from reid.importers.columns import OURS, proposed, read_columns
from reid.importers.files import Files
from reid.survey import Media, Observation, Problems, Survey


def test_every_format_is_met_in_the_wild(wild):
    assert set(wild.FORMATS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_each_oddity_has_its_message_and_the_rest_goes_on(
    name, wild, making, tmp_path, take, catalogue
):
    source, expected = wild.FORMATS[name](wild.pictures(tmp_path, making), making)
    dry = take(source)
    report = report_of(dry.survey, dry.problems, dry.files)
    taken = take(source, catalogue)
    report_of(taken.survey, taken.problems, taken.files)
    told = "\n".join(taken.told)
    assert dry.format == name
    for oddity, words in expected.items():
        assert words in told, f"{oddity}: {words}\n{told}"
    stored = [s for s in catalogue.sightings() if len(s.media_sha256)]
    assert len(stored) == report.sightings >= 3
    assert {n.replace("\\", "/").rpartition("/")[2] for s in stored for n in s.file_names} >= {
        "good.jpg",
        "far.jpg",
        "other.jpg",
    }
    again = take(source, catalogue)
    assert (again.done.new, again.done.named) == (0, 0)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "folders"])
def test_what_is_no_such_file_at_all_is_refused_whole(name, tmp_path):
    ending = "json" if name in ("megadetector", "coco-camera-traps") else "csv"
    file = tmp_path / f"bad.{ending}"
    for content in (b"", b"\x00\xff\xfe binary \x00", b"PK\x03\x04 no zip"):
        file.write_bytes(content)
        problems = Problems()
        with Survey() as survey:
            try:
                importer_for(file, name)[1].read(file, survey, problems, Reading())
            except (TableError, InputError) as error:
                problems.add(name, 0, "", str(error))
            assert file.name in str(problems.kept[0])  # refused, or no column of it is known
            assert not survey.count(Media) + survey.count(Observation)


def test_wildlife_insights_in_a_zip_with_repeated_names_and_two_animals(
    tmp_path, take, catalogue, making
):
    folder = tmp_path / "in" / "wi"
    for seed, place in enumerate(("d1", "d2")):
        making.picture(folder / place / "IMG_1.JPG", seed)
    places = [{"deployment_id": d, "placename": "north", "latitude": "43.5", "longitude": "55",
               "start_date": "2018-09-01 00:00:00", "end_date": "2018-10-01 00:00:00",
               "camera_id": f"c-{d}", "feature_type": "Trail"} for d in ("d1", "d2")]  # fmt: skip
    making.table(folder / "deployments.csv", places)
    rows = [
        {"deployment_id": "d1", "image_id": "a", "filename": "IMG_1.JPG", "genus": "Panthera",
         "species": "pardus", "individual_id": "Aidar", "identified_by": "Asel",
         "number_of_objects": "1", "sex": "Male", "age": "Adult", "highlighted": "1",
         "location": "gs://bucket/x/7f3a.JPG", "individual_animal_notes": "torn ear"},
        {"deployment_id": "d2", "image_id": "b", "filename": "IMG_1.JPG", "genus": "Panthera",
         "species": "pardus", "identified_by": "Computer vision", "cv_confidence": "0.97"},
        {"deployment_id": "d2", "image_id": "b", "filename": "IMG_1.JPG", "genus": "Vulpes",
         "species": "vulpes", "identified_by": "Computer vision", "cv_confidence": "0.97"},
        {"deployment_id": "d2", "image_id": "c", "filename": "IMG_2.JPG", "is_blank": "1"},
        {"deployment_id": "d2", "image_id": "d", "filename": "IMG_3.JPG", "common_name": "Human",
         "genus": "Homo", "species": "sapiens"},
    ]  # fmt: skip
    making.table(folder / "images.csv", rows)
    making.table(folder / "projects.csv", [{"project_id": "1", "project_name": "Saxaul"}])
    file = tmp_path / "wi.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for inside in folder.rglob("*.*"):
            archive.write(inside, inside.relative_to(tmp_path / "in"))
    taken = take(file, catalogue)
    assert taken.format == "wildlife-insights"
    one, two = catalogue.load_sighting("a"), catalogue.load_sighting("b")
    assert one.media[0].content != two.media[0].content
    assert (one.station, one.media[0].camera, one.position) == ("north", "c-d1", (43.5, 55.0))
    assert catalogue.history("a")[0].by == "Asel"
    seen = {o.id: o for o in taken.survey.observations()}
    assert {name: o.type for name, o in seen.items()} == {
        "a": "animal", "b": "animal", "b#2": "animal", "c": "blank", "d": "human",
    }  # fmt: skip
    assert dict(seen["a"].extra) == {"sex": "male", "lifeStage": "adult"}
    assert seen["a"].comments == "torn ear"
    assert (seen["b"].method, seen["b"].probability) == ("machine", 0.97)
    assert taken.survey.medium("a").extra["location"] == "gs://bucket/x/7f3a.JPG"
    (project,) = taken.survey.kept("wildlife-insights-projects")
    assert project["project_name"] == "Saxaul"


def test_coco_sequences_empties_and_re_identification(tmp_path, take, catalogue, making):
    for seed in (1, 2):
        making.picture(tmp_path / "seq" / f"{seed}.jpg", seed)
    images = [{"id": n, "file_name": f"seq/{n}.jpg", "seq_id": "s1", "seq_num_frames": 2,
               "frame_num": n - 1, "location": 7, "datetime": f"2018-09-29 22:57:0{n}"}
              for n in (1, 2)]  # fmt: skip
    images.append({"id": 3, "file_name": "seq/3.jpg", "corrupt": True})
    whole = {"category_id": 4, "sequence_level_annotation": True, "count": 1}
    told = {
        "info": {"version": "1"},
        "categories": [{"id": 0, "name": "empty"}, {"id": 4, "name": "panthera_pardus"},
                       {"id": 5, "name": "leopard cat"}],
        "annotations": [
            {"id": "x", "image_id": 1, **whole, "name": "Aidar", "viewpoint": "frontleft",
             "bbox": [4, 3, 20, 15]},
            {"id": "y", "image_id": 2, **whole},
            {"id": "z", "image_id": 3, "category_id": 0},
            {"id": "w", "image_id": 3, "category_id": 5},
        ],
        "images": images,
    }  # fmt: skip
    file = tmp_path / "cct.json"
    file.write_text(json.dumps(told).replace('"1"', "NaN"))  # as pandas writes it: no strict JSON
    taken = take(file, catalogue)
    assert taken.format == "coco-camera-traps"
    (stored,) = catalogue.sightings()
    assert (stored.id, stored.station, len(stored.file_names)) == ("s1", "7", 2)
    assert catalogue.individual("Aidar").sighting_ids == ("s1",)
    one = catalogue.load_sighting("s1").media[0]
    assert (one.flank, one.boxes[0].x_px) == ("left", 4.0)
    seen = {o.id: o for o in taken.survey.observations()}
    assert (seen["z"].type, seen["w"].species) == ("blank", "leopard cat")
    assert seen["x"].tags == ("sequenceLevelAnnotation",)
    assert taken.survey.medium("1").extra == {"seq_id": "s1", "seq_num_frames": "2",
                                              "frame_num": "0"}  # fmt: skip
    assert any("row 3, column images.corrupt" in t for t in taken.told)


def test_wildbook_sheets_merged_cells_dates_and_whom_they_show(tmp_path, take, catalogue, making):
    from openpyxl import Workbook

    for seed, name in enumerate(("a 1.jpg", "a 2.jpg", "b.jpg", "c.jpg"), start=1):
        making.picture(tmp_path / name, seed)
    book = Workbook()
    sheet = book.active
    sheet.append(["Saxaul survey"])
    sheet.append(
        ["Encounter.MediaAsset0", "Encounter.mediaAsset1", "Encounter.genus",
         "Encounter.specificEpithet", "Encounter.year", "Encounter.month", "Encounter.day",
         "Encounter.hour", "Encounter.minutes", "Encounter.locationID", "Sighting.sightingID",
         "MarkedIndividual.individualID", "Encounter.mediaAsset0.keywords", "Encounter.depth"]
    )  # fmt: skip
    pardus = ("Panthera", "pardus", 2018, 9, 29, 22, 57)
    sheet.append(["a 1.jpg", "a 2.jpg", *pardus, "north", "occ1", "Aidar", "left_ProfilePhoto", 3])
    sheet.append(["b.jpg", None, *pardus, None, "occ1", "unassigned", "right side"])
    sheet.append(["c.jpg", None, *pardus[:4], None, None, None, "@SUM(1)", "", ""])
    sheet.merge_cells("J3:J4")
    other = book.create_sheet("notes")
    other.append(["whatever", "else"])
    other.append(["x", "y"])
    book.save(tmp_path / "bulk.xlsx")
    taken = take(tmp_path / "bulk.xlsx", catalogue)
    assert taken.format == "wildbook"
    assert {s.id: (s.station, s.file_names) for s in catalogue.sightings()} == {
        "occ1": ("north", ("a 1.jpg", "a 2.jpg")),
        "occ1--1": ("north", ("b.jpg",)),
        "bulk.xlsx[Sheet] row 5": ("@SUM(1)", ("c.jpg",)),
    }
    assert catalogue.individual("Aidar").sighting_ids == ("occ1",)
    assert [m.flank for m in catalogue.load_sighting("occ1").media] == ["left", None]
    seen = taken.survey.observation("bulk.xlsx[Sheet] row 3/0")
    assert seen.extra["Encounter.depth"] == "3"
    told = "\n".join(taken.told)
    assert (
        "bulk.xlsx[Sheet], row 4, column Encounter.locationID: a merged cell: taken as J3" in told
    )
    assert "row 5, column Encounter.day: expected year, month and day" in told
    assert "bulk.xlsx[notes]: expected a header that is known; the sheet is passed over" in told


def test_a_turned_box_of_miewid_is_boxed_upright(tmp_path, take, making):
    making.picture(tmp_path / "a.jpg", 1)
    row = {"theta": "1.5707963", "viewpoint": "right", "name": "L1", "file_name": "a.jpg",
           "species": "leopard", "x": "10", "y": "10", "w": "8", "h": "4"}  # fmt: skip
    taken = take(making.table(tmp_path / "train.csv", [row]))
    assert taken.format == "miewid"
    (one,) = taken.survey.observations()
    assert one.box_px == pytest.approx((12, 8, 4, 8), abs=1e-4)
    assert (one.flank, one.individual, one.extra["w"]) == ("right", "L1", "8")


MAPPING = b"""theirs,ours,value,format
Foto,filePath,,
Tag,timestamp,,%d.%m.%y
Uhr,timestamp,,%H.%M
,scientificName,Panthera pardus,
Tier,individualID,,
Ort,locationID,,
"""


def test_a_table_by_a_mapping(tmp_path, take, catalogue, making):
    making.picture(tmp_path / "a.jpg", 1)
    rows = [{"Foto": "a.jpg", "Tag": "11.06.18", "Uhr": "06.57", "Tier": "Aidar", "Ort": "north",
             "Wetter": "dry"},
            {"Foto": "", "Tag": "2018", "Uhr": "06.57", "Tier": "B", "Ort": "north"}]  # fmt: skip
    file = making.table(tmp_path / "field.csv", rows)
    meant = read_columns(MAPPING)
    taken = take(file, catalogue, name="table", reading=Reading(columns=meant))
    one = catalogue.load_sighting("a.jpg")
    assert (one.station, one.times[0].at.isoformat()) == ("north", "2018-06-11T06:57:00")
    assert catalogue.individual("Aidar").sighting_ids == ("a.jpg",)
    seen = taken.survey.observation("field.csv row 2")
    assert (seen.species, seen.extra) == ("Panthera pardus", {"Wetter": "dry"})
    told = "\n".join(taken.told)
    assert "field.csv, row 3, column Tag + Uhr: expected a time written as %d.%m.%y %H.%M" in told
    assert "field.csv, row 3, column Foto: expected a path; the row is kept" in told


def test_a_table_with_date_and_clock_of_a_spreadsheet(tmp_path, take, catalogue, making):
    from datetime import date, time

    from openpyxl import Workbook

    making.picture(tmp_path / "a.jpg", 1)
    book = Workbook()
    book.active.append(["Файл", "Дата", "Время", "Станция", "Бок", "Особь"])
    book.active.append(["a.jpg", date(2018, 9, 29), time(22, 57), "север", "левый", "Айдар"])
    book.save(tmp_path / "field.xlsx")
    taken = take(tmp_path / "field.xlsx", catalogue)
    assert taken.format == "table"
    one = catalogue.load_sighting("a.jpg")
    assert (one.times[0].at.isoformat(), one.media[0].flank) == ("2018-09-29T22:57:00", "left")
    assert catalogue.individual("Айдар").sighting_ids == ("a.jpg",)
    report = report_of(taken.survey, taken.problems, taken.files)
    assert "Дата,timestamp,,\nВремя,timestamp,,\n" in report.columns
    assert read_columns(report.columns.encode()) == proposed(
        ["Файл", "Дата", "Время", "Станция", "Бок", "Особь"]
    )


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("theirs,ours\nFoto,filepath\n", "did you mean filePath?"),
        ("theirs,ours\nFoto,indivdualID\n", "did you mean individualID"),
        ("theirs,ours,value\nFoto,filePath,x\n", "not both"),
        ("theirs,ours\nA,filePath\nB,filePath\n", "expected filePath once"),
        ("theirs,ours,value,format\nA,timestamp,,dmy\n", "expected something like %d"),
        ("a,b\n1,2\n", "expected the columns theirs, ours"),
        ("", "expected a table with a header"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(mapping, words):
    with pytest.raises(InputError, match=words.replace("?", r"\?")):
        read_columns(mapping.encode())


def test_words_of_ours_are_recognised_as_they_stand():
    header = ["filePath", "eventID", "latitude", "nonsense", "Observer"]
    assert [one.ours for one in proposed(header)] == [*header[:3], "classifiedBy"]
    assert {one.ours for one in proposed(OURS)} == set(OURS)


def test_a_name_that_repeats_in_no_folder_of_its_own_is_no_file(tmp_path, take, making):
    making.picture(tmp_path / "IMG_1.JPG", 1)
    rows = [{"deployment_id": d, "image_id": d, "filename": "IMG_1.JPG", "genus": "Panthera",
             "species": "pardus"} for d in ("d1", "d2")]  # fmt: skip
    making.table(tmp_path / "images.csv", rows)
    making.table(tmp_path / "deployments.csv", [{"deployment_id": "d1"}, {"deployment_id": "d2"}])
    taken = take(tmp_path)
    files = Files(tmp_path)
    assert [files.trouble(m.path)[:7] for m in taken.survey.media()] == ["no file", "no file"]
