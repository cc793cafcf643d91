"""Every block of docs/formats.md is run, on small sources of the names that it uses."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reid.catalogue import Catalogue
from reid.cli import app
from reid.exporters import FORMATS as OUT
from reid.importers import FORMATS as IN

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def field(tmp_path_factory, making):
    """A folder with a source of each kind, and an empty catalogue."""
    root = tmp_path_factory.mktemp("field")
    making.package(root / "package")
    making.picture(root / "pictures" / "north" / "a.jpg", 1)
    making.picture(root / "known" / "Bota" / "1.jpg", 2)
    found = {"category": "1", "conf": 0.9, "bbox": [0.1, 0.1, 0.5, 0.5]}
    images = [{"file": "north/a.jpg", "detections": [found]}]
    (root / "md.json").write_text(json.dumps({"images": images}))
    making.table(root / "metadata.csv", [{"identity": "Bota", "path": "known/Bota/1.jpg"}])
    told = {"images": [{"id": "i1", "file_name": "pictures/north/a.jpg", "location": "north"}],
            "categories": [{"id": 1, "name": "leopard"}],
            "annotations": [{"id": "a1", "image_id": "i1", "category_id": 1}]}  # fmt: skip
    (root / "cct.json").write_text(json.dumps(told))
    insights = root / "wildlife-insights"
    insights.mkdir()
    making.table(insights / "deployments.csv", [{"deployment_id": "d1", "placename": "north"}])
    making.table(insights / "images.csv", [{"deployment_id": "d1", "image_id": "i1"}])
    making.workbook(root / "bulk.xlsx", [{"Encounter.mediaAsset0": "1.jpg",
                                          "Encounter.genus": "Panthera"}])  # fmt: skip
    making.table(root / "miewid.csv", [{"name": "Bota", "file_name": "1.jpg", "viewpoint": "up"}])
    making.workbook(root / "field.xlsx", [{"Photo": "1.jpg", "Site": "north", "Cat": "Bota"}])
    making.table(root / "mapping.csv", [{"theirs": "Photo", "ours": "filePath"},
                                        {"theirs": "Cat", "ours": "individualID"}])  # fmt: skip
    return root


def run(field, *words):
    settings = {"LEOPARD_REID_DATA_DIR": str(field / "data"), "COLUMNS": "200"}
    return CliRunner().invoke(app, list(words), env=settings, prog_name="reid")


def test_every_format_has_an_example():
    told = "\n".join(COMMANDS)
    assert {name for name in OUT if f"export {name} " not in told} == set()
    named = {"megadetector": "md.json", "wildlife-datasets": "metadata.csv", "folders": "known/",
             "coco-camera-traps": "cct.json", "wildlife-insights": "wildlife-insights/",
             "wildbook": "bulk.xlsx", "miewid": "miewid.csv", "table": "field.xlsx"}  # fmt: skip
    assert {n for n in IN if f"import {named.get(n, 'package/')}" not in told} == set()


@pytest.mark.slow
def test_the_page_does_what_it_shows(field, monkeypatch):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    monkeypatch.chdir(field)
    for command in COMMANDS:
        told = run(field, *shlex.split(command, comments=True)[1:])
        assert told.exit_code == 0, f"{command}: {told.output}"
        assert "not valid" not in told.output, command
    assert (field / "out" / "datapackage.json").is_file()
    assert len(list((field / "out-secr").glob("captures-draw-*.txt"))) == 20
    with Catalogue.open(field / "data") as catalogue:
        # only the first source was taken in; the others were looked at
        assert catalogue.individual("Aidar").sighting_ids == ("e1", "e2")


def test_a_dry_run_leaves_no_catalogue(field, tmp_path):
    told = run(field, "import", str(field / "package"), "--by", "Asel", "--data-dir", str(tmp_path))
    assert told.exit_code == 0
    assert "Nothing was changed; add --yes" in told.stdout
    assert list(tmp_path.iterdir()) == []


def test_wrong_words_are_refused(field):
    source = str(field / "package")
    assert run(field, "import", source, "--by", "A", "--dates", "ymd").exit_code == 2
    assert run(field, "export", "kml", str(field / "known"), "--by", "A").exit_code == 2
    assert run(field, "export", "excel", "x", "--by", "A").exit_code == 2
    assert run(field, "export", "geojson", "x", "--by", "A", "--role", "king").exit_code == 2
