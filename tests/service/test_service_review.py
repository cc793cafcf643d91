"""Review, pages of individuals and history, frames and exports over HTTP."""

import pytest

from reid.review import OpenPair

BY = {"by": "Asel"}


@pytest.fixture
def asked(serve, submit):
    """A server where two sightings are an open question, and a third is Aidar."""

    def start(**settings):
        client = serve(review_second=0, review_planted=0, **settings)
        for name in ("a", "b", "c"):
            assert submit(client, name).status_code == 201
        client.post("/v1/individuals/Aidar/sightings", json={"sighting_id": "c", **BY})
        pairs = [OpenPair("a", "b", 1.1, "same", "batch", ("alike",))]
        client.library.catalogue.note_evidence(pairs)
        return client

    return start


def handed(client, *, blind):
    """The pair, when chance makes it one that is judged blind, or not."""
    for _ in range(200):
        item = client.post("/v1/review/next", json=BY).json()["item"]
        if item["blind"] is blind:
            return item
        skipped = client.post(f"/v1/review/items/{item['id']}/skip", json=BY)
        assert skipped.status_code == 200
    raise AssertionError("chance never did")


def test_the_opinion_is_told_when_asked_for(asked):
    client = asked()
    item = handed(client, blind=False)
    assert (item["probability"], item["reasons"], item["opened"]) == (None, [], False)
    place = f"/v1/review/items/{item['id']}"
    assert client.get(place).json() == item
    told = client.post(f"{place}/opinion", json=BY).json()
    assert told["probability"] == pytest.approx(0.75, abs=0.01)
    assert (told["reasons"], told["opened"]) == (["alike"], True)
    assert client.get(place).json() == told


@pytest.mark.parametrize("settings", [{"review_opinion": "answered"}, {}])
def test_the_opinion_comes_after_the_answer_where_it_may_not_come_before(
    asked, check_problem, settings
):
    client = asked(**settings)
    item = handed(client, blind=not settings)
    place = f"/v1/review/items/{item['id']}"
    refused = check_problem(client.post(f"{place}/opinion", json=BY), 409, "conflict")
    assert "by eye" in refused["detail"]
    client.post(f"{place}/answer", json={**BY, "answer": "cannot tell"})
    told = client.get(place).json()
    assert (told["answered"], told["reasons"]) == ("cannot tell", ["alike"])


def test_an_answer_is_taken_back_or_the_refusal_says_what_rests_on_it(asked, check_problem):
    client = asked()
    item = handed(client, blind=False)
    place = f"/v1/review/items/{item['id']}"
    done = client.post(f"{place}/answer", json={**BY, "answer": "same"}).json()
    again = client.post(f"{place}/take-back", json={**BY, "why": "wrong key"}).json()["item"]
    assert {again["a"], again["b"]} == {"a", "b"}
    event = client.get(f"/v1/decisions/{done['event']}").json()
    assert event["undone_by"] == done["event"] + 1
    place = f"/v1/review/items/{again['id']}"
    client.post(f"{place}/answer", json={**BY, "answer": "same"})
    name = client.get("/v1/sightings/a").json()["individual"]
    known = client.get(f"/v1/individuals/{name}")
    renamed = {"name": "Zere", **BY}
    headers = {"If-Match": known.headers["etag"]}
    client.patch(f"/v1/individuals/{name}", json=renamed, headers=headers)
    refused = check_problem(client.post(f"{place}/take-back", json=BY), 409, "conflict")
    assert "depend on it" in refused["detail"]


def test_progress(asked):
    client = asked()
    told = client.get("/v1/review/progress", params=BY).json()
    assert (told["open_pairs"], told["telling"], told["own"]) == (1, 1, 0)
    item = handed(client, blind=False)
    client.post(f"/v1/review/items/{item['id']}/answer", json={**BY, "answer": "different"})
    told = client.get("/v1/review/progress", params=BY).json()
    assert (told["open_pairs"], told["own"], told["own_today"]) == (0, 1, 1)


