"""One catalogue, on every database that can be had here, and processes that share it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def member():
    """The module ``member``; test folders are not packages, so it is loaded by its path."""
    return _loaded("growth_member", HERE / "member.py")


@pytest.fixture
def begin():
    """Start a command as a process of its own; all are killed at the end."""
    begun = []

    def start(*words, env=None, **more):
        environment = {**(env or os.environ), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(
            [sys.executable, *map(str, words)], env=environment, text=True, cwd=ROOT, **more
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()
