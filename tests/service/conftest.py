"""A real server on loopback, and small synthetic pictures to send to it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import shutil
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from reid.catalogue import Catalogue
from reid.config import Settings
from reid.types import Flank
from service import create_app
from service.listening import listening
from training.synthetic import RenderSpec, encode_jpeg, render

STAND_IN = Path(__file__).with_name("stand_in.py")


@pytest.fixture(scope="session")
def stand_in():
    """The module ``stand_in``; test folders are not packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("service_stand_in", STAND_IN)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def picture():
    """A small synthetic picture as JPEG bytes; equal seeds give equal bytes."""
    made = {}

    def make(seed=1):
        if seed not in made:
            spec = RenderSpec(seed, Flank.LEFT, size_px=200, picture_wh=(320, 240), noise=0.0)
            made[seed] = encode_jpeg(render(spec))
        return made[seed]

    return make


class Quick(uvicorn.Server):
    """A server that sees within 20 ms that it shall end, not within 100."""

    async def main_loop(self):
        count = 0
        while not await self.on_tick(10 * count):  # each tick renews the date in its answers
            count = (count + 1) % 86_400
            await asyncio.sleep(0.02)


@contextmanager
def running(app):
    """The application on a free port, in a thread; yields a client."""
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)
    socket = listening(config)
    server = Quick(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{socket.getsockname()[1]}"
    try:
        with httpx.Client(base_url=base, timeout=30) as client:
            client.app = app
            yield client
    finally:
        server.should_exit = True
        thread.join(20)
        socket.close()


def wait_ready(client, seconds=60):
    """Wait until the library is loaded, whether or not it can answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = client.get("/v1/ready")
        if not answer.is_error or not answer.json()["type"].endswith(":not-ready"):
            return answer
        time.sleep(0.02)
    raise TimeoutError(answer.text)


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory):
    """A data directory whose tables are made: copying it is quicker than migrating."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    Catalogue.open(folder).close()
    return folder


@pytest.fixture
def serve(tmp_path, stand_in, empty_catalogue):
    """Start a server over a stand-in library; ``client.library`` is the stand-in."""
    shutil.copytree(empty_catalogue, tmp_path / "data")
    with ExitStack() as stack:

        def start(*, fail=None, go=None, factory=None, **settings):
            chosen = Settings(data_dir=tmp_path / "data", **settings)
            kept = []

            def made(of):
                kept.append(stand_in.StandIn(of, fail=fail, go=go))
                return kept[-1].opened()

            client = stack.enter_context(
                running(create_app(chosen, library_factory=factory or made))
            )
            client.library = None
            if factory is None:
                wait_ready(client)
                client.library = kept[0]
            return client

        yield start


@pytest.fixture(scope="module")
def steady(tmp_path_factory, stand_in):
    """One server for all tests of a module that leave nothing behind."""
    library = stand_in.StandIn(Settings(data_dir=tmp_path_factory.mktemp("steady")))
    app = create_app(Settings(), library_factory=lambda _: library.opened())
    with running(app) as client:
        wait_ready(client)
        client.library = library
        yield client


@pytest.fixture
def client(serve):
    """A client of a server over a stand-in library that works."""
    return serve()


def submission(name, files, **more):
    """The multipart body of a sighting, as arguments of httpx."""
    metadata = json.dumps({"id": name, **more})
    media = [("media", (file, content, "image/jpeg")) for file, content in files.items()]
    return {"data": {"metadata": metadata}, "files": media}


@pytest.fixture
def submit(picture):
    """POST a sighting."""

    def post(client, name="november", files=None, **more):
        files = files or {"IMG_0001.JPG": picture()}
        return client.post("/v1/sightings", **submission(name, files, **more))

    return post


@pytest.fixture
def check_problem():
    """Check that an answer is a problem of this status and kind, and return it."""

    def check(answer, status, code):
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        keys = {"type", "title", "status", "detail", "request_id", "errors"}
        assert set(problem) == keys
        assert problem["type"] == f"urn:leopard-reid:problem:{code}"
        assert problem["status"] == status
        assert problem["title"]
        assert problem["detail"]
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert "Traceback" not in answer.text
        assert 'File "' not in answer.text
        return problem

    return check
