"""Identities and review over HTTP: one after another, nothing overwritten, everything told."""

from __future__ import annotations

import pytest

from reid.review import OpenPair


@pytest.fixture
def field(client, submit, picture):
    """A client with four stored sightings, and how to decide."""
    for seed, name in enumerate(("sep", "nov", "dec", "jan"), 1):
        files = {"IMG_0001.JPG": picture(1), f"{name}.JPG": name.encode() * seed}
        assert submit(client, name, files).status_code == 201

    def decide(decision, seen=(), **more):
        body = {"decision": decision, "by": "Asel", "seen": list(seen), **more}
        return client.post("/v1/decisions", json=body)

    client.decide = decide
    return client


def seen(client, sighting=None, individual=None):
    if sighting is not None:
        version = client.get(f"/v1/sightings/{sighting}").json()["version"]
        return {"sighting_id": sighting, "version": version}
    version = client.get(f"/v1/individuals/{individual}").json()["version"]
    return {"individual": individual, "version": version}


def new(client, name, *sightings):
    body = {"kind": "new-individual", "name": name, "sighting_ids": sightings}
    made = client.decide(body, [seen(client, s) for s in sightings])
    assert made.status_code == 201, made.text
    return made.json()["event"]["number"]


def test_a_decision_keeps_who_and_what_was_shown(field):
    shown = {"comparison": "c0ffee", "filters": {"station": "north"}}
    body = {"kind": "new-individual", "name": "Aidar", "sighting_ids": ["sep"]}
    saw = [seen(field, "sep")]
    made = field.decide(body, saw, why="rosettes", shown=shown).json()["event"]
    kept = field.get(f"/v1/decisions/{made['number']}").json()
    assert kept == made
    unknown = {"kind": "comparison", "id": "c0ffee", "source": "shown", "stored": False}
    assert kept["shown"] == {**shown, "answers": [unknown]}
    assert (kept["by"], kept["why"]) == ("Asel", "rosettes")
    assert kept["seen"] == [{**saw[0], "individual": None}]
    again = field.decide({"kind": "confirm", "sighting_id": "sep", "individual": "Aidar"}, saw)
    assert again.status_code == 409  # the version that was seen is an old one now
    now = [seen(field, "sep")]
    so = field.decide({"kind": "confirm", "sighting_id": "sep", "individual": "Aidar"}, now)
    assert (so.status_code, so.json()) == (200, {"event": None})


def test_pages_say_whatever_was_shown_in_words(field):
    odd = {
        "probability": "",
        "comparison": {"not": ["an", "id"]},
        "filters": {"prior_known": 0.25, "flank": None},
        "candidates": [{"individual": "<b>Bota</b>", "llr": 1.5}, 7, True, []],
    }
    body = {"kind": "new-individual", "name": "Aidar", "sighting_ids": ["sep"]}
    assert field.decide(body, [seen(field, "sep")], shown=odd).status_code == 201
    for path in ("/history", "/sightings/sep", "/individuals/Aidar"):
        page = field.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        for words in (
            "prior known 0.25, flank none",
            "individual &lt;b&gt;Bota&lt;/b&gt;, llr 1.5; 7; yes",
            "No answer of the machine was stored",
        ):
            assert words in page.text, path


def test_reviewers_edits_lost(field, check_problem):
    """A complaint: the second of two who saw the same page is told what the first did."""
    new(field, "Aidar", "sep")
    page = [seen(field, "nov")]
    first = {"kind": "confirm", "sighting_id": "nov", "individual": "Aidar"}
    assert field.decide(first, page, by="Bulat").status_code == 201
    second = field.decide({"kind": "not-identifiable", "sighting_id": "nov"}, page)
    problem = check_problem(second, 409, "conflict")
    assert "Bulat" in problem["detail"]
    assert "confirm (event 2)" in problem["detail"]
    assert field.get("/v1/sightings/nov").json()["individual"] == "Aidar"