def test_individuals_and_history_come_by_pages(client, submit):
    for number in range(5):
        submit(client, f"s{number}")
        told = {"sighting_id": f"s{number}", "by": ("Asel", "Bolat")[number % 2]}
        client.post(f"/v1/individuals/Leopard {number}/sightings", json=told)
    found, after = [], ""
    while after is not None:
        page = client.get("/v1/individuals", params={"limit": 2, "after": after}).json()
        found, after = found + page["individuals"], page["next"]
    assert [one["name"] for one in found] == [f"Leopard {n}" for n in range(5)]
    one = client.get("/v1/individuals", params={"q": "ard 3"}).json()
    assert [i["name"] for i in one["individuals"]] == ["Leopard 3"]
    then = client.get("/v1/individuals", params={"event": 2, "limit": 1}).json()
    assert ([i["name"] for i in then["individuals"]], then["next"]) == (["Leopard 0"], "Leopard 0")
    page = client.get("/v1/decisions", params={"before": 5, "limit": 2}).json()
    assert ([e["number"] for e in page["events"]], page["next"]) == ([4, 3], 3)
    assert page["events"][0]["words"] == "Leopard 3 is new, seen in s3"
    own = client.get("/v1/decisions", params={"by": "Bolat", "kind": "new-individual"}).json()
    assert [e["number"] for e in own["events"]] == [2, 4]


def test_frames_and_likely_others_tell_no_position(asked, submit):
    client = asked()
    submit(client, "placed", latitude=43.123456, longitude=55.654321)
    client.library.catalogue.note_evidence([OpenPair("placed", "c", 2.0)])
    frames = client.get("/v1/sightings/placed/frames")
    likely = client.get("/v1/sightings/placed/likely")
    for answer in (frames, likely):
        assert answer.status_code == 200
        assert "43.1" not in answer.text
    (frame,) = frames.json()["frames"]
    assert client.get(frame["crop"], params={"size": "small"}).status_code == 200
    x0, y0, x1, y1 = frame["window_px"]
    assert (0, 0) <= (x0, y0) < (x1, y1) <= tuple(frame["size_px"])
    (line,) = likely.json()["likely"]
    assert (line["id"], line["individual"]) == ("c", "Aidar")
    assert client.get("/v1/sightings/nobody/frames").status_code == 404
    assert client.get("/v1/sightings/nobody/likely").status_code == 404


def test_matches_of_a_comparison(asked, check_problem):
    client = asked()
    made = client.post("/v1/comparisons", json={"sighting_ids": ["a", "b"]}).json()
    found = client.get(f"/v1/comparisons/{made['id']}/matches")
    assert found.json() == {"pairs": []}
    check_problem(client.get("/v1/comparisons/nothing/matches"), 404, "not-found")


def test_who_is_who_is_exported_and_the_preview_of_a_merge_knows(asked, check_problem):
    client = asked()
    client.post("/v1/individuals/Zere/sightings", json={"sighting_id": "a", **BY})
    table = client.post("/v1/exports", json={**BY, "name": "who 2026.csv"})
    assert table.status_code == 201
    assert table.headers["content-disposition"] == 'attachment; filename="who 2026.csv"'
    assert [row.split(",")[:2] for row in table.text.splitlines()[1:]] == [
        ["a", "Zere"],
        ["c", "Aidar"],
    ]
    merge = {"kind": "merge", "keep": "Aidar", "gone": "Zere"}
    found = client.post("/v1/decisions/preview", json={"decision": merge}).json()
    assert [one["name"] for one in found["exports"]] == ["who 2026.csv"]
    for name in ("../x.csv", 'x".csv', "x.html", ".csv"):
        answer = client.post("/v1/exports", json={**BY, "name": name})
        check_problem(answer, 422, "invalid")
