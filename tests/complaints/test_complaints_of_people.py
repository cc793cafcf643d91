"""What users of other systems complain of in working together: impossible here."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from training.soak.media import picture, varied

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def small():
    """``small(k)``: a small picture of its own."""
    return lambda number: varied(picture(number % 4, 0), f"complaint {number}")


@pytest.fixture
def catalogue(quick, small, send, decide):
    """Sightings a to f: Aidar is a and b, Zere c and d."""
    for number, name in enumerate("abcdef"):
        send(quick, name, small(number))
    for name, sightings in (("Aidar", "ab"), ("Zere", "cd")):
        new = {"kind": "new-individual", "sighting_ids": list(sightings), "name": name}
        assert decide(quick, new, *sightings).status_code == 201
    return quick


def people(client):
    found = client.get("/v1/individuals").raise_for_status().json()["individuals"]
    return {one["name"]: sorted(one["sighting_ids"]) for one in found}


MERGE = {"kind": "merge", "keep": "Aidar", "gone": "Zere"}


def test_a_merge_fails_silently_or_leaves_duplicates(catalogue, decide):
    looked = catalogue.post("/v1/decisions/preview", json={"decision": MERGE}).json()
    assert sorted(move["sighting"] for move in looked["moves"]) == ["c", "d"]
    body = {"decision": MERGE, "by": "Asel", "seen": looked["seen"]}
    event = catalogue.post("/v1/decisions", json=body)
    assert event.status_code == 201
    assert people(catalogue) == {"Aidar": ["a", "b", "c", "d"]}, "one animal, all its sightings"
    again = catalogue.post("/v1/decisions", json=body)
    assert again.status_code in (404, 409)
    assert again.json()["detail"]
    number = event.json()["event"]["number"]
    undone = catalogue.post(f"/v1/decisions/{number}/undo", json={"by": "Asel"})
    assert undone.status_code == 201
    assert people(catalogue) == {"Aidar": ["a", "b"], "Zere": ["c", "d"]}
    assert catalogue.library.catalogue.check_identities() == ()


def last_decision(client, sighting):
    found = client.get("/v1/decisions", params={"sighting_id": sighting, "before": 2**40}).json()
    return found["events"][0]


def test_nobody_knows_who_confirmed_a_match_or_which_filters_it_used(catalogue, visit):
    """By the page itself: it is asked with filters of one's own, and its button is pressed."""
    page = visit(f"{catalogue.base_url}/sightings/e", local_name="Marat")
    page.locator("summary", has_text="What is asked").click()
    page.locator("#prior-known").fill("0.3")
    page.locator("#max-error").fill("0.05")
    page.get_by_role("button", name="Search the catalogue").click()
    page.locator("#answer .candidates, #answer .reasons").first.wait_for()
    # somebody else asks otherwise meanwhile: what counts is what was on Marat's screen
    other = catalogue.post("/v1/identifications", json={"sighting_id": "e", "prior_known": 0.9})
    page.locator("#prior-known").fill("0.7")
    page.get_by_label("Why (kept with your decision)").fill("both shoulders")
    page.get_by_role("button", name="It is Aidar").click()
    page.locator("#who .chip.same").wait_for()
    event = last_decision(catalogue, "e")
    assert (event["kind"], event["by"], event["why"]) == ("confirm", "Marat", "both shoulders")
    assert event["at"]
    assert event["seen"] == [{"sighting_id": "e", "individual": None, "version": 0}]
    assert event["shown"]["filters"] == {"prior_known": 0.3, "max_error": 0.05}
    (answer,) = event["shown"]["answers"]
    assert answer["source"] == "shown"
    assert answer["id"] == event["shown"]["identification"] != other.json()["id"]
    assert answer["asked"] == {"prior_known": 0.3, "max_error": 0.05}
    assert {one["individual"] for one in answer["candidates"]} == {"Aidar", "Zere"}
    assert all(isinstance(one["llr"], float) for one in answer["candidates"])
    provenance = catalogue.library.engine.provenance()
    for name in ("bundle", "weights", "calibration"):
        assert answer[name] == provenance[name], name
    logged = catalogue.get("/v1/audit").json()["entries"]
    assert any(one["who"] == "Marat" and one["about"].get("sighting_id") == "e" for one in logged)
    page.goto(f"{catalogue.base_url}/history?sighting=e")
    page.locator("summary", has_text="What was shown").first.click()
    words = page.locator(".event").first.inner_text()
    for said in ("Shown with the decision", "Asked who e is", "30 %", "5 %", "Zere (", "weights "):
        assert said in words


