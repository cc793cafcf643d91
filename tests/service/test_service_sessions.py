"""Browser sessions: who is let in by a cookie, and what a forged request cannot do."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from reid.catalogue import browser_sessions
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.browser_sessions import BrowserSessions
from reid.catalogue.core import now
from reid.errors import StorageFullError
from reid.people import Role
from service.forgery import proof_of
from service.web.routes.sign_in import own_path

PAGE = {"Accept": "text/html"}


@pytest.fixture
def reviewer(client):
    """The only key of a service."""
    return KeyStore.of(client.library.catalogue).create("Asel", Role.REVIEWER)


def sign_in(client, key, **more):
    return client.post("/login", data={"key": key.text, **more}, headers=PAGE)


def cookie(client):
    (found,) = client.cookies.jar
    return found


def proof(client):
    return {"X-CSRF-Token": proof_of(cookie(client).value)}


def undo(client, **headers):
    return client.post("/v1/review/next", json={"by": "Asel"}, headers=headers)


def test_a_key_becomes_a_session(client, reviewer):
    asked = client.get("/sightings?after=x", headers=PAGE)
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/login?next=%2Fsightings%3Fafter%3Dx",
    )
    done = sign_in(client, reviewer, next="/sightings?after=x")
    assert (done.status_code, done.headers["location"]) == (303, "/sightings?after=x")
    said = done.headers["set-cookie"]
    assert re.search(r"; HttpOnly; Max-Age=604800; Path=/; SameSite=strict$", said), said
    assert client.get("/v1/sightings").status_code == 200
    assert "Asel" in client.get("/", headers=PAGE).text


def test_the_cookie_is_for_tls_wherever_it_travels(client, reviewer):
    away = {**PAGE, "Host": "leopards.example"}
    done = client.post("/login", data={"key": reviewer.text}, headers=away)
    assert done.headers["set-cookie"].startswith("__Host-leopard-reid=")
    assert "; Secure" in done.headers["set-cookie"]
    proxied = client.post(
        "/login", data={"key": reviewer.text}, headers={**PAGE, "X-Forwarded-For": "192.0.2.7"}
    )
    assert "; Secure" in proxied.headers["set-cookie"]


def test_of_the_token_only_a_digest_is_stored(client, reviewer):
    sign_in(client, reviewer)
    with client.library.catalogue.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM browser_sessions")).all()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", cookie(client).value)
    assert cookie(client).value not in str(row)
    assert reviewer.prefix in row


def test_every_sign_in_is_a_new_token_and_ends_the_old(client, reviewer, check_problem):
    sign_in(client, reviewer)
    first = cookie(client).value
    sign_in(client, reviewer)
    assert cookie(client).value != first
    client.cookies.set(cookie(client).name, first)
    check_problem(client.get("/v1/sightings"), 401, "unauthorized")


def test_signing_out_ends_the_session_not_only_the_cookie(client, reviewer, check_problem):
    sign_in(client, reviewer)
    kept = cookie(client)
    check_problem(client.post("/logout"), 403, "stale-page")
    done = client.post("/logout", data={"csrf": proof_of(kept.value)}, headers=PAGE)
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    assert not list(client.cookies.jar)
    client.cookies.set(kept.name, kept.value)
    check_problem(client.get("/v1/sightings"), 401, "unauthorized")


def test_revoking_the_key_ends_its_sessions(client, reviewer, check_problem):
    sign_in(client, reviewer)
    KeyStore.of(client.library.catalogue).revoke(reviewer.prefix)
    check_problem(client.get("/v1/sightings"), 401, "unauthorized")
    assert client.get("/", headers=PAGE).headers["location"] == "/login?next=%2F"


@pytest.mark.parametrize(
    ("hours", "after", "works"),
    [
        ({}, timedelta(hours=11), True),
        ({}, timedelta(hours=13), False),
        ({"session_idle_hours": 999}, timedelta(days=6), True),
        ({"session_idle_hours": 999}, timedelta(days=8), False),
        ({}, timedelta(days=-400), True),  # a clock that was set back ends nothing
    ],
)
def test_a_session_does_not_last_for_good(serve, monkeypatch, hours, after, works):
    client = serve(**hours)
    key = KeyStore.of(client.library.catalogue).create("Asel", Role.VIEWER)
    sign_in(client, key)
    monkeypatch.setattr(browser_sessions, "now", lambda: now() + after)
    assert client.get("/v1/sightings").status_code == (200 if works else 401)


def test_being_used_keeps_a_session(client, reviewer, monkeypatch):
    sign_in(client, reviewer)
    for hours in (8, 16, 24):
        monkeypatch.setattr(browser_sessions, "now", lambda h=hours: now() + timedelta(hours=h))
        assert client.get("/v1/sightings").status_code == 200


def test_ended_sessions_are_cleared_away(client, reviewer, monkeypatch):
    catalogue = client.library.catalogue
    sign_in(client, reviewer)
    client.cookies.clear()
    monkeypatch.setattr(browser_sessions, "now", lambda: now() + timedelta(days=8))
    sign_in(client, reviewer)
    assert BrowserSessions.of(catalogue).end_all(reviewer.prefix) == 1


def test_a_full_disk_keeps_nobody_from_reading(client, reviewer, monkeypatch):
    sign_in(client, reviewer)

    def full(*_):
        raise StorageFullError("no room")

    monkeypatch.setattr(BrowserSessions, "touch", full)
    assert client.get("/v1/sightings").status_code == 200


def test_what_a_cookie_lets_in_needs_a_proof(client, reviewer, check_problem):
    sign_in(client, reviewer)
    assert "load the page again" in check_problem(undo(client), 403, "stale-page")["detail"]
    for wrong in ("", "0" * 64, cookie(client).value, proof_of("another"), "é" * 9):
        check_problem(undo(client, **{"X-CSRF-Token": wrong.encode()}), 403, "stale-page")
    assert undo(client, **proof(client)).status_code == 200
    bearer = {"Authorization": f"Bearer {reviewer.text}"}
    assert undo(client, **bearer).status_code == 200, "a key in a header cannot be forged"


def test_what_a_browser_adds_for_a_proxy_is_no_key(client, reviewer, check_problem):
    sign_in(client, reviewer)
    basic = {"Authorization": "Basic YTpi"}
    assert client.get("/v1/sightings", headers=basic).status_code == 200
    check_problem(undo(client, **basic), 403, "stale-page")
    client.cookies.clear()
    check_problem(client.get("/v1/sightings", headers=basic), 401, "unauthorized")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://leopards.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_pages_are_refused_even_with_the_proof(
    client, reviewer, headers, check_problem
):
    signing = client.post("/login", data={"key": reviewer.text}, headers=headers)
    check_problem(signing, 403, "forbidden")
    sign_in(client, reviewer)
    check_problem(undo(client, **proof(client), **headers), 403, "forbidden")


def test_without_keys_pages_need_the_proof_and_programs_do_not(client, check_problem):
    assert undo(client).status_code == 200, "a program sends nothing that browsers send"
    page = client.get("/", headers=PAGE)
    shown = re.search('name="csrf" content="([0-9a-f]{64})"', page.text)[1]
    check_problem(undo(client), 403, "stale-page")
    own = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    check_problem(undo(client, **own), 403, "stale-page")
    assert undo(client, **own, **{"X-CSRF-Token": shown}).status_code == 200
    client.cookies.clear()
    check_problem(undo(client, **own, **{"X-CSRF-Token": shown}), 403, "stale-page")


def test_keys_cannot_be_tried_out_by_signing_in(client, reviewer):
    wrong = reviewer.text[:-3] + "xyz"
    seen = [client.post("/login", data={"key": wrong}, headers=PAGE).status_code for _ in range(12)]
    assert seen[:10] == [401] * 10
    assert seen[10:] == [429, 429]
    assert not list(client.cookies.jar)


def test_signing_in_and_out_is_in_the_audit_log(client, reviewer):
    admin = KeyStore.of(client.library.catalogue).create("Bulat", Role.ADMIN)
    client.post("/login", data={"key": "lrk_x"}, headers=PAGE)
    done = sign_in(client, reviewer)
    client.post("/logout", headers=proof(client))
    page = client.get("/v1/audit", headers={"Authorization": f"Bearer {admin.text}"}).json()
    told = [(e["who"], e["action"], e["status"], e["key_prefix"]) for e in page["entries"][2:]]
    assert told == [
        ("somebody at 127.0.0.1", "POST /login", 401, None),
        ("Asel", "POST /login", 303, reviewer.prefix),
        ("Asel", "POST /logout", 303, reviewer.prefix),
    ]
    assert page["entries"][3]["request_id"] == done.headers["x-request-id"]


def test_pages_may_load_and_run_nothing_from_elsewhere(client):
    page = client.get("/", headers=PAGE)
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert links
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)


def test_styles_and_scripts_are_kept_and_nothing_else_is_served(client, reviewer):
    page = client.get("/login", headers=PAGE).text
    (sheet,) = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert "immutable" in client.get(sheet).headers["cache-control"]
    folder = sheet.rpartition("/")[0]
    for path in ("/..%2fpages.py", "/../pages.py", "/%2e%2e/templates/base.html", "/"):
        assert client.get(folder + path).status_code in (401, 404, 405), path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://leopards.example/",
        "//leopards.example",
        "/\\leopards.example",
        "\\\\leopards.example",
        "/\t/leopards.example",
        "javascript:alert(1)",
        "leopards.example",
        "/login?next=/",
        "/v1/sightings",
        "",
        "http:/x",
    ],
)
def test_nobody_is_led_elsewhere(client, reviewer, elsewhere):
    assert sign_in(client, reviewer, next=elsewhere).headers["location"] == "/"


@given(st.text(max_size=40) | st.from_regex(r"[/\\:.@a-z\t\n]{0,20}", fullmatch=True))
def test_only_own_paths_are_own(found):
    path = own_path(found)
    parts = urlsplit(path)
    assert path.startswith("/")
    assert path[1:2] not in ("/", "\\")
    assert not parts.netloc
    assert not parts.scheme
    assert path.isprintable()


def test_programs_are_told_and_not_led(client, reviewer, check_problem):
    check_problem(client.get("/sightings"), 401, "unauthorized")
    check_problem(client.get("/v1/sightings", headers=PAGE), 401, "unauthorized")
