"""Keys made and revoked over HTTP: by admins alone, shown once, never so that nobody is left."""

import pytest

from reid.catalogue.access_keys import KeyStore
from reid.people import Role


@pytest.fixture
def admin(client):
    """The first key of a service, as headers."""
    made = client.post("/v1/keys", json={"person": "Asel", "role": "admin"})
    assert made.status_code == 201, made.text
    client.headers["Authorization"] = f"Bearer {made.json()['key']}"
    return made.json()


def test_the_first_key_closes_the_service_and_has_to_be_an_admins(client, check_problem):
    refused = client.post("/v1/keys", json={"person": "Asel", "role": "viewer"})
    assert "role admin" in check_problem(refused, 409, "conflict")["detail"]
    assert client.get("/v1/keys").json() == {"keys": []}
    made = client.post("/v1/keys", json={"person": "Asel", "role": "admin"}).json()
    assert client.get("/v1/keys").status_code == 401
    headers = {"Authorization": f"Bearer {made['key']}"}
    (kept,) = client.get("/v1/keys", headers=headers).json()["keys"]
    assert (kept["person"], kept["role"], kept["revoked_at"]) == ("Asel", "admin", None)


def test_a_key_is_told_once_and_stored_nowhere(client, admin):
    made = client.post("/v1/keys", json={"person": "Bulat", "role": "viewer"})
    assert made.headers["cache-control"] == "no-store"
    secret = made.json()["key"].rsplit("_", 1)[1]
    assert secret not in client.get("/v1/keys").text
    audit = client.get("/v1/audit").json()["entries"]
    assert secret not in str(audit)
    assert [(e["who"], e["action"]) for e in audit[-2:]] == [
        ("Asel", "keys create"),
        ("Asel", "POST /v1/keys"),
    ]


def test_a_revoked_key_opens_nothing(client, admin):
    made = client.post("/v1/keys", json={"person": "Bulat", "role": "viewer"}).json()
    theirs = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/v1/sightings", headers=theirs).status_code == 200
    ended = client.post(f"/v1/keys/{made['prefix']}/revoke")
    assert ended.json()["revoked_at"]
    assert client.get("/v1/sightings", headers=theirs).status_code == 401


def test_the_last_admin_stays(client, admin, check_problem):
    path = f"/v1/keys/{admin['prefix']}/revoke"
    assert "another first" in check_problem(client.post(path), 409, "conflict")["detail"]
    KeyStore.of(client.library.catalogue).create("Dana", Role.ADMIN)
    assert client.post(path).status_code == 200


@pytest.mark.parametrize(
    "told",
    [{"person": "", "role": "viewer"}, {"person": "A", "role": "king"}, {"person": "A"}, {}],
)
def test_what_makes_no_key_is_refused(client, admin, told, check_problem):
    check_problem(client.post("/v1/keys", json=told), 422, "invalid")
    check_problem(client.post("/v1/keys/nosuchkey1/revoke"), 404, "not-found")
