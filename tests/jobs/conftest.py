"""A queue on every database that can be had here, and workers as processes."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobStore

HERE = Path(__file__).parent
MAKING = HERE / "making.py"


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def making():
    """The module ``making``; test folders are not packages, so it is loaded by its path."""
    return _loaded("jobs_making", MAKING)


@pytest.fixture
def store(ready):
    """An empty queue on each kind of database."""
    with Catalogue.open(ready[0], data_dir=ready[1]) as opened:
        yield JobStore.of(opened)


@pytest.fixture
def server(new_database, tmp_path):
    """An empty database on the server, and a folder for its media."""
    return new_database(), tmp_path / "data"


@pytest.fixture
def lite(tmp_path):
    """An empty queue on SQLite."""
    with Catalogue.open(tmp_path / "data") as opened:
        yield JobStore.of(opened)


@pytest.fixture
def begin():
    """Start a worker as a process of its own; all are killed at the end."""
    begun = []

    def start(where, data_dir=None, **more):
        words = [sys.executable, str(MAKING), str(where), str(data_dir or where)]
        environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
        said = [f"{key}={value}" for key, value in more.items()]
        process = subprocess.Popen([*words, *said], env=environment)
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()