def test_a_decision_without_versions_is_refused(field, check_problem):
    new(field, "Aidar", "sep")
    for decision in (
        {"kind": "confirm", "sighting_id": "nov", "individual": "Aidar"},
        {"kind": "rename", "individual": "Aidar", "name": "Zere"},
        {"kind": "withdraw", "sighting_id": "sep"},
    ):
        problem = check_problem(field.decide(decision), 422, "invalid")
        assert "version of everything" in problem["detail"]
    assert field.decide({"kind": "reject", "a": "sep", "b": "nov"}).status_code == 201


def test_merge_preview_merge_undo(field, check_problem):
    new(field, "Aidar", "sep", "nov")
    new(field, "Zere", "dec")
    field.decide({"kind": "reject", "a": "sep", "b": "dec"})
    merge = {"kind": "merge", "keep": "Aidar", "gone": "Zere"}
    found = field.post("/v1/decisions/preview", json={"decision": merge}).json()
    assert found["moves"] == [{"sighting": "dec", "before": "Zere", "after": "Aidar"}]
    assert [c["kind"] for c in found["contradictions"]] == ["rejected"]
    merged = field.decide(merge, found["seen"])
    assert merged.status_code == 201, merged.text
    against = field.get("/v1/individuals/Aidar/contradictions").json()["contradictions"]
    assert [c["kind"] for c in against] == ["rejected"]
    check_problem(field.get("/v1/individuals/Zere"), 409, "conflict")
    number = merged.json()["event"]["number"]
    undone = field.post(f"/v1/decisions/{number}/undo", json={"by": "Asel"})
    assert undone.status_code == 201
    check_problem(field.post(f"/v1/decisions/{number}/undo", json={"by": "Asel"}), 409, "conflict")
    everybody = field.get("/v1/individuals").json()["individuals"]
    assert {i["name"]: i["sighting_ids"] for i in everybody} == {
        "Aidar": ["nov", "sep"],
        "Zere": ["dec"],
    }
    then = field.get("/v1/individuals", params={"event": number}).json()["individuals"]
    assert {i["name"]: i["sighting_ids"] for i in then} == {"Aidar": ["dec", "nov", "sep"]}


def test_renaming_needs_the_version(field, check_problem):
    new(field, "Aidar", "sep")
    tag = field.get("/v1/individuals/Aidar").headers["etag"]
    told = {"name": "Zere", "by": "Asel"}
    bare = field.patch("/v1/individuals/Aidar", json=told)
    check_problem(bare, 428, "version-needed")
    done = field.patch("/v1/individuals/Aidar", json=told, headers={"If-Match": tag})
    assert (done.status_code, done.json()["name"]) == (200, "Zere")
    assert done.headers["etag"] != tag
    late = field.patch("/v1/individuals/Zere", json=told, headers={"If-Match": tag})
    check_problem(late, 412, "stale")
    assert field.get("/v1/individuals/Aidar").json()["name"] == "Zere"  # the old name still leads


def test_the_past_can_be_asked_for(field, check_problem):
    first = new(field, "Aidar", "sep")
    at = field.get(f"/v1/decisions/{first}").json()["at"]
    new(field, "Zere", "nov")
    for asked in ({"event": first}, {"at": at}):
        then = field.get("/v1/individuals", params=asked).json()["individuals"]
        assert [i["name"] for i in then] == ["Aidar"]
        check_problem(field.get("/v1/individuals/Zere", params=asked), 404, "not-found")
    check_problem(field.get("/v1/individuals", params={"event": 99}), 404, "not-found")
    check_problem(
        field.get("/v1/individuals", params={"at": "2026-01-01T00:00:00"}), 422, "invalid"
    )
    both = {"event": 1, "at": at}
    check_problem(field.get("/v1/individuals", params=both), 422, "invalid")


