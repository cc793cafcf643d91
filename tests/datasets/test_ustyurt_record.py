"""The real record holds what the note states, under Camtrap DP 1.0.2 names, and nothing more."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "datasets" / "ustyurt-2018"
COLUMNS = {
    "deployments": (
        "deploymentID locationID locationName latitude longitude coordinateUncertainty "
        "deploymentStart deploymentEnd setupBy cameraID cameraModel cameraDelay cameraHeight "
        "cameraDepth cameraTilt cameraHeading detectionDistance timestampIssues baitUse "
        "featureType habitat deploymentGroups deploymentTags deploymentComments"
    ),
    "media": (
        "mediaID deploymentID captureMethod timestamp filePath filePublic fileName "
        "fileMediatype exifData favorite mediaComments"
    ),
    "observations": (
        "observationID deploymentID mediaID eventID eventStart eventEnd observationLevel "
        "observationType cameraSetupType scientificName count lifeStage sex behavior "
        "individualID individualPositionRadius individualPositionAngle individualSpeed bboxX "
        "bboxY bboxWidth bboxHeight classificationMethod classifiedBy classificationTimestamp "
        "classificationProbability observationTags observationComments"
    ),
}


def read(name: str) -> tuple[list[str], list[dict[str, str]]]:
    with (ROOT / name).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return list(reader.fieldnames or []), rows


def kept(column: str) -> dict[str, str]:
    _, rows = read("reid-kept.csv")
    return {row["id"]: row["value"] for row in rows if row["column"] == column}


def package() -> dict:
    return json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_columns_are_those_of_camtrap_dp(table):
    names, _ = read(f"{table}.csv")
    assert names == COLUMNS[table].split()


@pytest.mark.parametrize(
    "table", ["deployments", "media", "observations", "candidate-times", "reid-kept"]
)
def test_every_row_has_as_many_cells_as_the_header(table):
    with (ROOT / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert {len(row) for row in rows} <= {len(header)}


def test_the_package_names_every_file_and_the_version():
    content = package()
    assert "/1.0.2/" in content["profile"]
    paths = {resource["path"] for resource in content["resources"]}
    assert paths == {path.name for path in ROOT.glob("*.csv")}


def test_observations_and_deployments_agree():
    _, deployments = read("deployments.csv")
    _, observations = read("observations.csv")
    known = {row["deploymentID"] for row in deployments}
    assert len(observations) == 3
    assert {row["deploymentID"] for row in observations} == known


def test_nothing_is_invented():
    _, deployments = read("deployments.csv")
    _, media = read("media.csv")
    _, observations = read("observations.csv")
    unsaid = ("latitude", "longitude", "deploymentStart", "deploymentEnd", "cameraID")
    assert all(row[name] == "" for row in deployments for name in (*unsaid, "cameraModel"))
    assert media == []
    assert all(row["individualID"] == row["sex"] == "" for row in observations)
    assert "spatial" not in package()


def test_no_word_about_what_the_note_does_not_say():
    text = " ".join(path.read_text(encoding="utf-8").lower() for path in ROOT.iterdir())
    assert "infra" + "red" not in text
    assert "vid" + "eo" not in text


def test_absent_coordinates_are_explained():
    _, deployments = read("deployments.csv")
    assert "latitude" in package()["description"]
    assert all("Coordinates" in row["deploymentComments"] for row in deployments)


def test_the_november_date_is_disputed_and_both_are_kept():
    _, times = read("candidate-times.csv")
    november = [row["eventStart"] for row in times if row["eventID"] == "november"]
    assert november == ["2018-11-11T06:57", "2018-11-06"]
    _, observations = read("observations.csv")
    assert kept("reid:timeDisputed") == {
        "september": "false",
        "november": "true",
        "december": "false",
    }
    assert observations[1]["observationTags"] == "disputedTime:2018-11-06"
    assert "6 Nov 2018" in observations[1]["observationComments"]


def test_times_carry_no_zone_and_span_69_days():
    _, observations = read("observations.csv")
    starts = [datetime.fromisoformat(row["eventStart"]) for row in observations]
    assert all(start.tzinfo is None for start in starts)
    assert (starts[2].date() - starts[0].date()).days == 69


def test_distance_and_durations_are_the_notes():
    assert package()["reid:distances"] == [{"from": "site-1", "to": "site-2", "km": 18.6}]
    assert kept("reid:durationSeconds") == {"september": "120", "november": "60"}


def test_it_is_valid_but_for_what_the_note_does_not_say():
    check = pytest.importorskip("reid.exporters.check")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    wrong = check.check_package(ROOT)
    gaps = ("deploymentStart", "deploymentEnd", "latitude", "longitude", "eventEnd", "eventStart")
    metadata = ("spatial:", "project.samplingDesign", "project.captureMethod")
    others = [w for w in wrong if not any(gap in w for gap in (*gaps, *metadata))]
    assert others == []
    assert sum("latitude" in w for w in wrong) == 3


def test_reid_import_reads_three_sightings_and_the_disputed_date(tmp_path):
    from reid.importers import Reading, importer_for, plan
    from reid.survey import Problems, Survey

    problems = Problems()
    name, importer = importer_for(ROOT)
    assert name == "camtrap-dp"
    with Survey() as survey:
        importer.read(ROOT, survey, problems, Reading())
        found = {one.id: one for one in plan(survey)}
    assert set(found) == {"september", "november", "december"}
    times = [time.at.isoformat() for time in found["november"].times]
    assert times == ["2018-11-11T06:57:00", "2018-11-06T00:00:00"]
    assert found["november"].deployment.station == "site-1"
    assert {p.column for p in problems.kept} == {"eventStart", "eventEnd"}  # no time zone
