"""Sources of every format as they are met: each with the same oddities, where the format has them.

A builder returns the source, and for each oddity what is to be said of it.
"""

import csv
import io
import json

WINDOWS = "D:\\cards\\7\\far.jpg"
EXCEL = "43441.685416666667"  # 2018-12-07 16:27


def pictures(folder, making):
    making.picture(folder / "good.jpg", 1)
    making.picture(folder / "far.jpg", 2)
    making.picture(folder / "other.jpg", 3)
    (folder / "empty.jpg").touch()
    return folder


def odd_csv(file, rows):
    """Semicolons, a BOM, and in the last row another encoding."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    *lines, last = out.getvalue().splitlines(keepends=True)
    file.write_bytes("".join(lines).encode("utf-8-sig") + last.encode("cp1252"))
    return file


def camtrap(folder, making):
    files = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg", "other.jpg"]
    odd_csv(
        folder / "deployments.csv",
        [{"deploymentID": "d1", "locationID": "north", "latitude": "43,5", "longitude": "55"},
         {"deploymentID": "d2", "locationID": "Öst", "latitude": "143", "longitude": "55"}],
    )  # fmt: skip
    odd_csv(
        folder / "media.csv",
        [{"mediaID": f"m{n if n < 4 else 0}", "deploymentID": "d1", "filePath": file,
          "timestamp": EXCEL, "note": "Ö" * (n == 4)} for n, file in enumerate(files)],
    )  # fmt: skip
    seen = {"deploymentID": "d1", "observationType": "animal", "scientificName": "Panthera pardus"}
    odd_csv(
        folder / "observations.csv",
        [{"observationID": f"o{n}", "mediaID": f"m{n}", "eventID": f"e{n}", **seen,
          "lifeStage": "adult", "classificationMethod": "guess" if n == 2 else "human",
          "bboxX": "0.9" if n == 3 else "0.1", "bboxY": "0.1", "bboxWidth": "0.5",
          "bboxHeight": "0.5", "note": "Ö" * (n == 3)} for n in range(4)],
    )  # fmt: skip
    (folder / "datapackage.json").write_text('{"profile": "camtrap-dp/1.0"}')
    return folder, {
        "missing column": "deployments.csv, row 1, column deploymentStart: expected this column",
        "encoding": "media.csv, row 6: expected UTF-8; read as Windows-1252",
        "duplicate": "media.csv, row 6, column mediaID: expected each id once",
        "no zone": "media.csv, row 2, column timestamp: no time zone",
        "empty file": "media, column m1: 0 bytes",
        "word": "observations.csv, row 4, column classificationMethod: expected one of human",
        "box": "observations.csv, row 5, column bboxX: expected a box inside the picture",
        "position": "deployments.csv, row 3, column latitude: expected a number from -90 to 90",
    }


def insights(folder, making):
    odd_csv(
        folder / "deployments.csv",
        [{"project_id": "1", "deployment_id": "d1", "placename": "north", "longitude": "55",
          "latitude": "43,5", "start_date": "2018-09-01", "end_date": "2018-08-01"},
         {"project_id": "1", "deployment_id": "d1", "placename": "Öst", "longitude": "55"}],
    )  # fmt: skip
    common = {"project_id": "1", "deployment_id": "d1", "genus": "Panthera", "species": "pardus"}
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg", "more.jpg", "lost.jpg"]
    rows = [
        {"image_id": f"i{n}", **common, "filename": name, "timestamp": EXCEL, "is_blank": "0",
         "identified_by": "Asel", "sex": "M", "number_of_objects": "1", "individual_id": ""}
        for n, name in enumerate(names)
    ]  # fmt: skip
    rows[2]["sex"] = "lion"
    rows[3]["is_blank"] = "perhaps"
    rows[4]["deployment_id"] = "d9"
    rows[5] |= {"image_id": "i0", "common_name": "Ö"}
    odd_csv(folder / "images.csv", rows)
    return folder, {
        "duplicate": "images.csv, row 7, column image_id: expected one file for an id",
        "encoding": "images.csv, row 7: expected UTF-8",
        "empty file": "media, column i1: 0 bytes",
        "word": "images.csv, row 4, column sex: expected one of female, male",
        "blank": "images.csv, row 5, column is_blank: expected 0 or 1",
        "reference": "images.csv, row 6, column deployment_id: expected a deployment",
        "no zone": "images.csv, row 2, column timestamp: no time zone",
        "span": "deployments.csv, row 2, column end_date: expected an end after the start",
    }


def wildbook(folder, making):
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg"]
    rows = [
        {"Encounter.mediaAsset0": name, "Encounter.genus": "Panthera",
         "Encounter.specificEpithet": "pardus", "Encounter.month": 12, "Encounter.day": 7,
         "Encounter.hour": 16, "Encounter.minutes": 27, "Encounter.year": 2018,
         "Encounter.locationID": "Öst", "Encounter.decimalLatitude": 43.5,
         "Encounter.decimalLongitude": 55, "Encounter.sex": "male"}
        for name in names
    ]  # fmt: skip
    rows[1]["Encounter.sex"] = "lion"
    rows[2]["Encounter.month"] = 13
    rows[3] |= {"Encounter.decimalLatitude": 143, "Encounter.locationID": '="Ö"&"st"'}
    rows.append({"Encounter.genus": "Panthera", "Encounter.year": "=2000+18"})
    return making.workbook(folder / "bulk.xlsx", rows), {
        "no zone": "bulk.xlsx[Sheet], row 2, column Encounter.year: no time zone",
        "empty file": "media, column empty.jpg: 0 bytes",
        "word": "row 3, column Encounter.sex: expected one of female, male",
        "number": "row 4, column Encounter.month: expected a number from 1 to 12",
        "position": "row 5, column Encounter.decimalLatitude: expected a number from -90 to 90",
        "formula": "row 5, column Encounter.locationID: a formula, never computed here",
        "no file": "row 6, column Encounter.mediaAsset0: expected the name of a file",
    }


def miewid(folder, making):
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg", "other.jpg"]
    rows = [
        {"annot_uuid": f"a{n}", "name": "", "viewpoint": "left", "file_name": name,
         "species": "leopard", "x": "1", "y": "2", "w": "10", "h": "20", "date": EXCEL}
        for n, name in enumerate(names)
    ]  # fmt: skip
    rows[1]["w"] = "-3"
    rows[2]["theta"] = "north"
    rows[3]["x"] = "400"
    rows[4] |= {"annot_uuid": "a0", "note": "Ö"}
    for row in rows:
        del row["species"]
    return odd_csv(folder / "miewid.csv", rows), {
        "missing column": "miewid.csv, row 1, column species: expected this column",
        "duplicate": "miewid.csv, row 6, column annot_uuid: expected each id once",
        "encoding": "miewid.csv, row 6: expected UTF-8",
        "no zone": "miewid.csv, row 2, column date: no time zone",
        "empty file": "media, column empty.jpg: 0 bytes",
        "number": "miewid.csv, row 4, column theta: expected a number",
        "size": "miewid.csv, row 3, column x: expected a box in the picture",
        "box": "outside the picture of 40 x 30 pixels",
    }


def wildlife(folder, making):
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg", "other.jpg"]
    rows = [
        {"image_id": str(n), "identity": "unknown", "path": name, "bbox": "[1, 2, 10, 20]",
         "date": EXCEL, "orientation": "left"}
        for n, name in enumerate(names)
    ]  # fmt: skip
    rows[2]["orientation"] = "up"
    rows[3]["bbox"] = "[400, 2, 5, 5]"
    rows[4] |= {"image_id": "0", "note": "Ö"}
    return odd_csv(folder / "metadata.csv", rows), {
        "duplicate": "metadata.csv, row 6, column image_id: expected each id once",
        "encoding": "metadata.csv, row 6: expected UTF-8",
        "no zone": "metadata.csv, row 2, column date: no time zone",
        "empty file": "media, column empty.jpg: 0 bytes",
        "word": "metadata.csv, row 4, column orientation: expected one of left",
        "box": "outside the picture of 40 x 30 pixels",
    }


def coco(folder, making):
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg", "twice.jpg"]
    images = [
        {"id": f"i{n if n < 4 else 0}", "file_name": name, "location": n % 2, "width": 40,
         "height": 30, "datetime": "2018-12-07 16:27:00"}
        for n, name in enumerate(names)
    ]  # fmt: skip
    images[3]["datetime"] = "12/11/2018 10:00"
    annotations = [
        {"id": n, "image_id": f"i{n}", "category_id": 1, "bbox": [1, 2, 10, 20]} for n in range(4)
    ]
    annotations[3]["bbox"] = [400, 2, 10, 20]
    annotations += [
        {"id": 0, "image_id": "i0", "category_id": 1, "count": 0},
        {"id": 8, "image_id": "i9", "category_id": 1},
        {"id": 9, "image_id": "i0", "category_id": 77},
    ]
    categories = [{"id": 0, "name": "empty"}, {"id": 1, "name": "leopard"}, {"name": "no id"}]
    told = {"annotations": annotations, "categories": categories, "images": images}
    file = folder / "cct.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(told).encode())
    return file, {
        "duplicate": "cct.json, row 5, column images.id: expected each id once",
        "duplicate annotation": "cct.json, row 5, column annotations.id: expected each id once",
        "no zone": "cct.json, row 1, column images.datetime: no time zone",
        "time": "cct.json, row 4, column images.datetime: expected year-month-day",
        "empty file": "media, column i1: 0 bytes",
        "box": "cct.json, row 4, column annotations.bbox: expected a box inside the picture",
        "count": "cct.json, row 5, column annotations.count: expected a number from 1",
        "reference": "cct.json, row 6, column annotations.image_id: expected an id",
        "word": "cct.json, row 7, column annotations.category_id: expected an id",
        "category": "cct.json, row 3, column categories: expected an id and a name",
    }


def megadetector(folder, making):
    found = {"category": "1", "conf": 0.9, "bbox": [0.1, 0.1, 0.5, 0.5]}
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg", "good.jpg"]
    images = [{"file": name, "detections": [found]} for name in names]
    images[2]["datetime"] = "12/11/2018"
    images[3]["detections"] = [{**found, "category": "9", "bbox": [0.9, 0, 0.5, 1]}, found]
    file = folder / "md.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps({"images": images}).encode())
    return file, {
        "duplicate": "md.json, row 5, column file: expected each file once",
        "empty file": "media, column empty.jpg: 0 bytes",
        "word": "md.json, row 4, column detections[0].category: expected a category",
        "box": "md.json, row 4, column detections[0].bbox: expected [x, y, width, height]",
        "time": "md.json, row 3, column datetime: expected year-month-day",
    }


def table(folder, making):
    names = ["good.jpg", "empty.jpg", WINDOWS, "other.jpg"]
    rows = [
        {"Photo": name, "Station": "north", "Date": EXCEL, "Lat": "43,5", "Lon": "55",
         "Side": "left", "Box": "1 2 10 20", "Sex": "f"}
        for name in names
    ]  # fmt: skip
    rows[1]["Side"] = "up"
    rows[2]["Box"] = "1 2"
    rows[3] |= {"Lat": "44", "Box": "400,2,5,5", "Sex": "Ö"}
    return odd_csv(folder / "field.csv", rows), {
        "encoding": "field.csv, row 5: expected UTF-8",
        "no zone": "field.csv, row 2, column Date: no time zone",
        "empty file": "media, column empty.jpg: 0 bytes",
        "flank": "field.csv, row 3, column Side: expected left, right, front or back",
        "box": "field.csv, row 4, column Box: expected x, y, width, height in pixels",
        "outside": "outside the picture of 40 x 30 pixels",
        "word": "field.csv, row 5, column Sex: expected one of female, male",
        "position": "field.csv, row 5, column Lat: expected one position for a deployment",
    }


def folders(folder, making):
    inside = folder / "unknown"
    inside.mkdir()
    for name in ("good.jpg", "far.jpg", "other.jpg", "empty.jpg"):
        (folder / name).rename(inside / name)
    (inside / "notes.txt").write_text("x")
    return folder, {
        "empty file": "media, column unknown/empty.jpg: 0 bytes",
        "clutter": "unknown/notes.txt: expected a picture",
    }


FORMATS = {
    "camtrap-dp": camtrap,
    "wildlife-insights": insights,
    "megadetector": megadetector,
    "coco-camera-traps": coco,
    "wildbook": wildbook,
    "miewid": miewid,
    "wildlife-datasets": wildlife,
    "table": table,
    "folders": folders,
}
