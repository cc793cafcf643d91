"""Schemathesis over the whole OpenAPI document, also walking from answer to answer."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.people import Role
from training.evaluation.tables import table
from training.soak.processes import Service, Site

EXCUSED = "positive_data_acceptance"
"""Rules between two fields cannot be said in a schema; what breaks one is refused, with a word."""

SETTINGS = """[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 413, 415, 422, 428, 429]
ignored_auth.enabled = false
"""
_COUNTS = re.compile(r"^\s*(\d+) generated(.*)$", re.MULTILINE)
_FAILURES = re.compile(r"^\s*- (ST\d+ .+)$", re.MULTILINE)
_TESTED = re.compile(r"^\s*Tested: (\d+)", re.MULTILINE)
WORDS = """Schemathesis {version}: requests valid and invalid by the schema, every phase (examples,
coverage, fuzzing, stateful), with an admin's key, against a service with light models. Checked:
no 5xx, status and media type as the document says, every answer as its schema says, invalid
requests refused, other methods refused. Streams of events are left out; rules between two fields,
which a schema cannot say, may refuse what it allows. Wrong keys are tried elsewhere."""


def contract(seed: int, minutes: float) -> tuple[str, list[str]]:
    """The part in words, and what was broken."""
    if find_spec("schemathesis") is None:
        return "Not tried: schemathesis is not installed.", []
    from importlib.metadata import version

    with tempfile.TemporaryDirectory(prefix="soak") as name:
        status, said = _run(Path(name), seed, minutes)
    counts, tested = _COUNTS.search(said), _TESTED.search(said)
    broken = sorted(set(_FAILURES.findall(said)))
    if counts is None or tested is None:
        return "It did not run.", [f"schemathesis did not run: {said[-1000:]}"]
    if status and not broken:
        broken = [f"schemathesis ended with status {status}: {said[-1000:]}"]
    rows = [(tested[1], counts[1], len(broken))]
    head = ("operations", "requests", "kinds of broken promises")
    words = WORDS.format(version=version("schemathesis"))
    return f"{words}\n\n{table(head, rows)}", broken


def _run(folder: Path, seed: int, minutes: float) -> tuple[int, str]:
    settings = {f"LEOPARD_REID_{kind}_PER_MINUTE": "0" for kind in ("UPLOADS", "SEARCHES")}
    site = Site(folder, settings=settings)
    with Catalogue.open(site.data_dir) as catalogue:
        key = KeyStore.of(catalogue).create("Asel", Role.ADMIN).text
    (folder / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    service = Service(site)
    try:
        service.start()
        service.wait_ready()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli"),
                *("--config-file", str(folder / "schemathesis.toml"), "run"),
                *(f"{service.url}/v1/openapi.json", "--header", f"Authorization: Bearer {key}"),
                *("--phases", "examples,coverage,fuzzing,stateful"),
                *("--exclude-checks", EXCUSED, "--exclude-path-regex", "/events$"),
                *("--seed", str(seed), "--max-time", str(max(60, round(60 * minutes)))),
                *("--continue-on-failure", "--no-color"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        service.kill()
    return done.returncode, done.stdout + done.stderr