def test_the_history_comes_in_pages(field):
    new(field, "Aidar", "sep")
    new(field, "Zere", "nov")
    field.decide({"kind": "no-match", "sighting_id": "dec"})
    first = field.get("/v1/decisions", params={"limit": 2}).json()
    assert [e["number"] for e in first["events"]] == [1, 2]
    rest = field.get("/v1/decisions", params={"after": first["next"]}).json()
    assert ([e["number"] for e in rest["events"]], rest["next"]) == ([3], None)
    of = field.get("/v1/decisions", params={"individual": "Zere"}).json()["events"]
    assert [e["kind"] for e in of] == ["new-individual"]
    of = field.get("/v1/decisions", params={"sighting_id": "dec"}).json()["events"]
    assert [e["kind"] for e in of] == ["no-match"]


def test_enrolling_somebody_elses_sighting_is_a_conflict(field, check_problem):
    new(field, "Aidar", "sep")
    told = {"sighting_id": "sep", "by": "Bulat"}
    answer = field.post("/v1/individuals/Zere/sightings", json=told)
    assert "is 'Aidar'" in check_problem(answer, 409, "conflict")["detail"]


def test_review_from_the_first_pair_to_the_rates(field, check_problem):
    evidence = [OpenPair("nov", "sep", 0.1, "inconclusive"), OpenPair("dec", "jan", 4.0, "same")]
    field.library.catalogue.note_evidence(evidence)
    queue = field.get("/v1/review/queue").json()["queue"]
    assert [(p["a"], p["b"]) for p in queue] == [("nov", "sep"), ("dec", "jan")]
    assert queue[0]["gain_bits"] > queue[1]["gain_bits"]
    item = field.post("/v1/review/next", json={"by": "Asel"}).json()["item"]
    assert {item["a"], item["b"]} == {"nov", "sep"}
    assert not {"purpose", "truth"} & set(item)
    assert field.get(f"/v1/review/items/{item['id']}").json() == item
    address = f"/v1/review/items/{item['id']}/answer"
    done = field.post(address, json={"by": "Asel", "answer": "same"}).json()
    assert done["event"] == 1
    assert field.post(address, json={"by": "Asel", "answer": "same"}).json() == done
    other = field.post(address, json={"by": "Asel", "answer": "different"})
    check_problem(other, 409, "conflict")
    check_problem(field.post(address, json={"by": "B", "answer": "same"}), 422, "invalid")
    rates = field.get("/v1/review/rates").json()
    assert [r["reviewer"] for r in rates["reviewers"]] == ["Asel"]
    assert rates["machine"]["wrong_same"] == {
        "wrong": 0,
        "answers": 0,
        "rate": None,
        "low": 0,
        "high": 1,
    }
    assert field.get("/v1/review/disputes").json() == {"disagreements": [], "merges": []}
    assert field.get("/v1/sightings/sep").json()["individual"] == "L0001"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/decisions/7", None, 404),
        ("GET", "/v1/decisions/0", None, 422),
        ("GET", "/v1/decisions/many", None, 404),
        ("GET", "/v1/decisions?limit=0", None, 422),
        ("GET", "/v1/decisions?individual=nobody", None, 404),
        ("GET", "/v1/individuals/nobody/contradictions", None, 404),
        ("POST", "/v1/decisions/7/undo", {"by": "Asel"}, 404),
        ("POST", "/v1/decisions", {"by": "Asel", "decision": {"kind": "guess"}}, 422),
        (
            "POST",
            "/v1/decisions",
            {"by": "A", "decision": {"kind": "reject", "a": "x", "b": "y"}},
            404,
        ),
        ("POST", "/v1/review/next", {"by": ""}, 422),
        ("POST", "/v1/review/items/x/answer", {"by": "Asel", "answer": "same"}, 404),
        ("POST", "/v1/review/items/x/answer", {"by": "Asel", "answer": "perhaps"}, 422),
        ("GET", "/v1/review/items/x", None, 404),
    ],
)
def test_what_cannot_be(steady, check_problem, method, path, body, status):
    answer = steady.request(method, path, json=body)
    check_problem(answer, status, {404: "not-found", 422: "invalid"}[status])
    assert steady.get("/v1/decisions").json()["events"] == []
