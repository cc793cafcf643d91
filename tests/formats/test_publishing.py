"""Darwin Core, maps, and the wildlife-datasets table going out; the commands."""

import csv
import json
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import pytest

from reid.exporters import FORMATS, Writing, exporter_for, snapshot
from reid.exporters.tracks import line_of, ordered


@pytest.fixture
def out(catalogue, take, tmp_path, making):
    """What a format writes of a small imported package."""
    take(making.package(tmp_path / "p"), catalogue)

    def write(name, exactness="exact"):
        with snapshot(catalogue, exactness=exactness) as survey:
            return exporter_for(name).write(survey, tmp_path / name, Writing())

    return write


def test_darwin_core_occurrences(out, tmp_path):
    out("darwin-core", "0.1")
    with (tmp_path / "darwin-core" / "occurrence.csv").open() as file:
        rows = {row["occurrenceID"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"e1", "e2", "e3"}
    one = rows["e1"]
    assert one["organismID"] == "Aidar"
    assert one["eventDate"] == "2018-09-29T22:57:00+05:00/2018-09-29T22:57:05+05:00"
    assert (one["decimalLatitude"], one["decimalLongitude"]) == ("43.5", "55.0")
    assert "0.1 degree" in one["dataGeneralizations"]
    assert float(one["coordinateUncertaintyInMeters"]) > 7000
    assert one["identifiedBy"] == "Asel"
    assert "also 2018-11-06" in one["occurrenceRemarks"]
    assert rows["e3"]["associatedMedia"] == "https://example.org/d.jpg"


def test_withheld_positions_are_nowhere_and_said(out, tmp_path):
    out("darwin-core", "withheld")
    told = (tmp_path / "darwin-core" / "occurrence.csv").read_text()
    assert "43." not in told
    assert "position withheld" in told
    written = out("geojson", "withheld")
    assert json.loads(written.files[0].read_text())["features"] == []
    assert "4 observations are on no map" in written.notes[0]


@pytest.mark.parametrize("name", ["geojson", "kml"])
def test_maps_are_read_by_gdal(out, name):
    gdal = pytest.importorskip("pyogrio", reason="GDAL's reader is not here: pip install pyogrio")
    (file,) = out(name, "0.01").files
    found = [gdal.read_info(file, layer=layer) for layer, _ in gdal.list_layers(file)]
    assert {info["crs"] for info in found} == {"EPSG:4326"}
    placed = file.read_text().count('"type": "Feature"' if name == "geojson" else "<Placemark")
    assert sum(info["features"] for info in found) == placed > 0


def test_maps_are_valid_kml(out):
    pytest.importorskip("lxml", reason="schemas are not checked here: pip install fastkml lxml")
    checked = pytest.importorskip("fastkml.validator", reason="pip install fastkml")
    assert checked.validate(file_to_validate=out("kml", "0.01").files[0])


def test_maps(out):
    told = json.loads(out("geojson", "0.01").files[0].read_text())
    first = told["features"][0]
    assert (first["properties"]["individualID"], first["geometry"]["coordinates"]) == (
        None,
        [55.2, 43.6],
    )
    assert told["features"][1]["geometry"]["coordinates"] == [55.01, 43.51]
    root = ElementTree.parse(out("kml").files[0]).getroot()
    spaces = {"k": "http://www.opengis.net/kml/2.2"}
    folders = root.findall(".//k:Folder", spaces)
    assert [f.find("k:name", spaces).text for f in folders] == ["not identified", "Aidar"]
    assert len(folders[1].findall("k:Placemark/k:Point", spaces)) == 2
    # November's date is disputed, but all of it lies before December
    line = folders[1].find("k:Placemark/k:LineString/k:coordinates", spaces).text
    assert len(line.split()) == 2
    assert folders[0].find("k:Placemark/k:LineString", spaces) is None
    (way,) = [f for f in told["features"] if f["geometry"]["type"] == "LineString"]
    assert way["geometry"]["coordinates"] == [[55.01, 43.51], [55.2, 43.6]]
    assert way["properties"]["orderDisputed"] == []


def test_a_disputed_order_is_on_no_line():
    def point(day, east, event):
        return datetime(2018, 11, day), east, 43.5, "s", event, ""

    points = [point(11, 1.0, "november"), point(8, 2.0, "between"), point(20, 3.0, "later")]
    spans = {"november": (datetime(2018, 11, 6), datetime(2018, 11, 11))}
    sure, unsure = ordered(points, spans)
    assert [one[4] for one in sure] == ["between", "later"]
    assert [one[4] for one in unsure] == ["november"]
    assert line_of(sure) == [(2.0, 43.5), (3.0, 43.5)]
    assert [one[4] for one in ordered(points, {})[0]] == ["between", "november", "later"]
    assert line_of([points[0], points[0]]) == []


def test_wildlife_datasets_out_and_in_again(out, take, other, tmp_path):
    written = out("wildlife-datasets")
    taken = take(written.files[0], other, root=tmp_path / "p")
    assert taken.format == "wildlife-datasets"
    assert other.individual("Aidar").sighting_ids == ("e1", "e2")
    one = other.load_sighting("e1")
    assert (one.media[0].boxes[0].x_px, one.media[0].flank) == (4.0, "left")


def text_of(file):
    """All of a file; of a workbook, all of its parts."""
    if file.suffix != ".xlsx":
        return file.read_text()
    with zipfile.ZipFile(file) as book:
        return "".join(book.read(part).decode() for part in book.namelist())


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("exactness", ["0.1", "0.001"])
def test_no_format_tells_more_than_the_role_may_see(out, name, exactness):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    for file in out(name, exactness).files:
        told = text_of(file)
        assert "43.51234" not in told
        assert "55.01234" not in told
