"""Small sources made here: a Camtrap DP package with pictures of noise."""

import csv
import io
import json

import numpy as np
from openpyxl import Workbook
from PIL import Image

DEPLOYMENTS = [
    {
        "deploymentID": "d1",
        "locationID": "north",
        "latitude": "43.51234",
        "longitude": "55.01234",
        "deploymentStart": "2018-09-01T00:00:00+05:00",
        "deploymentEnd": "2018-10-01T00:00:00+05:00",
        "cameraID": "c1",
        "cameraHeight": "0.5",
        "habitat": "saxaul",
        "reconyxPin": "1234",
    },
    {
        "deploymentID": "d2",
        "locationID": "south",
        "latitude": "43.6",
        "longitude": "55.2",
        "deploymentStart": "2018-09-01T00:00:00+05:00",
        "deploymentEnd": "2018-12-31T00:00:00+05:00",
        "cameraID": "c2",
    },
]
MEDIA = [
    ("m1", "d1", "2018-09-29T22:57:00+05:00", "pictures/a.jpg"),
    ("m2", "d1", "2018-09-29T22:57:05+05:00", "pictures/b.jpg"),
    ("m3", "d2", "2018-12-07T16:27:00+05:00", "pictures/c.jpg"),
    ("m4", "d2", "2018-12-08T16:27:00+05:00", "https://example.org/d.jpg"),
    ("m5", "d2", "2018-12-09T16:27:00+05:00", "pictures/fox.jpg"),
]


def observations():
    shared = {"observationLevel": "media", "observationType": "animal", "count": "1"}
    leopard = {**shared, "scientificName": "Panthera pardus"}
    box = dict(
        zip(("bboxX", "bboxY", "bboxWidth", "bboxHeight"), (".1", ".2", ".5", ".5"), strict=True)
    )
    classified = {
        "classificationMethod": "human",
        "classifiedBy": "Asel",
        "classificationTimestamp": "2019-01-01T10:00:00Z",
        "classificationProbability": "0.9",
        "observationTags": "flank:left | wet",
    }
    rows = [
        {**leopard, **box, "mediaID": "m1", "eventID": "e1", "individualID": "Aidar", **classified},
        {**leopard, "mediaID": "m2", "eventID": "e1", "observationTags": "disputedTime:2018-11-06"},
        {**leopard, "mediaID": "m3", "eventID": "e2", "individualID": "Aidar", **classified},
        {**leopard, "mediaID": "m4", "eventID": "e3"},
        {**shared, "mediaID": "m5", "eventID": "e4", "scientificName": "Vulpes vulpes"},
    ]
    when = {name: (deployment, at) for name, deployment, at, _ in MEDIA}
    for number, row in enumerate(rows, start=1):
        deployment, at = when[row["mediaID"]]
        start = when["m1"][1] if row["eventID"] == "e1" else at
        row |= {"observationID": f"o{number}", "deploymentID": deployment}
        row |= {"eventStart": start, "eventEnd": at}
    return rows


def media():
    keys = ("mediaID", "deploymentID", "timestamp", "filePath")
    extra = {"filePublic": "false", "fileMediatype": "image/jpeg"}
    return [{**dict(zip(keys, row, strict=True)), **extra} for row in MEDIA]


def picture(file, seed):
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file)
    return file


def table(file, rows, **how):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", **how)
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(out.getvalue(), encoding="utf-8")
    return file


def workbook(file, rows):
    book = Workbook()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    book.active.append(columns)
    for row in rows:
        book.active.append([row.get(column) for column in columns])
    book.save(file)
    return file


def package(folder, **changed):
    """A package; ``changed`` replaces the rows of a table."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"deployments": DEPLOYMENTS, "media": media(), "observations": observations()}
    tables |= changed
    for name, rows in tables.items():
        table(folder / f"{name}.csv", rows)
    table(folder / "weather.csv", [{"day": "2018-09-29", "rain": "0"}])
    for seed, name in enumerate(("a", "b", "c", "fox")):
        picture(folder / "pictures" / f"{name}.jpg", seed)
    resources = [{"name": n, "path": f"{n}.csv"} for n in (*tables, "weather")]
    descriptor = {
        "name": "survey",
        "profile": "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/camtrap-dp-profile.json",
        "project": {"title": "Saxaul", "samplingDesign": "targeted"},
        "resources": resources,
        "grant": "A-1",
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    return folder
