"""A Camtrap DP package as an archive: stations, cameras, positions, events, boxes, changes."""

import csv
import json
import zipfile
from datetime import timedelta

import pytest

from reid.batch import BatchOptions, submit_batch
from reid.batch.scan import scan_file
from reid.batch.sources import open_source, told_boxes
from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobState, JobStore
from reid.errors import ImageError, InputError, InputsChangedError
from reid.types import AnnotationOrigin, Box, Flank

PLACE = ("43.51234", "55.01234")
DEPLOYMENTS = [
    {"deploymentID": "d1", "locationID": "north", "cameraID": "A", "latitude": PLACE[0]}
    | {"longitude": PLACE[1]},
    {"deploymentID": "d2", "locationID": "north", "cameraID": "B", "latitude": PLACE[0]}
    | {"longitude": PLACE[1]},
    {"deploymentID": "d3", "locationName": "south", "latitude": "0", "longitude": "0"},
]
MEDIA = {
    "m1": ("d1", "2026-03-01T06:00:00+05:00", "pics/a.jpg"),
    "m2": ("d2", "2026-03-01T06:00:04+05:00", "pics/b.jpg"),
    "m3": ("d1", "2026-03-02T06:00:00+05:00", "pics/two.jpg"),
    "m4": ("d1", "2026-03-02T06:00:02+05:00", "pics/one.jpg"),
    "m5": ("d3", "2026-03-03T06:00:00+05:00", r"D:\cards\pics\c.jpg"),
    "m6": ("d3", "2026-03-04T06:00:00+05:00", "https://example.org/d.jpg"),
    "m7": ("d3", "", "pics/blank.jpg"),
    "m8": ("d3", "2026-03-05T06:00:00+05:00", "../secret.jpg"),
    "m9": ("d3", "2026-03-06T06:00:00+05:00", "pics/gone.jpg"),
}
LEOPARD = {"observationType": "animal", "scientificName": "Panthera pardus"}


def box(*values):
    return dict(zip(("bboxX", "bboxY", "bboxWidth", "bboxHeight"), map(str, values), strict=True))


OBSERVATIONS = [
    {**LEOPARD, "mediaID": "m1", "eventID": "e/1", **box(0.1, 0.2, 0.5, 0.5)}
    | {"observationTags": "flank:left | disputedTime:2026-02-27"},
    {"observationType": "blank", "mediaID": "m2", "eventID": "e/1"},
    {**LEOPARD, "mediaID": "m3", "eventID": "e2", "individualID": "Aidar", **box(0, 0, 0.4, 1)},
    {**LEOPARD, "mediaID": "m3", "eventID": "e2", "individualID": "Bota", **box(0.5, 0, 0.4, 1)},
    {**LEOPARD, "mediaID": "m4", "eventID": "e2", "individualID": "Bota"},
    {"observationType": "animal", "scientificName": "Vulpes vulpes", "mediaID": "m5"}
    | {"observationTags": "flank:right"},
    {"observationType": "blank", "observationLevel": "event", "eventID": "e3"}
    | {"deploymentID": "d3", "eventStart": "2026-03-04T05:59:00+05:00"}
    | {"eventEnd": "2026-03-04T06:01:00+05:00"},
    {"observationType": "blank", "mediaID": "m7", "eventID": "e4"}
    | {"eventStart": "2026-03-07T06:00:00+05:00", "deploymentID": "d3"},
]


def write(file, rows):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns)
        table.writeheader()
        table.writerows(rows)


