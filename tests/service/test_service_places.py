"""Positions: nothing finer than the role may know, anywhere."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from reid.catalogue.access_keys import KeyStore
from reid.people import WITHHELD, Role
from service.told import comparison_out

LATITUDE, LONGITUDE = 43.2718281, 54.3141592
PLACE = {"latitude": LATITUDE, "longitude": LONGITUDE}
EXACT = ("2718281", "3141592", "43.2718", "54.3141")
SHOWN = {
    Role.VIEWER: (None, None, None),
    Role.CONTRIBUTOR: (43.3, 54.3, 0.1),
    Role.REVIEWER: (43.27, 54.31, 0.01),
    Role.ADMIN: (43.272, 54.314, 0.001),
}


@pytest.fixture
def keyed(client):
    """Headers of a new key."""

    def made(role):
        key = KeyStore.of(client.library.catalogue).create(role.name.title(), role)
        return {"Authorization": f"Bearer {key.text}"}

    return made


def photograph():
    """A picture whose EXIF says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = f"{LATITUDE} {LONGITUDE}"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 16.0, 18.58), 3: "E", 4: (54.0, 18.0, 50.97)})
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_nobody_sees_a_position_finer_than_their_role(client, submit, keyed, role):
    submit(client, **PLACE)
    submit(client, "other", **{**PLACE, "latitude": LATITUDE - 1})
    ids = {"sighting_ids": ["november", "other"]}
    comparison = client.post("/v1/comparisons", json=ids).json()["id"]
    headers = keyed(role)
    found = client.get("/v1/sightings/november", headers=headers).json()
    told = (found["latitude"], found["longitude"], found["coordinate_precision"])
    assert told == SHOWN[role]
    assert (found["data_generalizations"] is None) == (role is Role.VIEWER)
    assert (found["information_withheld"] is None) == (role is not Role.VIEWER)
    assert found["content_sha256"] is None, "positions can be tried until the hash fits"
    assert client.library.catalogue.load_sighting("november").position == (LATITUDE, LONGITUDE)
    pages = ["/v1/sightings", "/v1/sightings/november", "/v1/individuals", "/v1/decisions"]
    pages += [f"/v1/comparisons/{comparison}", f"/v1/comparisons/{comparison}/report"]
    for page in [*pages, "/v1/comparisons", "/v1/jobs"]:
        answer = client.get(page, headers=headers)
        assert answer.status_code == 200, (page, answer.text)
        assert not [digits for digits in EXACT if digits in answer.text], page


def test_the_operator_can_show_less(serve, submit):
    client = serve(places_admin="withheld")
    found = submit(client, **PLACE).json()
    assert (found["latitude"], found["longitude"]) == (None, None)
    assert "withheld" in found["information_withheld"]


def result():
    journey = {"a": "a", "b": "b", "days": 2.0, "speed_km_per_day": 9.3, "status": "unlikely"}
    return {
        "id": "x",
        "sightings": [
            {"id": "a", "position": [LATITUDE, LONGITUDE]},
            {"id": "b", "position": None},
        ],
        "journeys": [
            {**journey, "distance_km": 18.61234, "note": "18.61234 km"},
            {**journey, "distance_km": 0.0, "status": "possible", "note": "at one station"},
        ],
    }


def test_distances_lead_nobody_to_a_position():
    for precision in ("withheld", "0.1", "0.01"):
        told = comparison_out(result(), precision)
        assert "18.6" not in json.dumps(told)
        assert "9.3" not in json.dumps(told["journeys"][0])
        assert told["journeys"][0]["note"] == WITHHELD
        assert told["journeys"][1] == result()["journeys"][1]
    assert comparison_out(result(), "0.001")["journeys"] == result()["journeys"]
    assert comparison_out(result(), "0.1")["sightings"][0]["position"] == [43.3, 54.3]


def test_pictures_made_from_a_photograph_do_not_say_where(client, submit):
    source = photograph()
    assert Image.open(io.BytesIO(source)).getexif().get_ifd(0x8825)
    found = submit(client, files={"a.jpg": source}).json()
    other = submit(client, "other", files={"b.jpg": photograph()}).json()
    ids = {"sighting_ids": ["november", "other"]}
    comparison = client.post("/v1/comparisons", json=ids).json()
    addresses = [one["picture"] for s in (found, other) for one in s["annotations"]]
    addresses += [
        f"/v1/comparisons/{comparison['id']}/pictures/{one['picture']}"
        for sighting in comparison["sightings"]
        for one in sighting["annotations"]
    ]
    assert len(addresses) == 4
    for address in addresses:
        made = client.get(address)
        assert made.status_code == 200
        assert not dict(Image.open(io.BytesIO(made.content)).getexif())
        assert b"Exif" not in made.content
        assert str(LATITUDE).encode() not in made.content
    text = json.dumps([found, other, comparison])
    assert not [digits for digits in EXACT if digits in text]


def test_positions_are_taken_from_no_address(client):
    assert client.get("/v1/sightings", params=PLACE).status_code == 422
    document = client.get("/v1/openapi.json").json()
    for methods in document["paths"].values():
        for operation in methods.values():
            names = {one["name"] for one in operation.get("parameters", [])}
            assert not names & {"latitude", "longitude", "position", "lat", "lon"}


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/individuals/Aidar/dossier", "/v1/individuals/Aidar/dossier"])
@pytest.mark.parametrize("role", Role)
def test_a_dossier_shows_places_as_the_role_may_see_them(client, submit, keyed, role, address):
    submit(client, **PLACE)
    client.library.catalogue.enrol("november", "Aidar", by="Asel", why="seen")
    found = client.get(address, headers=keyed(role))
    assert found.status_code == 200
    assert found.headers["cache-control"] == "private, no-store"
    assert "default-src 'none'" in found.headers["content-security-policy"]
    text = re.sub(r"data:[^\"]+", "", found.text)
    assert "Aidar" in text
    assert not any(digits in text for digits in EXACT)
    assert ("Positions are withheld" in text) == (role is Role.VIEWER)
    missing = client.get(address.replace("Aidar", "Nobody"), headers=keyed(role))
    assert missing.status_code == 404


def test_a_dossier_comes_as_pdf(client, submit, keyed):
    pytest.importorskip("typst", reason="the extra print is not installed")
    submit(client, **PLACE)
    client.library.catalogue.enrol("november", "Aidar", by="Asel", why="seen")
    headers = keyed(Role.VIEWER)
    for address in ("/individuals/Aidar/dossier", "/v1/individuals/Aidar/dossier", "/v1/id-sheet"):
        found = client.get(f"{address}?format=pdf", headers=headers)
        assert found.headers["content-type"] == "application/pdf"
        assert found.content.startswith(b"%PDF-")
