"""The walk of docs/api.md, block by block, through the real service and its models."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from reid.types import Flank
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDIVIDUALS = {"september": 7, "november": 7, "december": 8}


@pytest.fixture(scope="module")
def blocks():
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return BLOCK.findall(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder for each sighting, of synthetic pictures of the left flank."""
    where = tmp_path_factory.mktemp("walk")
    for station, (name, individual) in enumerate(INDIVIDUALS.items()):
        (where / name).mkdir()
        spec = RenderSpec(
            individual, Flank.LEFT, size_px=420, picture_wh=(640, 480), noise=0.0, station=station
        )
        (where / name / "IMG_0001.JPG").write_bytes(encode_jpeg(render(spec)))
    (where / "december" / "IMG_0002.JPG").write_bytes(b"no picture")
    return where


@pytest.fixture(scope="module")
def service(folder):
    """``python -m service`` as it is started by hand; yields its address."""
    command = [sys.executable, "-m", "service", "--port", "0", "--data-dir", str(folder / "data")]
    kept = {name: value for name, value in os.environ.items() if "LEOPARD_REID_" not in name}
    log = (folder / "service.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=kept, stdout=subprocess.PIPE, stderr=log)
    yield process.stdout.readline().decode().strip()
    process.terminate()
    process.wait(30)
    process.stdout.close()
    log.close()


@pytest.fixture(scope="module")
def walked(blocks, folder, service):
    """What the blocks printed: shell blocks first, then all of Python in one process."""
    if shutil.which("curl") is None:
        pytest.skip("no curl to walk with")
    environment = {**os.environ, "SERVICE": service}
    shell = "\n".join(code for kind, code in blocks if kind == "sh")
    python = "\n".join(code for kind, code in blocks if kind == "python")
    said = []
    for command in (["bash", "-euo", "pipefail", "-c", shell], [sys.executable, "-c", python]):
        where = {"cwd": folder, "env": environment, "timeout": 300}
        done = subprocess.run(command, check=False, capture_output=True, text=True, **where)
        assert done.returncode == 0, done.stderr + (folder / "service.log").read_text()
        said.append(done.stdout)
    return said


def test_the_walk_runs_and_says_what_it_promises(walked, folder):
    curl, python = walked
    assert "ready" in curl
    stored = json.loads((folder / "september.answer.json").read_text())
    assert {one["view"]["flank"] for one in stored["annotations"]} == {"left"}
    assert "IMG_0002.JPG was not used:" in python
    assert "not-found no sighting 'october'" in python
    assert "withdrawn" in python
    assert (folder / "report.html").read_text().lstrip().lower().startswith("<!doctype html")
    pictures = list(folder.glob("animal-*.jpg"))
    assert len(pictures) >= len(INDIVIDUALS)
    assert all(picture.read_bytes()[:3] == b"\xff\xd8\xff" for picture in pictures)


def test_what_was_walked_is_stored_once(walked, service):
    with httpx.Client(base_url=service, timeout=60) as client:
        listed = client.get("/v1/sightings").json()["sightings"]
        assert {one["id"] for one in listed} == set(INDIVIDUALS)
        answers = client.get("/v1/comparisons").json()["comparisons"]
        again = client.post("/v1/comparisons", json={"sighting_ids": list(INDIVIDUALS)})
        assert again.status_code == 201  # no distance given: another question
        twice = client.post("/v1/comparisons", json={"sighting_ids": list(INDIVIDUALS)})
        assert (twice.status_code, twice.json()) == (200, again.json())
        assert len(client.get("/v1/comparisons").json()["comparisons"]) == len(answers) + 1


def test_pictures_named_in_the_answer_are_there(walked, service):
    with httpx.Client(base_url=service, timeout=60) as client:
        last = client.get("/v1/comparisons").json()["comparisons"][0]["id"]
        answer = client.get(f"/v1/comparisons/{last}").json()
        named = {pair["picture"] for one in answer["evidence"] for pair in one["pairs"]}
        for name in named:
            drawn = client.get(f"/v1/comparisons/{last}/pictures/{name}")
            assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/jpeg")
        for one in answer["sightings"]:
            stored = client.get(f"/v1/sightings/{one['id']}").json()
            for animal in stored["annotations"]:
                assert client.get(animal["picture"]).headers["content-type"] == "image/jpeg"


def test_index_is_rebuilt_and_the_service_stays_ready(walked, service):
    with httpx.Client(base_url=service, timeout=60) as client:
        vectors = client.post("/v1/index/rebuild").raise_for_status().json()["vectors"]
        embedded = sum(vectors[side] for side in ("left", "right", "unknown"))
        assert embedded >= len(INDIVIDUALS)
        ready = client.get("/v1/ready").json()
        assert (ready["status"], ready["index"]["state"]) == ("ready", "current")
        assert ready["index"]["indexed"] == ready["index"]["stored"] == embedded