@pytest.fixture
def package(tmp_path, put):
    """A package with its pictures; two of them are not there, one is on the web."""
    folder = tmp_path / "package"
    names = ("a", "b", "two", "one", "c", "blank")
    put(folder, **{f"pics/{name}.jpg": name.encode() for name in names})
    put(tmp_path, **{"secret.jpg": b"secret"})
    resources = [{"name": n, "path": f"{n}.csv"} for n in ("deployments", "media", "observations")]
    profile = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0/camtrap-dp-profile.json"
    told = {"profile": profile, "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(told))
    keys = ("deploymentID", "timestamp", "filePath")
    media = [
        {"mediaID": name, **dict(zip(keys, row, strict=True)), "filePublic": "false"}
        for name, row in MEDIA.items()
    ]
    seen = [
        {"observationID": f"o{n}", "deploymentID": MEDIA.get(one.get("mediaID"), ("d3",))[0]} | one
        for n, one in enumerate(OBSERVATIONS)
    ]
    write(folder / "deployments.csv", DEPLOYMENTS)
    write(folder / "media.csv", media)
    write(folder / "observations.csv", seen)
    return folder


@pytest.fixture
def store(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield JobStore.of(opened)


def told(package):
    return {entry.name: entry.told for entry in open_source(package).entries()}


def test_what_the_tables_tell_of_each_file(package):
    found = told(package)
    first = found["pics/a.jpg"]
    place = [float(degrees) for degrees in PLACE]
    assert (first["station"], first["camera"], first["flank"]) == ("north", "A", "left")
    assert (first["sighting"], first["position"]) == ("e--1", place)
    assert [by for _, by in first["times"]] == ["timestamp", "datetime_alt (disputedTime)"]
    assert told_boxes(first, (200, 100)) == (Box(20, 20, 100, 50),)
    south = found["pics/c.jpg"]
    assert (south["station"], south["camera"]) == ("south", "d3")
    assert south["flank"] == "right"
    assert "position" not in south, "0, 0 was never set"
    assert "sighting" not in south, "no event: its time decides"


def test_licences_of_a_package_are_of_its_files_and_of_what_it_says(package):
    assert "licence" not in told(package)["pics/a.jpg"]
    descriptor = package / "datapackage.json"
    said = json.loads(descriptor.read_text())
    said["licenses"] = [
        {"name": "CC0-1.0", "scope": "data"},
        {"name": "CC-BY-NC-4.0", "scope": "media"},
    ]
    descriptor.write_text(json.dumps(said))
    found = told(package)
    assert found["pics/a.jpg"]["licence"] == "CC-BY-NC-4.0"
    assert found["pics/a.jpg"]["data_licence"] == "CC0-1.0"
    assert found["https://example.org/d.jpg"]["data_licence"] == "CC0-1.0", "of a whole event"
    assert found["../secret.jpg"]["data_licence"] == "CC0-1.0", "nobody observed anything there"


def test_an_event_is_a_sighting_with_all_its_files_and_animals_told_apart_are_several(package):
    found = told(package)
    assert found["pics/b.jpg"]["sighting"] == "e--1", "a blank of the same event"
    assert found["pics/one.jpg"]["sighting"] == "e2--Bota"
    both = found["pics/two.jpg"]
    assert both["sighting"] == "m3", "it shows two animals and stands alone"
    assert len(both["relative_boxes"]) == 2
    assert found["https://example.org/d.jpg"]["sighting"] == "e3", "of a whole event"
    assert found["pics/blank.jpg"]["times"] == [["2026-03-07T06:00:00+05:00", "eventStart"]]


def test_files_that_cannot_be_read_are_listed_and_nothing_outside_is(package):
    entries = {entry.name: entry for entry in open_source(package).entries()}
    assert len(entries) == len(MEDIA)
    missing = {
        "https://example.org/d.jpg": "a URL",
        "../secret.jpg": "leads out of it",
        "pics/gone.jpg": "no file at this path",
    }
    for name, why in missing.items():
        assert entries[name].size == -1
        trouble = entries[name].told["trouble"]
        with pytest.raises(ImageError, match=why):
            scan_file(package, name, BatchOptions(), trouble=trouble)
    assert {name for name, one in entries.items() if one.size < 0} == set(missing)


def test_what_was_not_understood_is_noted_without_places(package):
    lines = (package / "deployments.csv").read_text().replace(PLACE[1], "", 1)
    (package / "deployments.csv").write_text(lines)
    source = open_source(package)
    assert any("latitude and longitude together" in note for note in source.notes)
    assert not any(PLACE[0] in note for note in source.notes)


def test_the_folder_and_its_descriptor_are_the_same_archive(store, package):
    first, created = submit_batch(store, package, BatchOptions())
    again, twice = submit_batch(store, package / "datapackage.json", BatchOptions())
    assert (created, twice, again.id) == (True, False, first.id)
    assert first.params["source"] == str(package.resolve())


@pytest.mark.parametrize("how", ["gone", "changed", "described otherwise"])
def test_a_changed_package_is_refused(store, package, put, how):
    job, _ = submit_batch(store, package, BatchOptions())
    store.cancel(job.id)
    if how == "gone":
        (package / "pics/a.jpg").unlink()
    elif how == "changed":
        put(package, **{"pics/a.jpg": b"longer"})
    else:
        table = package / "deployments.csv"
        table.write_text(table.read_text().replace(",A,", ",C,"))
    with pytest.raises(InputsChangedError, match=rf"pics/a\.jpg \({how}\)"):
        submit_batch(store, package, BatchOptions())


def test_a_package_that_cannot_be_read_and_a_zip_file_are_refused(store, package, tmp_path):
    (package / "datapackage.json").write_text("{")
    with pytest.raises(InputError, match=r"datapackage\.json: expected JSON"):
        submit_batch(store, package, BatchOptions())
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as out:
        out.writestr("datapackage.json", "{}")
    with pytest.raises(InputError, match=r"p\.zip: .* unpack it first"):
        submit_batch(store, tmp_path / "p.zip", BatchOptions())


@pytest.mark.slow
def test_a_package_is_worked_through_from_its_files_to_proposals(
    package, library, work, picture, caplog
):
    """The real stages: one animal at two cameras of one event, and again days later."""
    caplog.set_level("DEBUG")
    small = {"size_px": 420.0}
    for name, individual, flank in (("a", 7, Flank.LEFT), ("b", 7, Flank.RIGHT)):
        (package / f"pics/{name}.jpg").write_bytes(picture(individual, flank, 1, **small))
    (package / "pics/c.jpg").write_bytes(picture(7, Flank.LEFT, 3, timedelta(days=2), **small))
    for name in ("two", "one", "blank"):
        (package / f"pics/{name}.jpg").write_bytes(b"no picture")
    job = work(library, package)
    assert job.state is JobState.DONE, job.problem
    stored = library.catalogue.sighting("e--1")
    assert (stored.station, stored.position) == ("north", tuple(map(float, PLACE)))
    assert stored.file_names == ("pics/a.jpg", "pics/b.jpg")
    assert [f"{time.at:%m-%d %z}" for time in stored.times][:1] == ["03-01 +0500"]
    assert [time.source for time in stored.times][1:] == ["datetime_alt (disputedTime)"]
    found = library.catalogue.load_prepared("e--1")
    assert {a.camera for a in found} == {"A", "B"}
    assert AnnotationOrigin.USER in {a.annotation.origin for a in found}, "the box was taken"
    assert job.result["media"] == {"used": 3, "bad": 6, "copies": 0}
    folder = library.catalogue.data_dir / "jobs" / job.id
    report = (folder / "report.md").read_text()
    assert "https://example.org/d.jpg: a URL" in report.replace("\\", "")
    told = caplog.text + "".join(f.read_text() for f in folder.iterdir())
    assert not any(degrees in told for degrees in PLACE), "no place in logs, tables, report"
