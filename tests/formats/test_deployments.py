"""MegaDetector's results joined to a table of deployments by folder and time, up to secr."""

import io
import json

import pytest
from PIL import Image as Pil
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


def placed(file, north):
    exif = Pil.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (north, 0.0, 0.0), 3: "E", 4: (55.0, 0.0, 0.0)})
    out = io.BytesIO()
    Pil.open(file).convert("RGB").save(out, "JPEG", exif=exif)
    file.write_bytes(out.getvalue())


def test_positions_by_exif_only_when_asked_and_never_before_a_table(source):
    for name, north in dict(zip(FILES, (43.5, 43.5, 43.5, 43.5, 44.25), strict=True)).items():
        placed(source / name, north)

    def run(*more):
        words = ["import", str(source / "md.json"), "--by", "A", "--data-dir", str(source / "data")]
        told = CliRunner().invoke(app, [*words, *more])
        assert told.exit_code == 0, told.output
        return told.output

    assert "3 deployments have no position" in run()
    assert "have no position" not in (told := run("--exif-positions"))
    assert "44.25" not in told
    placed(source / "north" / "a.jpg", 46.5)
    told = run("--exif-positions", "--deployments", str(source / "deployments.csv"))
    assert "deployments, column d1: EXIF says another place, more than 1 km" in told
    assert "46.5" not in told
    told = run("--exif-positions", "--yes")
    assert "column north: EXIF says places more than 1 km apart" in told
    with Catalogue.open(source / "data") as catalogue:
        places = {s.station: s.position for s in catalogue.sightings()}
    assert places["north"] is None
    assert places["elsewhere"] == (44.25, 55.0)
