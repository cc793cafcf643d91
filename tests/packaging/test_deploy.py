"""What the container and compose files promise; the proxy's file is run where that can be."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from reid.cli.app import app
from reid.client import Client
from reid.config import Settings
from service.__main__ import STOP_S

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name for name, one in SERVICES.items() if one["image"].startswith("leopard-reid:")}
PINNED = re.compile(r"[a-z-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?(-[a-z]+)?\Z")
SERVED = Path(__file__).parents[1] / "service" / "test_service_process.py"


def instructions():
    """(instruction, rest) of the Containerfile, continued lines joined, comments left out."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE))
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        yield word, rest.strip()


def stages():
    found = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        elif found:
            found[-1].append((word, rest))
    return found


def test_two_stages_on_one_pinned_base():
    froms = [rest for word, rest in instructions() if word == "FROM"]
    assert [one.split()[0] for one in froms] == ["${BASE}", "${BASE}"]
    (base,) = [rest.removeprefix("BASE=") for w, rest in instructions() if "BASE=" in rest]
    assert PINNED.match(base), base
    major, minor = map(int, re.match(r"python:(\d+)\.(\d+)", base).groups())
    assert (major, minor) >= (3, 11)


def test_the_running_image_is_nobodys_and_fetches_nothing():
    build, run = stages()
    users = [rest for word, rest in run if word == "USER"]
    assert users == ["10001:10001"]
    assert any("reid weights fetch" in rest for word, rest in build if word == "RUN")
    done = " ".join(rest for word, rest in run if word == "RUN")
    for word in ("fetch", "pip ", "curl", "wget", "http"):
        assert word not in done
    assert not [rest for word, rest in (*build, *run) if word == "ADD"]
    order = [word for word, _ in run]
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert not [1 for word, _ in run[order.index("USER") :] if word in ("RUN", "COPY")]


def test_the_image_has_every_extra_that_the_service_offers():
    build, _ = stages()
    (installed,) = [rest for word, rest in build if word == "RUN" and "pip install '." in rest]
    extras = set(re.search(r"\[([a-z,]+)\]", installed)[1].split(","))
    every = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    )
    assert every - extras == {"cluster", "dev", "matchers", "training"}, (
        "a client who asks for what an extra does cannot install it in a read-only image"
    )


def test_it_is_looked_after():
    _, run = stages()
    found = dict(run)
    assert "/v1/health" in found["HEALTHCHECK"]
    assert found["STOPSIGNAL"] == "SIGTERM"
    assert found["ENTRYPOINT"] == '["reid"]'
    assert "/data" in found["VOLUME"]


def test_everything_that_is_copied_is_there_and_goes_to_the_builder():
    build, _ = stages()
    kept = {
        line[1:]
        for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    sources = set()
    for word, rest in build:
        if word == "COPY":
            sources |= set(rest.split()[:-1])
    assert sources == kept
    assert all((ROOT / name).exists() for name in sources)


def test_settings_in_the_files_are_settings():
    named = set(re.findall(r"LEOPARD_REID_([A-Z_]+)", CONTAINERFILE))
    for one in SERVICES.values():
        named |= {n.removeprefix("LEOPARD_REID_") for n in one["environment"] if "REID" in n}
    assert {name.lower() for name in named} <= {*Settings.model_fields, "weights"}


def test_two_of_each_behind_one_proxy():
    assert {"api-1", "api-2", "worker-1", "worker-2", "reid"} == OURS
    assert set(SERVICES) - OURS == {"database", "proxy"}
    upstream = set(re.findall(r"(api-\d):8000", (DEPLOY / "Caddyfile").read_text()))
    assert upstream == {"api-1", "api-2"} == set(SERVICES["proxy"]["depends_on"])
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    inside = {name for name, one in SERVICES.items() if one["networks"] == ["inside"]}
    assert inside == set(SERVICES) - {"proxy"}
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_confined_and_comes_back(name):
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]
    assert not {"privileged", "pid", "ipc", "network_mode"} & set(one)
    assert "docker.sock" not in str(one)
    assert PINNED.match(one["image"]), one["image"]
    if name == "reid":
        assert (one["restart"], one["profiles"]) == ("no", ["tools"])
        return
    assert one["restart"] == "unless-stopped"
    assert "healthcheck" in one or name.startswith("api"), "the image's own is the API's"
    if name in OURS:
        assert one["user"] == "10001:10001"
        grace = int(one["stop_grace_period"].removesuffix("s"))
        assert grace > STOP_S
        assert one["depends_on"]["database"]["condition"] == "service_healthy"


