"""Formats over HTTP: looked at first, then taken in; exports as zip files."""

import io
import json
import zipfile

import pytest
from PIL import Image as Pil

from reid.client import Client, MissingError, ProblemError
from reid.exporters import FORMATS as OUT
from reid.importers import FORMATS as IN
from reid.paper.contract import PAPERS

HEADER = "Photo,Site,Lat,Lon,Animal,Date,Start,End\n"
ROW = (
    "a.jpg,north,43.51234,55.01234,{},2018-09-29T22:57+05:00,2018-09-01T00:00+05:00,"
    "2018-10-01T00:00+05:00\n"
)
MAPPING = (
    "theirs,ours\nPhoto,filePath\nSite,locationID\nLat,latitude\nLon,longitude\n"
    "Animal,individualID\nDate,timestamp\nStart,deploymentStart\nEnd,deploymentEnd\n"
)
BY = {"by": "Asel"}


def packed(folder, picture, who="Aidar", row=ROW):
    file = folder / "survey.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("survey/field.csv", HEADER + row.format(who))
        archive.writestr("survey/a.jpg", picture(1))
    return file


def test_a_zip_is_looked_at_then_taken_in_once(client, tmp_path, picture):
    file = packed(tmp_path, picture)
    with Client(str(client.base_url)) as service:
        dry = service.import_file(file, by="Asel")
        assert (dry.format, dry.sightings, dry.individuals, dry.done) == ("table", 1, 1, None)
        assert "Photo,filePath" in dry.columns
        assert service.sightings().sightings == ()
        done = service.import_file(file, by="Asel", columns=MAPPING, confirm=True).done
        assert (done.new, done.named, done.sighting_ids) == (1, 1, ("a.jpg",))
        again = service.import_file(file, by="Asel", columns=MAPPING, confirm=True).done
        assert (again.new, again.known, again.named, again.sighting_ids) == (0, 1, 0, ())
    history = client.library.catalogue.history("a.jpg")
    assert (history[0].by, history[0].individual) == ("Asel", "Aidar")
    assert "imported from survey.zip (table)" in history[0].why


def test_what_states_no_licence_is_given_one(client, tmp_path, picture):
    file = packed(tmp_path, picture)
    with Client(str(client.base_url)) as service:
        assert service.import_file(file, by="Asel").licences == {"": 1}
        how = {"by": "Asel", "columns": MAPPING, "licence": "CC BY-NC"}
        assert service.import_file(file, **how, confirm=True).licences == {"CC-BY-NC-4.0": 1}
        with pytest.raises(ProblemError, match=r"SPDX licence.*'ask me'"):
            service.import_file(file, by="Asel", licence="ask me")
    assert client.library.catalogue.load_sighting("a.jpg").media[0].licence == "CC-BY-NC-4.0"


def test_a_table_is_not_taken_in_by_a_guess(client, tmp_path, picture, check_problem):
    sent = {"metadata": json.dumps({**BY, "confirm": True})}
    with packed(tmp_path, picture).open("rb") as file:
        answer = client.post("/v1/imports/files", data=sent, files={"media": ("s.zip", file)})
    check_problem(answer, 422, "invalid")
    assert "columns" in answer.json()["detail"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nothing known"])
def test_what_is_no_source_is_refused(client, check_problem, content):
    for name in ("x.zip", "x.csv", "../../x.json", "x.xlsx"):
        sent = {"metadata": json.dumps(BY)}
        answer = client.post("/v1/imports/files", data=sent, files={"media": (name, content)})
        check_problem(answer, 422, "invalid")


def test_a_zip_that_leads_out_or_grows_is_refused(client, check_problem):
    for name, size in (("../out.csv", 10), ("big.csv", 200_000_000)):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b"\0" * size)
        files = {"media": ("s.zip", made.getvalue())}
        answer = client.post("/v1/imports/files", data={"metadata": json.dumps(BY)}, files=files)
        check_problem(answer, 422, "invalid")


def test_a_source_below_the_archives_folder(serve, tmp_path, picture):
    (tmp_path / "archives" / "s").mkdir(parents=True)
    (tmp_path / "archives" / "s" / "a.jpg").write_bytes(picture(1))
    row = ROW.replace("43.51234", "143.51234")
    (tmp_path / "archives" / "s" / "field.csv").write_text(HEADER + row.format(""))
    running = serve(archives_dir=tmp_path / "archives", places_admin="0.1")
    with Client(str(running.base_url)) as service:
        dry = service.import_archive("s/field.csv", by="Asel")
        assert dry.sightings == 1
        told = "\n".join(dry.problems)
        assert "field.csv, row 2, column Lat: expected a number from -90 to 90" in told
        assert "143.5" not in told
        with pytest.raises(MissingError):
            service.import_archive("elsewhere", by="Asel")


FOUND = [{"category": "1", "conf": 0.9, "bbox": [0.1, 0.1, 0.5, 0.5]}]
DETECTED = {"file": "North/a.jpg", "datetime": "2018-09-29 22:57:00", "detections": FOUND}
TABLE = (
    "deploymentID,locationID,latitude,longitude,deploymentStart,deploymentEnd\n"
    "d1,north,43.51234,55.01234,2018-09-01T00:00:00,2018-10-01T00:00:00\n"
)


def detected(folder, picture, *, table=""):
    """MegaDetector's results with their picture, and perhaps the table, below a folder."""
    (folder / "North").mkdir(parents=True)
    (folder / "North" / "a.jpg").write_bytes(picture(1))
    (folder / "md.json").write_text(json.dumps({"images": [DETECTED]}))
    if table:
        (folder / table).write_text(TABLE)
    return folder


