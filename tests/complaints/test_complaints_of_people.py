"""What users of other systems complain of in working together: impossible here."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from training.soak.media import picture, varied


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


def test_nobody_knows_who_confirmed_a_match_or_which_filters_it_used(catalogue, decide):
    shown = {"filters": {"station": "north", "flank": "left"}, "candidates": ["a", "b"]}
    confirm = {"kind": "confirm", "sighting_id": "e", "individual": "Aidar"}
    done = decide(catalogue, confirm, "e", by="Marat", why="both shoulders", shown=shown)
    number = done.json()["event"]["number"]
    nameless = {**confirm, "sighting_id": "f"}
    assert decide(catalogue, nameless, "f", by="").status_code == 422
    history = catalogue.get("/v1/decisions", params={"sighting_id": "e"}).json()["events"]
    event = next(one for one in history if one["number"] == number)
    assert (event["by"], event["why"], event["shown"]) == ("Marat", "both shoulders", shown)
    assert event["at"]
    assert event["seen"] == [{"sighting_id": "e", "individual": None, "version": 0}]
    logged = catalogue.get("/v1/audit").json()["entries"]
    assert any(one["who"] == "Marat" and one["about"].get("sighting_id") == "e" for one in logged)


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
