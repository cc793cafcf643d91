"""Keys, roles, audit, limits: what nobody can do."""

import logging
import re

import pytest

from reid.catalogue import content_sha256
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.audit import AuditLog
from reid.catalogue.jobs import JobStore
from reid.errors import ConfigError, StorageFullError
from reid.people import Role
from service import create_app
from service.__main__ import main
from service.errors import ForbiddenError
from service.gatekeeper import check_local
from service.needs import NEEDS, declared
from service.rates import Buckets
from service.web.routes import PAGES

DOCUMENT = create_app().openapi()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
PAGED = [
    f"{method} {route.path_format}"
    for router in PAGES
    for route in router.routes
    for method in sorted(route.methods)
]
NAMES = [*(f"{method} {path}" for method, path, _ in OPERATIONS), *PAGED]
GUARDED = [one for one in OPERATIONS if one[2]["security"]]


def address(path):
    return re.sub(r"\{[^}]+\}", "1", path)


@pytest.fixture
def team(client):
    """A key for each role, as headers; with it the client has none of its own."""
    store = KeyStore.of(client.library.catalogue)
    made = {role: store.create(role.name.title(), role) for role in Role}
    headers = {role: {"Authorization": f"Bearer {key.text}"} for role, key in made.items()}
    client.keys = made
    return headers


@pytest.mark.parametrize("name", NAMES)
def test_no_route_is_without_a_declared_role(name):
    assert name in NEEDS, f"say in service/needs.py which role {name} needs"


def test_no_declared_role_is_without_a_route():
    assert set(NEEDS) == {*NAMES, "GET /v1/openapi.json"}
    for kind in ("path", "known"):
        assert declared("get", f"/v1/x/{{y:{kind}}}/z") == "GET /v1/x/{y}/z"


def test_nothing_is_answered_without_a_key(client, team, check_problem):
    for method, path, _ in GUARDED:
        answer = client.request(method, address(path))
        check_problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/v1/no/such/address").status_code == 401
    for path in ("/v1/health", "/v1/ready", "/v1/openapi.json"):
        assert client.get(path).status_code == 200
    assert client.get("/v1/ready").json()["access"] == "keys"


@pytest.mark.slow
def test_nobody_does_what_a_higher_role_may(client, team, check_problem):
    before = [role for role in Role if role is not Role.ADMIN]
    for method, path, operation in GUARDED:
        needed = Role(operation["x-role"])
        for role in before:
            answer = client.request(method, address(path), headers=team[role])
            if role.may(needed):
                assert answer.status_code not in (401, 403), (method, path, role)
            else:
                check_problem(answer, 403, "forbidden")


def test_rebuilding_by_a_job_is_no_way_round_the_role(client, team, check_problem):
    wanted = {"kind": "rebuild-index"}
    answer = client.post("/v1/jobs", json=wanted, headers=team[Role.REVIEWER])
    check_problem(answer, 403, "forbidden")
    done = client.post("/v1/jobs", json=wanted, headers=team[Role.ADMIN])
    assert (done.status_code, done.json()["by"]) == (201, "Admin")


def test_a_contributor_stops_what_they_asked_for_and_a_reviewer_whatever_runs(
    client, team, check_problem
):
    store = JobStore.of(client.library.catalogue)
    mine, theirs = (
        store.submit("group", {"n": n}, key=content_sha256([n]), by=by)[0].id
        for n, by in enumerate(("Contributor", "somebody else"))
    )
    contributor, reviewer = team[Role.CONTRIBUTOR], team[Role.REVIEWER]
    assert client.post(f"/v1/jobs/{mine}/cancel", headers=contributor).status_code == 200
    refused = client.post(f"/v1/jobs/{theirs}/cancel", headers=contributor)
    check_problem(refused, 403, "forbidden")
    assert store.job(theirs).state == "queued"
    assert client.post(f"/v1/jobs/{theirs}/cancel", headers=reviewer).status_code == 200


def test_a_route_that_nobody_declared_is_closed():
    from service.needs import need_of

    assert need_of("GET", "/v1/new").role is Role.ADMIN


