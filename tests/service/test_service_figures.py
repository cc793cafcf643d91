"""Metrics: what is told, to whom, and what must not be in it."""

import re
import threading

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reid.catalogue.access_keys import KeyStore
from reid.catalogue.census import Census
from reid.catalogue.jobs import JobStore
from reid.errors import SearchError
from reid.jobs import submit_simple
from reid.people import Role
from reid.telemetry import timed
from reid.telemetry.stages import STAGES


def figures(client):
    answer = client.get("/v1/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[sample.name, frozenset(sample.labels.values())] = sample.value
    return found


def of(found, name, *labels):
    return found[f"leopard_reid_{name}", frozenset(labels)]


def test_requests_are_counted_by_route_and_status(client, submit):
    assert submit(client).status_code == 201
    client.get("/v1/sightings/none")
    client.get("/v1/sightings/somewhere")
    client.request("BREW", "/v1/sightings/43.2718")
    found = figures(client)
    assert of(found, "requests_total", "POST", "/v1/sightings", "201") == 1
    route = "/v1/sightings/{sighting_id}"
    assert of(found, "requests_total", "GET", route, "404") == 2
    assert of(found, "request_seconds_count", "GET", route) == 2
    assert of(found, "problems_total", "not-found") == 2
    assert of(found, "sightings") == of(found, "media") == of(found, "annotations") == 1
    assert not re.search(r"somewhere|BREW|43\.27|november", client.get("/v1/metrics").text)


def test_a_failed_search_is_counted_and_is_no_answer(client, submit):
    submit(client)
    assert client.post("/v1/identifications", json={"sighting_id": "november"}).status_code == 200
    client.library.fail = SearchError("the index cannot be read")
    assert client.post("/v1/identifications", json={"sighting_id": "november"}).status_code == 503
    found = figures(client)
    assert of(found, "failed_searches_total") == 1
    assert of(found, "identifications_total", "inconclusive") == 1
    assert of(found, "ready") == 0
    assert of(found, "not_ready", "search") == 1
    client.library.fail = None
    found = figures(client)
    assert of(found, "ready") == 1
    assert of(found, "index_state", "empty") == 1


def test_jobs_workers_and_decisions(client, submit):
    submit(client)
    submit(client, "december")
    body = {"sighting_id": "november", "by": "Asel", "accept_flags": True}
    client.post("/v1/individuals/Aidar/sightings", json=body)
    client.post("/v1/comparisons", json={"sighting_ids": ["november", "december"]})
    store = JobStore.of(client.library.catalogue)
    submit_simple(store, "rebuild-index", {"number": 0})
    store.enlist("far", machine="elsewhere", pid=1, process="1")
    found = figures(client)
    assert of(found, "jobs", "queued") == 1
    assert of(found, "jobs", "failed") == 0
    assert of(found, "job_oldest_seconds", "queued") > 0
    assert of(found, "job_oldest_seconds", "running") == 0
    assert of(found, "workers_alive") == 1
    assert of(found, "individuals") == of(found, "decisions") == 1
    assert of(found, "verdicts", "not comparable") == 1


def test_queues_are_seen_while_they_are_long(serve, submit):
    go = threading.Event()
    client = serve(go=go)
    sending = threading.Thread(target=submit, args=(client,))
    sending.start()
    assert client.library.adding.wait(10)
    assert of(figures(client), "queue_length", "models") == 1
    assert of(figures(client), "queue_length", "uploads") == 1
    go.set()
    sending.join(10)
    found = figures(client)
    assert of(found, "queue_length", "models") == 0
    assert of(found, "queue_places", "models") == 10


def test_the_models_seconds_by_stage(client):
    before = figures(client)
    assert all(of(before, "stage_seconds_count", stage) == 0 for stage in STAGES)
    with timed("embed"):
        pass
    with pytest.raises(ValueError, match="bad"), timed("match"):
        raise ValueError("bad")
    after = figures(client)
    counts = [of(after, "stage_seconds_count", stage) for stage in ("embed", "match", "decode")]
    assert counts == [1, 1, 0]


def test_figures_are_for_viewers(client):
    keys = KeyStore.of(client.library.catalogue)
    key = keys.create("Prometheus", Role.VIEWER)
    assert client.get("/v1/metrics").status_code == 401
    allowed = client.get("/v1/metrics", headers={"Authorization": f"Bearer {key.text}"})
    assert allowed.status_code == 200
    assert key.text not in allowed.text
    assert "Prometheus" not in allowed.text


def test_the_census_of_an_empty_catalogue(client):
    counts = Census.of(client.library.catalogue).counts()
    assert (counts.sightings, counts.individuals, counts.verdicts) == (0, 0, {})
    assert set(counts.jobs) == {"queued", "running", "done", "failed", "cancelled"}
