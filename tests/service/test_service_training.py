"""/v1/training-runs: counted, refused with numbers, asked for, looked at."""

import json

import pytest

from reid.catalogue.jobs import JobStore
from reid.labels import excluded, readiness, readiness_of_catalogue
from reid.types import Sighting, SightingMedia
from service.routes import training_runs


@pytest.fixture
def few(monkeypatch):
    """So that a handful of labels would do."""
    monkeypatch.setattr(readiness, "LEAST_LEARN", 0)
    monkeypatch.setattr(readiness, "LEAST_HELD_OUT", 0)


def test_what_is_missing_is_told_before_anything_is_asked(client, check_problem):
    ready = client.get("/v1/training-runs/readiness").json()
    assert ready["ready"] is False
    assert "at least" in ready["refusals"][0]
    assert ready["twice"] == {"train": 0, "calibration": 0, "held-out": 0}
    refused = client.post("/v1/training-runs", json={})
    check_problem(refused, 422, "invalid")
    assert "two sightings of one flank" in refused.json()["detail"]
    assert client.get("/v1/training-runs").json() == {"runs": []}


def test_a_run_is_one_job_and_what_it_left_is_served_by_name(client, few, check_problem):
    assert readiness_of_catalogue(client.library.catalogue).ready
    begun = client.post("/v1/training-runs", json={"by": "Asel"})
    assert begun.status_code == 201
    again = client.post("/v1/training-runs", json={"by": "Asel"})
    run_id = begun.json()["job"]["id"]
    assert (again.status_code, again.json()["job"]["id"]) == (200, run_id)
    one = client.get(f"/v1/training-runs/{run_id}").json()
    assert (one["job"]["kind"], one["passed"], one["bundle"]) == ("training-run", None, "")
    folder = client.library.catalogue.data_dir / "training" / run_id
    folder.mkdir(parents=True)
    (folder / "curve.jsonl").write_text(json.dumps({"shrink": 1.0, "map": 0.4}) + "\n")
    (folder / "report.md").write_text("# passed")
    listed = client.get("/v1/training-runs").json()["runs"]
    assert listed[0]["points"] == [{"shrink": 1.0, "map": 0.4}]
    report = f"/v1/training-runs/{run_id}/files/report.md"
    check_problem(client.get(report), 404, "not-found")  # the run has not ended
    store = JobStore.of(client.library.catalogue)
    store.enlist("w", machine="m", pid=1, process="p")
    store.claim("w", kinds=["training-run"])
    told = {"files": ["report.md"], "passed": True, "bundle": {"label": "lab@1"}}
    store.finish(run_id, "w", told)
    assert client.get(report).text == "# passed"
    assert client.get(f"/v1/training-runs/{run_id}").json()["bundle"] == "lab@1"
    assert client.get(f"/v1/training-runs/{run_id}/files/state.pt").status_code in (404, 422)


def test_a_run_keeps_its_name_and_is_another_under_other_licences(client, few, check_problem):
    asked = {"name": "lab", "licence": "cc-by-4.0", "by": "Asel"}
    check_problem(
        client.post("/v1/training-runs", json={**asked, "licence": "ask me"}), 422, "invalid"
    )
    run_id = client.post("/v1/training-runs", json=asked).json()["job"]["id"]
    catalogue = client.library.catalogue
    assert JobStore.of(catalogue).job(run_id).params["name"] == "lab"
    assert client.post("/v1/training-runs", json=asked).status_code == 200
    content = SightingMedia("a.jpg", b"content", licence="CC-BY-NC-4.0")
    catalogue.save_sighting(Sighting("imported", (content,)))
    assert client.post("/v1/training-runs", json=asked).status_code == 201


def test_from_another_bundle_it_is_another_run(client, few, monkeypatch):
    asked = {"by": "Asel"}
    run_id = client.post("/v1/training-runs", json=asked).json()["job"]["id"]
    params = JobStore.of(client.library.catalogue).job(run_id).params
    assert params["champion"] == client.get("/v1/bundles").json()["active"]["sha256"]
    monkeypatch.setattr(training_runs, "_serving", lambda *_: "f" * 64)  # as after a promotion
    assert client.post("/v1/training-runs", json=asked).status_code == 201


def test_labels_alone_need_no_more_than_a_label(client, picture, check_problem, monkeypatch):
    asked = {"only": "labels", "by": "Asel"}
    refused = client.post("/v1/training-runs", json=asked)
    check_problem(refused, 422, "invalid")
    assert "individuals that people confirmed, found none" in refused.json()["detail"]
    files = [("media", ("a.jpg", picture(1), "image/jpeg"))]
    client.post("/v1/sightings", data={"metadata": json.dumps({"id": "s1"})}, files=files)
    catalogue = client.library.catalogue
    catalogue.enrol("s1", "Ada", by="Asel")
    told = client.post("/v1/training-runs", json=asked).json()["detail"]
    assert "1 x no leopard was found" in told  # by the stand-in
    monkeypatch.setattr(excluded, "NO_ANIMAL", "")
    begun = client.post("/v1/training-runs", json=asked)
    assert begun.status_code == 201
    run_id = begun.json()["job"]["id"]
    assert client.post("/v1/training-runs", json=asked).json()["job"]["id"] == run_id
    assert (begun.json()["only"], begun.json()["labels"]) == ("labels", None)
    doubt = {
        "sighting": "s1",
        "individual": "Ada",
        "nearest": "s2",
        "nearest_individual": "Bo",
        "nearest_own": "",
        "kind": "together",
        "contradicted": False,
    }
    labels = {"looked_at": 9, "doubted": 1, "contradicted": 0, "offered": 1, "doubts": [doubt]}
    store = JobStore.of(catalogue)
    store.enlist("w", machine="m", pid=1, process="p")
    store.claim("w", kinds=["training-run"])
    ready = readiness_of_catalogue(catalogue).plain()
    store.finish(run_id, "w", {"labels": labels, "readiness": ready, "files": []})
    told = client.get(f"/v1/training-runs/{run_id}").json()
    assert told["labels"] == labels
    assert told["readiness"]["ready"] is False


@pytest.mark.parametrize(
    "wanted",
    [
        {"only": "everything"},
        {"only": "labels", "override": "why", "by": "Asel"},
        {"recipe": "huge"},
        {"seed": -1},
        {"licence": "x; rm"},
        {"fast": True},
    ],
)
def test_what_cannot_be_asked(client, few, wanted):
    assert client.post("/v1/training-runs", json=wanted).status_code == 422


def test_other_jobs_are_no_training_runs(client, check_problem):
    job = client.post("/v1/jobs", json={"kind": "rebuild-index"}).json()
    check_problem(client.get(f"/v1/training-runs/{job['id']}"), 404, "not-found")
