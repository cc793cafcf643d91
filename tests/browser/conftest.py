"""A real browser before a real service; both are processes of their own.

``served("stand-in")`` has a real catalogue and no models, ``served("real")`` is ``python -m
service``. ``visit(url)`` opens a page and fails the test for any error of its scripts, anything
that its policy forbids, and any 5xx. ``assert_accessible(page)`` asks axe.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.people import Role
from reid.types import Flank
from training.synthetic import RenderSpec, encode_jpeg, render

STAND_IN = Path(__file__).parents[1] / "service" / "stand_in.py"
LAPTOP, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
READY_S = 120
SMALL = {"size_px": 200.0, "picture_wh": (320, 240)}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Served:
    """A service on a port of its own: ``url``, ``data_dir``; ``kill()`` is kill -9."""

    def __init__(self, kind, data_dir, **environment):
        self.kind, self.data_dir, self.port = kind, data_dir, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {f"LEOPARD_REID_{k.upper()}": str(v) for k, v in environment.items()}
        self.process = None

    def start(self):
        where = [str(STAND_IN), str(self.data_dir), "", str(self.port)]
        if self.kind == "real":
            where = ["-m", "service", "--port", str(self.port), "--data-dir", str(self.data_dir)]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LEOPARD_REID_DATA")}
        with (self.data_dir.parent / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *where],
                env={**kept, **ONE_THREAD, **self.environment},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self._wait()
        return self

    def _wait(self):
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            assert self.process.poll() is None, "the service ended"
            try:
                if httpx.get(f"{self.url}/v1/ready", trust_env=False).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError(f"not ready within {READY_S} s")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def services(make_folder):
    """Yields ``start(kind, data_dir, **environment)``; what it began is stopped afterwards."""
    begun = []

    def start(kind="stand-in", data_dir=None, **environment):
        folder = data_dir or make_folder("served") / "data"
        folder.mkdir(exist_ok=True)
        begun.append(Served(kind, folder, **environment))
        return begun[-1].start()

    yield start
    for one in begun:
        one.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Start services; all are stopped when the module's tests are done."""
    yield from services(tmp_path_factory.mktemp)


@pytest.fixture(scope="session")
def served_long(tmp_path_factory):
    """The same for services that several modules share."""
    yield from services(tmp_path_factory.mktemp)


@pytest.fixture(scope="session")
def store():
    """``store(url, name, files, key=None, **told)`` sends a sighting."""

    def send(url, name, files, key=None, **told):
        parts = [("media", (file, content, "image/jpeg")) for file, content in files.items()]
        data = {"metadata": json.dumps({"id": name, **told})}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = httpx.post(
            f"{url}/v1/sightings", data=data, files=parts, headers=headers, trust_env=False
        )
        answer.raise_for_status()

    return send


@pytest.fixture(scope="session")
def keyed(served_long, tmp_path_factory, leopard, store):
    """A service with a key for each role (``keys``, ``prefixes``); a sighting with a position."""
    folder = tmp_path_factory.mktemp("keyed") / "data"
    with Catalogue.open(folder) as catalogue:
        kept = KeyStore.of(catalogue)
        made = {role: kept.create(role.name.title(), role) for role in Role}
    service = served_long(data_dir=folder)
    service.keys = {role: key.text for role, key in made.items()}
    service.prefixes = {role: key.prefix for role, key in made.items()}
    place = {"latitude": 43.27182, "longitude": 54.31415}
    store(service.url, "seen", {"a.jpg": leopard(1, **SMALL)}, service.keys[Role.ADMIN], **place)
    return service


@pytest.fixture(scope="session")
def shop(served_long, leopard, store):
    """A service without keys: six sightings, a ``comparison``, a ``job``."""
    service = served_long()
    for number in range(6):
        files = {f"IMG_{number}.JPG": leopard(1 + number % 2, **SMALL)}
        if number == 1:
            files["notes.JPG"] = b"no picture"
        told = {"station": f"site {number % 2}", "times": [{"at": f"2026-01-1{number}T05:00:00"}]}
        store(service.url, f"seen {number}", files, **told)
    asked = {"sighting_ids": ["seen 0", "seen 1", "seen 2"]}
    answer = httpx.post(f"{service.url}/v1/comparisons", json=asked, trust_env=False).json()
    service.comparison = answer["id"]
    job = {"kind": "group", "sighting_ids": ["seen 0", "seen 1"], "by": "Asel"}
    service.job = httpx.post(f"{service.url}/v1/jobs", json=job, trust_env=False).json()["id"]
    return service


@pytest.fixture
def visit(chromium):
    """Open pages: ``visit(url)``; ``width="phone"``; ``tab=`` opens in an earlier one's browser."""
    contexts, wrong = [], []

    def open_page(url, *, size=LAPTOP, tab=None, local_name="Asel", javascript=True):
        context = tab.context if tab else None
        if context is None:
            context = chromium.new_context(
                viewport=size, java_script_enabled=javascript, reduced_motion="reduce"
            )
            contexts.append(context)
            name = f"localStorage.setItem('leopard-reid name', {local_name!r})"
            if local_name:
                context.add_init_script(name)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if _bad(said) else None)
        page.on(
            "response", lambda got: wrong.append(f"{got.status} {got.url}") if _5xx(got) else None
        )
        page.goto(url)
        return page

    open_page.wrong = wrong  # a test that provokes an error clears it
    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _bad(said):
    """Errors of scripts and of the policy; that a request was refused is the page's to show."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def _5xx(got):
    return got.status >= 500


@pytest.fixture(scope="session")
def assert_accessible():
    """``assert_accessible(page)``: nothing that axe finds wrong by WCAG 2.2 AA or its practices."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page):
        found = axe.run(page, options={"runOnly": {"type": "tag", "values": tags}})
        told = [
            f"{one['id']}: {one['help']}\n  " + "\n  ".join(n["html"] for n in one["nodes"][:5])
            for one in found.response["violations"]
        ]
        assert not told, f"{page.url}\n" + "\n".join(told)

    return check


@pytest.fixture(scope="session")
def leopard():
    """``leopard(individual, station=0, flank=Flank.LEFT)``: JPEG bytes of a synthetic animal."""
    made = {}

    def make(individual, station=0, flank=Flank.LEFT, *, size_px=420.0, picture_wh=(640, 480)):
        key = individual, station, flank, size_px, picture_wh
        if key not in made:
            spec = RenderSpec(
                individual, flank, station=station, size_px=size_px, picture_wh=picture_wh
            )
            made[key] = encode_jpeg(render(spec))
        return made[key]

    return make


@pytest.fixture(scope="session")
def signed_in():
    """``signed_in(page, key)``: signs in on the page that asks for it."""

    def sign_in(page, key):
        page.get_by_label("Key").fill(key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)

    return sign_in