def test_no_secret_stands_in_a_file():
    for one in SERVICES.values():
        for name, value in one["environment"].items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), name
            assert "://" not in str(value)
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    ignored = (ROOT / ".gitignore").read_text()
    assert "/deploy/secrets/" in ignored


def test_a_setting_may_come_from_a_file(tmp_path, monkeypatch):
    monkeypatch.delenv("LEOPARD_REID_DATABASE_URL", raising=False)
    url = "postgresql+psycopg://reid:word@database/reid"
    (tmp_path / "leopard_reid_database_url").write_text(url + "\n")
    assert Settings(_secrets_dir=tmp_path).database_url == url


@pytest.mark.parametrize("name", sorted(OURS))
def test_commands_are_ours(name):
    command, *options = SERVICES[name]["command"]
    told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert told.exit_code == 0
    for word in options:
        assert not word.startswith("--") or word in told.stdout


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def proxied(tmp_path):
    """Two processes over one catalogue behind the proxy of the file; (its address, processes)."""
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no caddy on the path to run the Caddyfile with")
    ports = [free_port(), free_port()]
    text = (DEPLOY / "Caddyfile").read_text()
    for number, port in enumerate(ports, 1):
        text = text.replace(f"api-{number}:8000", f"127.0.0.1:{port}")
    (tmp_path / "Caddyfile").write_text(text.replace(":8081", f":{free_port()}"))
    source = re.search(r'SERVED = """\n(.*?)"""', SERVED.read_text(), re.DOTALL)[1]
    served = tmp_path / "served.py"
    served.write_text(source.replace('"--port", "0", ', ""))
    begun = []
    log = (tmp_path / "log").open("wb")

    def start(*words, **environment):
        more = {**os.environ, "HOME": str(tmp_path), **environment}
        begun.append(subprocess.Popen(words, env=more, stdout=log, stderr=log))
        return begun[-1]

    stand_in = SERVED.with_name("stand_in.py")
    for port in ports:
        words = (sys.executable, served, stand_in, tmp_path / "data", "--port", str(port))
        start(*map(str, words), FORWARDED_ALLOW_IPS="*")
    address = f"http://127.0.0.1:{free_port()}"
    start(caddy, "run", "--config", str(tmp_path / "Caddyfile"), SITE_ADDRESS=address)
    yield address, begun
    for process in begun:
        process.terminate()
        process.wait(40)
    log.close()


@pytest.mark.slow
def test_the_proxy_asks_whoever_is_ready_and_passes_events_on(proxied, tmp_path):
    """Also: behind a proxy nobody gets in without a key, and one process may be killed."""
    from reid.catalogue import Catalogue
    from reid.catalogue.access_keys import KeyStore
    from reid.catalogue.jobs import JobStore
    from reid.jobs import submit_simple
    from reid.people import Role

    address, (first, _, _) = proxied
    end = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{address}/v1/ready").is_success:
                break
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, (tmp_path / "log").read_text()[-2000:]
        time.sleep(0.2)
    assert httpx.get(f"{address}/v1/sightings").status_code == 403
    with Catalogue.open(tmp_path / "data") as catalogue:
        key = KeyStore.of(catalogue).create("Asel", Role.ADMIN)
        job, _ = submit_simple(JobStore.of(catalogue), "rebuild-index", {"number": 0})
        with Client(address, key=key.text) as client:
            assert client.sightings().sightings == ()
            events = client.job_events(job.id)
            assert next(events).state == "queued", "passed on at once, not when the stream ends"
            first.kill()
            for _ in range(20):
                client.individuals()
            JobStore.of(catalogue).cancel(job.id)
            assert list(events)[-1].state == "cancelled"
    for process in proxied[1][:2]:
        process.kill()
        process.wait()
    assert httpx.get(f"{address}/v1/health", timeout=60).status_code in (502, 503)


def test_the_words_of_the_docs_are_commands(tmp_path):
    """Every `docker compose run --rm reid ...` of the docs is a command of ours."""
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    found = re.findall(r"docker compose run --rm(?: -v \S+)? reid ([^-\n#]*)", text)
    assert found
    for line in (one.rstrip("\\") for one in found):
        words = [word for word in shlex.split(line) if word.islower() and word.isalpha()]
        told = CliRunner().invoke(app, [*words[: 2 if words[0] == "keys" else 1], "--help"])
        assert told.exit_code == 0, line