def test_a_revoked_key_opens_nothing_from_then_on(client, team, check_problem):
    store = KeyStore.of(client.library.catalogue)
    admin = team[Role.ADMIN]
    assert client.get("/v1/sightings", headers=admin).status_code == 200
    for key in client.keys.values():
        store.revoke(key.prefix)
    check_problem(client.get("/v1/sightings", headers=admin), 401, "unauthorized")
    check_problem(client.get("/v1/sightings"), 401, "unauthorized")


@pytest.mark.parametrize("scheme", ["", "Basic ", "Bearer"])
def test_a_key_counts_only_as_bearer(client, team, scheme, check_problem):
    headers = {"Authorization": f"{scheme}{client.keys[Role.ADMIN].text}"}
    check_problem(client.get("/v1/sightings", headers=headers), 401, "unauthorized")
    in_address = {"key": client.keys[Role.ADMIN].text}
    check_problem(client.get("/v1/sightings", params=in_address), 401, "unauthorized")


def test_keys_cannot_be_tried_out(client, team, caplog, check_problem):
    caplog.set_level(logging.DEBUG)
    good = client.keys[Role.VIEWER].text
    assert client.get("/v1/sightings", headers=team[Role.VIEWER]).status_code == 200
    near = good[:-3] + ("B" if good[-3] == "A" else "A")  # never the good key by chance
    seen = []
    for number in range(14):
        wrong = near + f"{number:02d}"
        answer = client.get("/v1/sightings", headers={"Authorization": f"Bearer {wrong}"})
        seen.append(answer.status_code)
    assert seen[:10] == [401] * 10
    assert seen[-1] == 429
    check_problem(answer, 429, "too-many")
    assert int(answer.headers["retry-after"]) >= 1
    assert client.get("/v1/sightings", headers=team[Role.VIEWER]).status_code == 200
    ours = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    text = "\n".join(r.getMessage() for r in ours)
    assert "a wrong or revoked key from 127.0.0.1" in text
    assert good[:-3] not in text, "a key with a typing error is nearly a key"


@pytest.mark.slow
def test_nobody_decides_in_the_name_of_another(client, team, submit, check_problem):
    client.headers.update(team[Role.REVIEWER])
    assert submit(client).status_code == 201
    path = "/v1/individuals/Aidar/sightings"
    told = {"sighting_id": "november", "accept_flags": True}
    forged = client.post(path, json={**told, "by": "Asel"})
    assert "Reviewer" in check_problem(forged, 403, "forbidden")["detail"]
    assert client.get("/v1/individuals").json()["individuals"] == []
    assert client.post(path, json={**told, "by": "Reviewer"}).status_code == 201


def test_nothing_is_done_without_an_entry_in_the_audit_log(client, team, submit, picture):
    place = {"latitude": 43.2718281, "longitude": 54.3141592}
    client.headers.update(team[Role.REVIEWER])
    asked = submit(client, **place)
    told = {"sighting_id": "november", "by": "Reviewer", "why": "at 43.2718281, 54.3141592"}
    client.post("/v1/individuals/Aidar/sightings", json={**told, "accept_flags": True})
    client.post("/v1/index/rebuild")
    client.post("/v1/decisions/43/undo", json={"by": "Reviewer"})
    client.get("/v1/sightings")
    page = client.get("/v1/audit", params={"after": 4}, headers=team[Role.ADMIN]).json()
    found = [(e["who"], e["action"], e["about"], e["status"]) for e in page["entries"]]
    assert found == [
        ("Reviewer", "POST /v1/sightings", {"sighting_id": "november"}, 201),
        (
            "Reviewer",
            "POST /v1/individuals/{name}/sightings",
            {"sighting_id": "november", "name": "Aidar"},
            201,
        ),
        ("Reviewer", "POST /v1/index/rebuild", {}, 403),
        ("Reviewer", "POST /v1/decisions/{number}/undo", {}, 404),
    ]
    assert page["entries"][0]["request_id"] == asked.headers["x-request-id"]
    assert page["entries"][0]["key_prefix"] == client.keys[Role.REVIEWER].prefix
    for secret in ("2718281", "3141592", client.keys[Role.REVIEWER].text, "IMG_0001"):
        assert secret not in str(page)


