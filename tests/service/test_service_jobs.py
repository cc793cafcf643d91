"""Jobs over HTTP: asked for once, watched, stopped; archives only where the operator says."""

import json
import threading

import pytest

from reid.catalogue import content_sha256
from reid.catalogue.jobs import JobStore, NewItem
from reid.jobs import Worker


class Steps:
    """A kind of job that takes ``n`` steps and waits for ``go`` before the last."""

    name = "group"

    def __init__(self, go):
        self.go = go

    def run(self, context):
        context.plan("matching", lambda: (NewItem(str(i), {"i": i}) for i in range(3)))
        context.work("matching", self.do)
        return {"files": ["report.html"]}

    def do(self, item):
        if item.data["i"] == 2:
            assert self.go.wait(20)
        return {}

    def help(self, context, stage):
        context.work(stage, self.do)


@pytest.fixture
def working(client):
    """A worker beside the service, in a thread; ``go`` lets its job end."""
    go = threading.Event()
    worker = Worker(JobStore.of(client.library.catalogue), {"group": Steps(go)}, poll_s=0.05)
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield go
    go.set()
    worker.stop()
    thread.join(20)


def ask(client, ids=("november",), **more):
    return client.post("/v1/jobs", json={"kind": "group", "sighting_ids": list(ids), **more})


def events(client, job_id, **headers):
    """Events of the stream as (name, job) until it ends."""
    with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                yield name, json.loads(value)


def test_the_same_submission_twice_is_one_job(client, submit):
    submit(client)
    first, again = ask(client), ask(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["state"] == "queued"
    listed = client.get("/v1/jobs").json()["jobs"]
    assert [job["id"] for job in listed] == [first.json()["id"]]
    assert client.get("/v1/jobs", params={"state": "done"}).json() == {"jobs": []}


def test_a_job_is_watched_to_its_end(client, submit, working):
    submit(client)
    job_id = ask(client).json()["id"]
    seen = []
    for name, job in events(client, job_id):
        seen.append((name, job["state"], job["done"]))
        if job["state"] == "running":
            working.set()
    assert seen[-1] == ("end", "done", 3)
    assert [name for name, _, _ in seen[:-1]] == ["job"] * (len(seen) - 1)
    detail = client.get(f"/v1/jobs/{job_id}").json()
    assert (detail["stages"]["matching"]["done"], detail["workers"]) == (3, 1)
    assert [name for name, _ in events(client, job_id)] == ["end"], "who comes late hears the end"


def test_cancelling(client, submit, working):
    submit(client)
    waiting = ask(client, options={"siblings": 3}).json()["id"]
    stopped = client.post(f"/v1/jobs/{waiting}/cancel").json()
    assert stopped["state"] == "cancelled" or stopped["cancel_requested"]
    working.set()
    assert list(events(client, waiting))[-1][1]["state"] in ("cancelled", "done")
    again = ask(client, options={"siblings": 3})
    assert again.status_code == 200
    assert again.json()["state"] in ("queued", "running", "done")


def test_outputs_are_served_by_name_alone(client, submit, working, check_problem):
    submit(client)
    job_id = ask(client).json()["id"]
    check_problem(client.get(f"/v1/jobs/{job_id}/files/report.html"), 404, "not-found")
    working.set()
    list(events(client, job_id))
    folder = client.library.catalogue.data_dir / "jobs" / job_id
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<p>all</p>")
    page = client.get(f"/v1/jobs/{job_id}/files/report.html")
    assert (page.text, page.status_code) == ("<p>all</p>", 200)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for name in ("..%2fcatalogue.db", "catalogue.db", "sightings.csv"):
        assert client.get(f"/v1/jobs/{job_id}/files/{name}").status_code in (404, 422)


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"kind": "group"}, 422),
        ({"kind": "group", "sighting_ids": ["nobody"]}, 404),
        ({"kind": "group", "sighting_ids": ["a", "a"]}, 422),
        ({"kind": "batch"}, 422),
        ({"kind": "batch", "source": "survey"}, 422),
        ({"kind": "batch", "source": "survey", "sighting_ids": ["a"]}, 422),
        ({"kind": "walk"}, 422),
        ({"kind": "rebuild-index", "options": {"gap_s": 0}}, 422),
        ({"kind": "rebuild-index", "fast": True}, 422),
    ],
)
def test_what_cannot_be_asked(client, wanted, status):
    assert client.post("/v1/jobs", json=wanted).status_code == status


def test_unknown_jobs_are_not_found(client, check_problem):
    check_problem(client.get("/v1/jobs/none"), 404, "not-found")
    check_problem(client.get("/v1/jobs/none/events"), 404, "not-found")
    check_problem(client.post("/v1/jobs/none/cancel"), 404, "not-found")


@pytest.mark.slow
def test_archives_are_named_below_one_folder_and_nowhere_else(serve, tmp_path, check_problem):
    archives = tmp_path / "archives"
    for place in (archives / "survey" / "north", tmp_path / "secret"):
        place.mkdir(parents=True)
        (place / "1.jpg").write_bytes(b"x")
    (archives / "way out").symlink_to(tmp_path / "secret")
    client = serve(archives_dir=archives)

    def batch(source):
        return client.post("/v1/jobs", json={"kind": "batch", "source": source})

    assert batch("survey").status_code == 201
    assert batch("survey").status_code == 200
    for outside in ("../secret", "survey/../../secret", "way out", "nowhere"):
        problem = check_problem(batch(outside), 404, "not-found")
        assert str(tmp_path) not in problem["detail"]
    assert batch("/etc").status_code == 422
    package = archives / "package"
    package.mkdir()
    (package / "datapackage.json").write_text("{}")
    (package / "media.csv").write_text("mediaID,deploymentID,filePath\nm1,d1,1.jpg\n")
    asked = batch("package/datapackage.json")
    assert asked.status_code == 201
    assert batch("package").json()["id"] == asked.json()["id"], "a package by its folder or file"
    (archives / "survey/north/2.jpg").write_bytes(b"y")
    problem = check_problem(batch("survey"), 409, "inputs-changed")
    assert "north/2.jpg (added)" in problem["detail"]
    fresh = {"kind": "batch", "source": "survey", "fresh": True}
    assert client.post("/v1/jobs", json=fresh).status_code == 201


def test_an_index_is_rebuilt_once_at_a_time(client):
    wanted = {"kind": "rebuild-index"}
    first = client.post("/v1/jobs", json=wanted).json()["id"]
    assert client.post("/v1/jobs", json=wanted).json()["id"] == first
    client.post(f"/v1/jobs/{first}/cancel")
    assert client.post("/v1/jobs", json=wanted).json()["id"] != first


def test_watchers_are_bounded(client, check_problem):
    store = JobStore.of(client.library.catalogue)
    job, _ = store.submit("group", {}, key=content_sha256("x"))
    gate = client.app.state.service.watchers
    gate.inside = gate.places
    check_problem(client.get(f"/v1/jobs/{job.id}/events"), 503, "busy")
    gate.inside = 0
