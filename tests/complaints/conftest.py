"""The whole service over real HTTP: with the real models, and quickly without the networks."""

import importlib.util
import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from reid.batch import standard_kinds
from reid.catalogue.jobs import JobStore
from reid.config import Settings
from reid.jobs import Worker
from reid.pipeline import Engine, Library
from reid.types import Flank
from service import create_app
from service.ports import Opened
from training.soak.light import light_engine
from training.synthetic import RenderSpec, encode_jpeg, render


def _loaded(kind):
    place = Path(__file__).parents[1] / kind / "conftest.py"
    spec = importlib.util.spec_from_file_location(f"complaints_{kind}", place)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_tools, _browser = _loaded("service"), _loaded("browser")
visit = _browser.visit


@pytest.fixture(scope="session")
def leopard():
    """``leopard(individual, flank, station, **changes)``: JPEG bytes, each rendered once."""
    made = {}

    def make(individual, flank=Flank.LEFT, station=1, **changes):
        base = {"size_px": 560.0, "picture_wh": (1000, 700), "noise": 0.05, "picture": station}
        spec = RenderSpec(individual=individual, flank=flank, station=station, **base | changes)
        if spec not in made:
            made[spec] = encode_jpeg(render(spec))
        return made[spec]

    return make


@contextmanager
def served(engine, folder):
    """A client of a service over a library of its own: ``client.library``."""
    settings = Settings(data_dir=folder)
    library = Library.open(engine, settings)
    opened = Opened(library, library.search.state, library.catalogue.close)
    with _tools.running(create_app(settings, library_factory=lambda _: opened)) as client:
        _tools.wait_ready(client)
        client.library, client.timeout = library, 120
        yield client


@pytest.fixture(scope="session")
def engine():
    return Engine.load(threads=2)


@pytest.fixture
def service(engine, tmp_path):
    """The real models."""
    with served(engine, tmp_path / "data") as client:
        yield client


@pytest.fixture
def quick(tmp_path):
    """No networks; everything else is real."""
    with served(light_engine(), tmp_path / "data") as client:
        yield client


@pytest.fixture(scope="session")
def send():
    """``send(client, id, *pictures, flank="left", **metadata)``: POST a sighting."""

    def post(client, name, *pictures, flank="left", boxes=(), **more):
        files = {f"SYNTHETIC-{k}.jpg": content for k, content in enumerate(pictures)}
        media = [{"file_name": f, "flank": flank, "boxes": list(boxes)} for f in files]
        told = json.dumps({"id": name, "media": media, **more})
        parts = [("media", (f, content, "image/jpeg")) for f, content in files.items()]
        answer = client.post("/v1/sightings", data={"metadata": told}, files=parts)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return post


@pytest.fixture(scope="session")
def decide():
    """``decide(client, decision, *sightings, by=...)``: POST a decision on what is so now."""

    def post(client, decision, *subjects, by="Asel", **more):
        seen = [version_of(client, name) for name in subjects]
        body = {"decision": decision, "by": by, "seen": seen, **more}
        return client.post("/v1/decisions", json=body)

    return post


def version_of(client, name):
    """What ``seen`` holds of a sighting, or of an individual (``@name``)."""
    if name.startswith("@"):
        found = client.get(f"/v1/individuals/{name[1:]}").raise_for_status().json()
        return {"individual": name[1:], "version": found["version"]}
    found = client.get(f"/v1/sightings/{name}").raise_for_status().json()
    return {"sighting_id": name, "version": found["version"]}


@pytest.fixture(scope="session")
def group():
    """``group(client, *ids)``: the job that groups these sightings, done by a worker beside."""

    def run(client, *ids):
        asked = {"kind": "group", "sighting_ids": list(ids)}
        job = client.post("/v1/jobs", json=asked).raise_for_status().json()
        library = client.library
        kinds = standard_kinds(lambda: library, library.catalogue.data_dir)
        Worker(JobStore.of(library.catalogue), kinds, poll_s=0.05).run(only=job["id"])
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = client.get(f"/v1/jobs/{job['id']}").raise_for_status().json()
            if found["state"] in ("done", "failed"):
                return found
            time.sleep(0.1)
        raise TimeoutError(job["id"])

    return run