def zipped(folder):
    file = folder.with_suffix(".zip")
    with zipfile.ZipFile(file, "w") as archive:
        for one in sorted(folder.rglob("*.*")):
            archive.write(one, one.relative_to(folder.parent))
    return file


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "in the zip"])
def test_detections_are_joined_to_a_table_of_deployments(client, tmp_path, picture, inside):
    name = "Deployments.csv" if inside else ""
    file = zipped(detected(tmp_path / "md", picture, table=name))
    (tmp_path / "ours.csv").write_text(TABLE)
    how = {"by": "Asel", "deployments": None if inside else tmp_path / "ours.csv"}
    with Client(str(client.base_url)) as service:
        dry = service.import_file(file, **how)
        assert (dry.format, dry.deployments, dry.lacking) == ("megadetector", 1, ())
        done = service.import_file(file, confirm=True, **how).done
    stored = client.library.catalogue.sighting(done.sighting_ids[0])
    assert (stored.station, stored.position) == ("north", (43.51234, 55.01234))


def test_positions_by_exif_where_they_are_asked_for(client, tmp_path):
    exif = Pil.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 30.0, 0.0), 3: "E", 4: (55.0, 0.0, 0.0)})
    out = io.BytesIO()
    Pil.new("RGB", (320, 240)).save(out, "JPEG", exif=exif)
    file = zipped(detected(tmp_path / "md", lambda _: out.getvalue()))
    with Client(str(client.base_url)) as service:
        missing, how = "1 deployment has no position", {"by": "Asel", "exif_positions": True}
        assert missing in service.import_file(file, by="Asel").lacking
        assert missing not in service.import_file(file, **how).lacking
        (name,) = service.import_file(file, confirm=True, **how).done.sighting_ids
    assert client.library.catalogue.sighting(name).position == (43.5, 55.0)


def test_deployments_beside_a_source_of_the_archives_folder(serve, tmp_path, picture):
    detected(tmp_path / "archives" / "s", picture, table="deployments.csv")
    detected(tmp_path / "archives" / "bare", picture)
    running = serve(archives_dir=tmp_path / "archives")
    with Client(str(running.base_url)) as service:

        def lacking(source, **how):
            return service.import_archive(source, by="Asel", **how).lacking

        assert lacking("s") == ()
        assert lacking("bare/md.json", deployments="s/deployments.csv") == ()
        assert "1 deployment has no position" in lacking("bare")
        assert "1 deployment has no position" in lacking("s/md.json")
        with pytest.raises(MissingError, match="deployments"):
            service.import_archive("s", by="Asel", deployments="s/none.csv")
        with pytest.raises(MissingError, match="deployments"):
            service.import_archive("s", by="Asel", deployments="../data/catalogue.db")


def test_a_table_of_deployments_where_none_is_taken_is_refused(
    client, tmp_path, picture, check_problem
):
    (tmp_path / "ours.csv").write_text(TABLE)
    survey = packed(tmp_path, picture).read_bytes()
    metadata, table = json.dumps(BY), ("ours.csv", TABLE.encode())
    inside = json.dumps({**BY, "deployments": "s/deployments.csv"})
    for told, part in ((metadata, "deployments"), (metadata, "effort"), (inside, "deployments")):
        files = {"media": ("survey.zip", survey), part: table}
        answer = client.post("/v1/imports/files", data={"metadata": told}, files=files)
        check_problem(answer, 422, "invalid")
        assert "deployments" in answer.json()["detail"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*OUT, *PAPERS])
def test_every_export_comes_as_a_zip_with_the_roles_positions(client, tmp_path, picture, name):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    file = packed(tmp_path, picture)
    with Client(str(client.base_url)) as service:
        service.import_file(file, by="Asel", columns=MAPPING, confirm=True)
    answer = client.post(f"/v1/exports/{name}", json=BY)
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert "notes.txt" in archive.namelist()
    told = b"".join(archive.read(n) for n in archive.namelist() if not n.endswith(".xlsx"))
    assert b"43.51234" not in told
    assert client.library.catalogue.last_event() == 1


def test_papers_are_of_those_asked_for(client, submit, check_problem):
    submit(client)
    submit(client, "december")
    for name, who in {"november": "Aidar", "december": "Bota"}.items():
        client.library.catalogue.enrol(name, who, by="Asel", why="seen")
    with Client(str(client.base_url)) as service:
        packed = service.export_as("dossier", by="Asel", individuals=["Bota"])
    names = {name.partition(".")[0] for name in zipfile.ZipFile(io.BytesIO(packed)).namelist()}
    assert names == {"Bota", "notes"}
    told = {**BY, "individuals": ["Bota"]}
    check_problem(client.post("/v1/exports/kml", json=told), 422, "invalid")
    told = {**BY, "individuals": ["Nobody"]}
    check_problem(client.post("/v1/exports/dossier", json=told), 404, "not-found")


def test_documented_formats_are_those_that_there_are(client):
    document = client.get("/v1/openapi.json").json()
    (name,) = document["paths"]["/v1/exports/{name}"]["post"]["parameters"]
    assert set(name["schema"]["enum"]) == {*OUT, *PAPERS}
    known = document["components"]["schemas"]["ImportIn"]["properties"]["format"]["enum"]
    assert set(known) - {None} == set(IN)
