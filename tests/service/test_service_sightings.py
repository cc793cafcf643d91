"""Sightings, comparisons and individuals over real HTTP."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from reid.catalogue.gallery import Gallery
from reid.types.words import percent
from service.web.pages import ENVIRONMENT

POSITION = {"latitude": 43.123456789, "longitude": 54.987654321}
SHOWN = {"latitude": 43.123, "longitude": 54.988}


def test_a_sighting_is_stored_once(client, submit):
    first, again = submit(client), submit(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == client.get("/v1/sightings/november").json()


def test_a_sightings_page_tells_the_chance_of_a_match_and_that_it_is_an_estimate(client, submit):
    (animal,) = submit(client).json()["annotations"]
    ((frame,),) = Gallery.of(client.library.catalogue).frames(["november"]).values()
    card = ENVIRONMENT.get_template("parts.html").module.frame_card(replace(frame, origin="user"))
    chance = percent(animal["view"]["identifiability"])
    assert f"a match can be found with this picture: {chance} " in card
    words, page = "an estimate of a model made on synthetic", "/sightings/november"
    assert words not in client.get(page).text, "no animal was found in its picture"
    with client.library.catalogue.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE annotations SET origin = 'user'")
    assert words in client.get(page).text


def test_other_content_under_the_same_id_is_a_conflict(client, submit, picture, check_problem):
    submit(client)
    before = client.get("/v1/sightings/november").json()
    other = submit(client, files={"IMG_0001.JPG": picture(2)})
    assert "another id" in check_problem(other, 409, "conflict")["detail"]
    assert client.get("/v1/sightings/november").json() == before
    assert client.library.added == 1


def test_a_sighting_comes_back_as_it_was_given(client, submit, picture):
    times = [{"at": "2018-11-11T06:57:00", "source": "text"}, {"at": "2018-11-06T06:57:00"}]
    box = {"x_px": 10, "y_px": 20.5, "width_px": 200, "height_px": 100}
    media = [{"file_name": "a.jpg", "camera": "A", "flank": "left", "boxes": [box]}]
    files = {"a.jpg": picture(1), "б 2.jpg": picture(2), "broken.jpg": b"not a picture"}
    given = submit(client, files=files, station="site 1", times=times, media=media, **POSITION)
    found = given.json()
    assert {name: found[name] for name in POSITION} == SHOWN
    assert client.library.catalogue.load_sighting("november").position == tuple(POSITION.values())
    assert found["station"] == "site 1"
    assert [time["source"] for time in found["times"]] == ["text", "given"]
    assert [one["file_name"] for one in found["media"]] == list(files)
    assert [one["file_name"] for one in found["rejected"]] == ["broken.jpg"]
    assert found["rejected"][0]["reason"]
    animal = found["annotations"][0]
    assert (animal["camera"], animal["size_px"]) == ("A", [320, 240])
    assert animal["view"]["quality"]["reasons"] == ["dark"]
    assert 0.01 <= animal["view"]["identifiability"] <= 0.99
    assert found["flags"] == sorted({f for a in found["annotations"] for f in a["flags"]})
    assert "pixels-not-loaded" not in given.text
    stored = client.library.catalogue.load_sighting("november").media[0]
    assert (stored.flank, stored.boxes[0].y_px) == ("left", 20.5)


def test_licences_are_kept_with_what_they_are_of(client, submit, picture, check_problem):
    media = [{"file_name": "a.jpg", "licence": "cc-by-4.0"}]
    files = {"a.jpg": picture(1), "b.jpg": picture(2)}
    found = submit(client, files=files, media=media, licence="CC-BY-NC-4.0").json()
    assert [one["licence"] for one in found["media"]] == ["CC-BY-4.0", "CC-BY-NC-4.0"]
    assert found["licence"] == "CC-BY-NC-4.0"
    problem = check_problem(submit(client, licence="ask Asel"), 422, "invalid")
    assert "expected an SPDX licence" in str(problem)
    half = [{"file_name": "c.jpg", "licence": "CC0-1.0"}]
    submit(client, "half", files={"c.jpg": picture(3), "d.jpg": picture(4)}, media=half)
    assert "CC-BY-4.0, CC-BY-NC-4.0" in client.get("/sightings/november").text
    assert "<dd>your own, CC0-1.0 <span" in client.get("/sightings/half").text


def test_a_licence_comes_later_where_none_stood_and_what_stands_stays(client, submit):
    assert submit(client).json()["licence"] == ""
    again = submit(client, licence="CC-BY-NC-4.0").json()
    assert (again["licence"], again["media"][0]["licence"]) == ("CC-BY-NC-4.0", "CC-BY-NC-4.0")
    assert submit(client, licence="CC-BY-4.0").json() == again


def test_no_position_given_none_returned(client, submit):
    found = submit(client).json()
    assert (found["latitude"], found["longitude"]) == (None, None)


def test_metadata_may_be_a_file_part(client, picture):
    parts = [
        ("metadata", ("sighting.json", b'{"id": "curl"}', "application/json")),
        ("media", ("a.jpg", picture(), "image/jpeg")),
    ]
    assert client.post("/v1/sightings", files=parts).json()["id"] == "curl"


def test_two_identical_posts_at_once_are_one(client, submit):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: submit(client), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1
    assert len(client.library.catalogue.sightings()) == 1


def test_two_contents_under_one_id_at_once_leave_one(client, submit, picture):
    files = [{"a.jpg": picture(seed)} for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: submit(client, files=one), files))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_pages_of_sightings_hold_each_once(client, submit):
    for name in "bdace":
        submit(client, name)
    seen, after = [], ""
    while after is not None:
        page = client.get("/v1/sightings", params={"limit": 2, "after": after}).json()
        seen += [one["id"] for one in page["sightings"]]
        after = page["next"]
    assert seen == list("abcde")


def test_an_annotation_has_a_picture_to_keep(client, submit):
    address = submit(client).json()["annotations"][0]["picture"]
    first = client.get(address)
    assert first.headers["content-type"] == "image/jpeg"
    assert first.content[:3] == b"\xff\xd8\xff"
    assert "immutable" in first.headers["cache-control"]
    tag = first.headers["etag"]
    again = client.get(address, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.fixture
def compared(client, submit, picture):
    for seed, name in enumerate(("a", "b"), 1):
        submit(client, name, {f"{name}.jpg": picture(seed)})
    wanted = {"sighting_ids": ["a", "b"], "distances_km": [{"a": "a", "b": "b", "km": 18.6}]}
    return wanted, client.post("/v1/comparisons", json=wanted)


def test_a_comparison_is_answered_once(client, compared):
    wanted, first = compared
    again = client.post("/v1/comparisons", json=wanted)
    assert (first.status_code, again.status_code) == (201, 200)
    stored = client.get(f"/v1/comparisons/{first.json()['id']}")
    assert first.json() == again.json() == stored.json()
    listed = client.get("/v1/comparisons").json()["comparisons"]
    assert [one["sighting_ids"] for one in listed] == [["a", "b"]]


def test_one_question_asked_by_two_at_once_is_answered_once(client, compared):
    wanted = {**compared[0], "prior_same": 0.25}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/comparisons", json=wanted), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert len(client.get("/v1/comparisons").json()["comparisons"]) == 2


def test_report_and_pictures_of_a_comparison(client, compared):
    answer = compared[1].json()
    base = f"/v1/comparisons/{answer['id']}"
    report = client.get(f"{base}/report")
    assert report.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert answer["summary"] in report.text
    name = answer["sightings"][0]["annotations"][0]["picture"]
    drawn = client.get(f"{base}/pictures/{name}")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/jpeg")
    tag = {"If-None-Match": drawn.headers["etag"]}
    assert client.get(f"{base}/pictures/{name}", headers=tag).status_code == 304


def test_who_is_who_is_a_history(client, submit, check_problem):
    submit(client)
    told = {"sighting_id": "november", "by": "Asel", "why": "rosettes"}
    address = "/v1/individuals/Aidar%20II/sightings"
    first, again = client.post(address, json=told), client.post(address, json=told)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["kind"], again.json()["appended"]) == ("new", False)
    assert client.get("/v1/individuals/Aidar%20II").json()["sighting_ids"] == ["november"]
    assert client.get("/v1/sightings/november").json()["individual"] == "Aidar II"
    back = client.post(f"{address}/november/withdraw", json={"by": "Asel"})
    assert back.json()["kind"] == "withdrawn"
    assert client.get("/v1/individuals").json()["individuals"][0]["sighting_ids"] == []
    twice = client.post(f"{address}/november/withdraw", json={"by": "Asel"})
    check_problem(twice, 409, "conflict")


def test_who_is_this(client, submit, check_problem):
    submit(client)
    client.post("/v1/individuals/Aidar/sightings", json={"sighting_id": "november", "by": "Asel"})
    asked = {"sighting_id": "november", "prior_known": 0.75}
    answer = client.post("/v1/identifications", json=asked).json()
    assert (answer["kind"], answer["would_settle"]) == ("inconclusive", "a sharp picture")
    candidate = answer["candidates"][0]
    assert (candidate["individual"], candidate["probability"]) == ("Aidar", 0.75)
    unknown = client.post("/v1/identifications", json={"sighting_id": "october"})
    check_problem(unknown, 404, "not-found")


def test_an_answer_is_found_again(client, submit, check_problem):
    submit(client)
    body = {"sighting_id": "november", "prior_known": 0.4}
    first = client.post("/v1/identifications", json=body).json()
    second = client.post("/v1/identifications", json={**body, "prior_known": 0.6}).json()
    submit(client, id="december")
    other = client.post("/v1/identifications", json={"sighting_id": "december"}).json()

    def listed(**which):
        found = client.get("/v1/identifications", params=which).json()["identifications"]
        return [line["id"] for line in found]

    assert listed() == [other["id"], second["id"], first["id"]]
    assert listed(sighting_id="november") == [second["id"], first["id"]]
    assert listed(limit=1, skip=1) == [second["id"]]
    assert listed(sighting_id="nobody") == []
    kept = client.get(f"/v1/identifications/{first['id']}").json()
    assert (kept["prior_known"], kept["max_error"], kept["up_to"]) == (0.4, 0.01, 0)
    same = ("kind", "reasons", "searched", "provenance", "bundle")
    assert all(kept[name] == first[name] for name in same)
    check_problem(client.get("/v1/identifications/0123456789abcdef"), 404, "not-found")
    page = client.get("/sightings/november").text
    assert "What the machine answered before" in page
    assert first["id"] in page
    assert other["id"] not in page


def test_index_health_and_ready(client):
    assert client.post("/v1/index/rebuild").json() == {"vectors": {"left": 0, "right": 0}}
    assert client.get("/v1/health").json()["status"] == "up"
    ready = client.get("/v1/ready").json()
    assert (ready["status"], ready["index"]["state"]) == ("ready", "empty")
    assert set(ready["index"]) == {"state", "fingerprint", "indexed", "stored", "other_weights"}