def test_nobody_knows_which_answer_stood_when_nobody_named_one(catalogue):
    """Doors that show no answer keep the last stored one as what it is, or that there was none."""
    enrol = {"sighting_id": "f", "by": "Marat", "accept_flags": True}
    asked = {"sighting_id": "e", "prior_known": 0.2}
    answer = catalogue.post("/v1/identifications", json=asked).json()
    unlike = {**enrol, "shown": {"identification": answer["id"]}}
    assert catalogue.post("/v1/individuals/Bota/sightings", json=unlike).status_code == 422
    assert catalogue.post("/v1/individuals/Bota/sightings", json=enrol).status_code == 201
    assert last_decision(catalogue, "f")["shown"] == {"answers": []}
    for shown, source in (({}, "last stored answer"), ({"identification": answer["id"]}, "shown")):
        body = {**enrol, "sighting_id": "e", "shown": shown}
        assert catalogue.post("/v1/individuals/Aidar/sightings", json=body).status_code == 201
        (kept,) = last_decision(catalogue, "e")["shown"]["answers"]
        assert (kept["id"], kept["source"]) == (answer["id"], source)
        assert kept["asked"]["prior_known"] == 0.2
        gone = {"by": "Marat", "why": "to say it again"}
        path = "/v1/individuals/Aidar/sightings/e/withdraw"
        assert catalogue.post(path, json=gone).status_code == 200
    withdrawn = last_decision(catalogue, "e")
    assert (withdrawn["kind"], withdrawn["by"], withdrawn["why"], withdrawn["shown"]) == (
        *("withdraw", "Marat", "to say it again"),
        {},
    )


def test_reviewers_edits_are_lost(catalogue):
    """Ten reviewers decide on one sighting at once: one is right, nine are told by whom."""
    page = catalogue.get("/v1/sightings/e").json()
    seen = [{"sighting_id": "e", "version": page["version"]}]

    def decision(number):
        names = ("Aidar", "Zere")
        body = {
            "decision": {"kind": "confirm", "sighting_id": "e", "individual": names[number % 2]},
            "by": f"reviewer {number}",
            "seen": seen,
        }
        return catalogue.post("/v1/decisions", json=body)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(decision, range(10)))
    right = [a for a in answers if a.status_code == 201]
    assert len(right) == 1
    winner = right[0].json()["event"]["by"]
    for answer in answers:
        assert answer.status_code in (200, 201, 409)
        if answer.status_code == 409:
            assert winner in answer.json()["detail"], "who was faster is told"
    history = catalogue.get("/v1/decisions", params={"sighting_id": "e"}).json()["events"]
    assert [event["by"] for event in history] == [winner]


def test_names_are_generated_twice(catalogue, decide):
    """Many ask for a name at once; names that were given up stay taken."""

    def new(_number):
        body = {"decision": {"kind": "new-individual"}, "by": "Asel"}
        return catalogue.post("/v1/decisions", json=body)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(new, range(24)))
    assert {answer.status_code for answer in answers} == {201}
    names = [one["name"] for one in catalogue.get("/v1/individuals").json()["individuals"]]
    assert len(names) == len(set(names)) == 26
    rename = {"kind": "rename", "individual": "Zere", "name": "Aliya"}
    assert decide(catalogue, rename, "@Zere").status_code == 201
    taken = {"kind": "new-individual", "sighting_ids": ["f"], "name": "Zere"}
    refused = decide(catalogue, taken, "f")
    assert refused.status_code in (409, 422)
    assert "Zere" in refused.json()["detail"]
