"""Two services and two workers on one catalogue, killed meanwhile: they stay of one mind."""

import json
import os
import re
import threading
import time
from contextlib import suppress

import httpx
import pytest

from reid.catalogue import Catalogue
from reid.pipeline import Engine, Library
from reid.types import Flank
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow
ANIMALS, VIEWS = (7, 8, 9), 2
WHOLE_S = 600.0
WORKER = ("-c", "from reid.cli import main; main()", "worker", "--threads", "1")


class Service:
    """A service as a process, begun again when it is killed."""

    def __init__(self, begin, environment, log):
        self._begin, self._environment, self._log = begin, environment, log
        self.start()

    def start(self):
        self._out = self._log.open("w+")
        self.process = self._begin(
            "-m", "service", "--port", "0", stdout=self._out, env=self._environment
        )

    def url(self):
        end = time.monotonic() + WHOLE_S
        while time.monotonic() < end:
            said = self._log.read_text()
            if said.endswith("\n"):
                return said.splitlines()[0]
            time.sleep(0.1)
        raise TimeoutError("it printed no address")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def ask(self, method, path, **more):
        """Until there is an answer: a killed service answers nothing, one that loads says so."""
        end = time.monotonic() + WHOLE_S
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                found = httpx.request(
                    method, f"{self.url()}/v1{path}", timeout=WHOLE_S, trust_env=False, **more
                )
                if found.status_code not in (429, 503):
                    return found
            time.sleep(1)
        raise TimeoutError(path)


@pytest.fixture(scope="module")
def pictures():
    made = {}
    for animal in ANIMALS:
        for view in range(VIEWS):
            spec = RenderSpec(animal, Flank.LEFT, size_px=420, station=view, picture=view,
                              picture_wh=(700, 500), noise=0.05)  # fmt: skip
            made[f"animal-{animal}-{view}"] = encode_jpeg(render(spec))
    return made


@pytest.fixture
def environment(ready):
    where, folder = str(ready[0]), ready[1] or ready[0]
    url = {"LEOPARD_REID_DATABASE_URL": where} if "://" in where else {}
    ours = {k: v for k, v in os.environ.items() if not k.startswith("LEOPARD_REID_")}
    return {
        **ours,
        **url,
        "LEOPARD_REID_DATA_DIR": str(folder),
        "LEOPARD_REID_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def send(service, name, content):
    """Until it is acknowledged."""
    told = {"id": name, "media": [{"file_name": "a.jpg", "flank": "left"}]}
    parts = [
        ("metadata", (None, json.dumps(told), "application/json")),
        ("media", ("a.jpg", content, "image/jpeg")),
    ]
    found = service.ask("POST", "/sightings", files=parts)
    assert found.status_code in (200, 201), found.text


def answer(service, name):
    """An identification, without what is of one moment."""
    found = service.ask("POST", "/identifications", json={"sighting_id": name})
    assert found.status_code == 200, found.text
    whole = found.json()
    told = {k: v for k, v in whole.items() if k not in ("comparison_id", "comparison", "id")}
    moment = r'"(created_at|code_version)": "[^"]*"'  # somebody may be editing the source
    return re.sub(moment, r'"\1": ""', json.dumps(told, sort_keys=True))


def test_services_and_workers_share_one_catalogue(
    ready, begin, environment, pictures, tmp_path, monkeypatch
):
    services = [Service(begin, environment, tmp_path / f"service-{k}") for k in range(2)]
    workers = [begin(*WORKER, env=environment) for _ in range(2)]
    names = sorted(pictures)
    failed = []

    def sending(k):
        try:
            for name in names[k::2]:
                send(services[k], name, pictures[name])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=sending, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    services[1].ask("GET", "/ready")
    time.sleep(1)
    services[0].kill()  # while it is sent pictures
    for thread in threads:
        thread.join()
    assert not failed
    for k, animal in enumerate(ANIMALS[:2]):
        said = {"sighting_id": f"animal-{animal}-0", "by": "Asel", "accept_flags": True}
        done = services[k].ask("POST", f"/individuals/A{animal}/sightings", json=said)
        assert done.status_code in (200, 201), done.text

    told = {"kind": "group", "sighting_ids": names, "by": "Asel"}
    job = services[0].ask("POST", "/jobs", json=told).json()["id"]
    end = time.monotonic() + WHOLE_S
    while (now := services[1].ask("GET", f"/jobs/{job}").json())["state"] == "queued":
        assert time.monotonic() < end
        time.sleep(0.2)
    time.sleep(2)
    workers[0].kill()  # while it compares, or loads
    while (now := services[1].ask("GET", f"/jobs/{job}").json())["state"] not in ("done", "failed"):
        assert time.monotonic() < end
        time.sleep(0.5)
    assert now["state"] == "done", now["problem"]
    services[1].kill()

    query = f"animal-{ANIMALS[0]}-1"
    first, second = (answer(service, query) for service in services)
    assert first == second, "the same question through every process has the same answer"
    for service in services:
        index = service.ask("GET", "/ready").json()["index"]
        assert index["indexed"] == index["stored"] == len(names)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with Library(
        Engine.load(threads=1), Catalogue.open(ready[0], data_dir=ready[1]), tmp_path / "anew"
    ) as library:
        assert {s.id for s in library.catalogue.sightings()} == set(names)
        assert len(library.search) == len(names)
        found = library.identify(query)
        assert (found.kind, found.individual) == (
            json.loads(first)["kind"],
            json.loads(first)["individual"],
        )