def test_what_cannot_be_logged_is_not_acknowledged(client, monkeypatch, submit, check_problem):
    def full(*_, **__):
        raise StorageFullError("no room")

    monkeypatch.setattr(AuditLog, "add", full)
    check_problem(submit(client), 507, "storage-full")
    monkeypatch.undo()
    assert submit(client).status_code == 200, "sent again, it is there"


def test_one_key_cannot_crowd_out_the_others(serve, submit, check_problem):
    client = serve(uploads_per_minute=2, searches_per_minute=1)
    store = KeyStore.of(client.library.catalogue)
    texts = [store.create(name, Role.CONTRIBUTOR).text for name in ("Asel", "Bulat")]
    one, other = ({"Authorization": f"Bearer {text}"} for text in texts)
    client.headers.update(one)
    for name in "ab":
        assert submit(client, name).status_code == 201
    refused = submit(client, "c")
    check_problem(refused, 429, "too-many")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    question = {"sighting_id": "a"}
    assert client.post("/v1/identifications", json=question).status_code == 200
    check_problem(client.post("/v1/identifications", json=question), 429, "too-many")
    assert client.get("/v1/sightings").status_code == 200, "looking is not limited"
    client.headers.update(other)
    assert submit(client, "c").status_code == 201


def test_a_single_user_needs_no_key_and_is_told_so(client, submit):
    assert client.get("/v1/ready").json()["access"] == "open"
    assert submit(client).status_code == 201
    (entry,) = client.get("/v1/audit").json()["entries"]
    assert (entry["who"], entry["key_prefix"]) == ("this machine", None)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "leopards.example"},
        {"Host": "127.0.0.1.leopards.example:8000"},
        {"Origin": "https://leopards.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
    ],
)
def test_an_open_service_is_not_lent_to_strangers(client, headers, submit, check_problem):
    check_problem(client.get("/v1/sightings", headers=headers), 403, "forbidden")
    client.headers.update(headers)
    check_problem(submit(client), 403, "forbidden")


@pytest.mark.parametrize(
    ("client", "host", "fits"),
    [
        (("127.0.0.1", 5), b"localhost:8000", True),
        (("::1", 5), b"[::1]:8000", True),
        (("192.0.2.7", 5), b"127.0.0.1", False),
        (("unknown", 5), b"127.0.0.1", False),
        (None, b"127.0.0.1", False),
        (("127.0.0.1", 5), b"", False),
    ],
)
def test_an_open_service_answers_this_machine_alone(client, host, fits):
    scope = {"type": "http", "client": client, "headers": [(b"host", host)]}
    if fits:
        check_local(scope)
    else:
        with pytest.raises(ForbiddenError, match="reid keys create"):
            check_local(scope)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "leopards.example"])
def test_without_keys_it_never_listens_elsewhere(tmp_path, host, caplog, monkeypatch):
    monkeypatch.setattr("service.__main__.listening", lambda _: pytest.fail("it listens"))
    arguments = ["--host", host, "--port", "0", "--data-dir", str(tmp_path)]
    assert main(arguments) == ConfigError.exit_code
    assert "reid keys create" in caplog.text


def test_with_keys_it_may_listen_elsewhere(client, team, tmp_path, caplog):
    from reid.config import Settings
    from service.guarding import check_access

    check_access(Settings(data_dir=tmp_path / "data", host="0.0.0.0"))
    assert not caplog.records


def test_a_bucket_fills_slowly_and_never_over():
    now = [0.0]
    bucket = Buckets(per_minute=60, burst=2, clock=lambda: now[0])
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 1]
    now[0] += 0.5
    assert bucket.take("a") == 1
    now[0] += 0.6
    assert bucket.take("a") == 0
    now[0] += 1000
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 1]
    assert bucket.take("b") == 0
    bucket.give_back("a")
    assert bucket.take("a") == 0
    assert [Buckets(per_minute=0, burst=0).take("a") for _ in range(9)] == [0] * 9


def test_a_bucket_forgets_the_oldest_names_not_its_bounds():
    bucket = Buckets(per_minute=1, burst=1)
    for number in range(10_100):
        bucket.take(str(number))
    assert len(bucket._held) == 10_000
