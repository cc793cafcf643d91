"""MegaDetector's results joined to a table of deployments by folder and time, up to secr."""

import json

import pytest
from typer.testing import CliRunner

from reid.catalogue import Catalogue
from reid.cli import app
from reid.errors import TableError
from reid.importers import Reading, importer_for
from reid.survey import Observation, Problems, Survey

FOUND = {"category": "1", "conf": 0.9, "bbox": [0.1, 0.1, 0.5, 0.5]}
TABLE = (
    "deploymentID,locationID,latitude,longitude,deploymentStart,deploymentEnd,cameraID\n"
    "d1,North,43.5,55.0,2018-09-01T00:00:00,2018-09-10T00:00:00,c1\n"
    "d2,North,43.5,55.0,2018-09-11T00:00:00,2018-09-20T00:00:00,c2\n"
    "d3,South,43.6,55.2,2018-09-01T00:00:00,2018-09-20T00:00:00,c3\n"
)
FILES = {
    "north/a.jpg": "2018-09-02T01:00:00",
    "north/b.jpg": "2018-09-12T01:00:00",
    "card-7/c2/c.jpg": "2018-09-13T01:00:00",
    "north/late.jpg": "2018-12-12T01:00:00",
    "elsewhere/d.jpg": "2018-09-13T01:00:00",
}


@pytest.fixture
def source(tmp_path, making):
    for seed, name in enumerate(FILES):
        making.picture(tmp_path / name, seed)
    images = [{"file": n, "datetime": at, "detections": [FOUND]} for n, at in FILES.items()]
    (tmp_path / "md.json").write_text(json.dumps({"images": images}))
    (tmp_path / "deployments.csv").write_text(TABLE)
    return tmp_path


def test_files_find_their_deployment_by_folder_and_time(source):
    _, importer = importer_for(source / "md.json")
    problems = Problems()
    with Survey() as survey:
        reading = Reading(deployments=source / "deployments.csv")
        importer.read(source / "md.json", survey, problems, reading)
        where = {one.media: one.deployment for one in survey.observations()}
        assert survey.count(Observation) == len(FILES)
        assert {"d1", "d2", "d3"} <= {one.id for one in survey.deployments()}
    assert where == {
        "north/a.jpg": "d1",
        "north/b.jpg": "d2",
        "card-7/c2/c.jpg": "d2",
        "north/late.jpg": "north",
        "elsewhere/d.jpg": "elsewhere",
    }
    told = [str(problem) for problem in problems.kept if problem.file == "md.json"]
    assert len(told) == 2
    assert "north had 0 deployments out at 2018-12-12T01:00:00" in told[0]
    assert "row 5" in told[1]


def test_a_table_without_deployments_is_refused(source):
    _, importer = importer_for(source / "md.json")
    empty = source / "empty.csv"
    empty.write_text("deploymentID,deploymentStart,deploymentEnd\n")
    for table in (empty, source / "none.csv"):
        with Survey() as survey, pytest.raises(TableError, match=table.name):
            importer.read(source / "md.json", survey, Problems(), Reading(deployments=table))


def test_the_effort_reaches_secr(source):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")

    def run(*words):
        told = CliRunner().invoke(app, [*words, "--data-dir", str(source / "data"), "--by", "A"])
        assert told.exit_code == 0, told.output
        return told.output

    table = str(source / "deployments.csv")
    run("import", str(source / "md.json"), "--deployments", table, "--yes")
    with Catalogue.open(source / "data") as catalogue:
        (one,) = [s for s in catalogue.sightings() if s.file_names == ("north/a.jpg",)]
        assert one.position == (43.5, 55.0)
        catalogue.enrol(one.id, "Aidar", by="Asel", why="seen")
    run("export", "secr", str(source / "secr"), "--exact-places", "--occasion-days", "10")
    assert "Aidar" in (source / "secr" / "captures.txt").read_text()
    traps = (source / "secr" / "traps.txt").read_text()
    assert "South" in traps  # a station without an animal is effort too
