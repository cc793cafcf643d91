"""Small bundles that are whole: a tiny network, the shipped calibration."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.registry import Registry
from reid.weights import DEFAULT_BUNDLE


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


HERE = Path(__file__).parent
small_bundle = _loaded("registry_small_bundles", HERE / "small_bundles.py").small_bundle


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Two bundles, made once."""
    root = tmp_path_factory.mktemp("bundles")
    return [
        small_bundle(root / "first", name="first", seed=1),
        small_bundle(root / "second", name="second", seed=2),
    ]


@pytest.fixture
def directory(made, tmp_path):
    """A bundle's directory to spoil."""
    return shutil.copytree(made[0], tmp_path / "given")


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def registry(catalogue):
    return Registry(catalogue, DEFAULT_BUNDLE)


@pytest.fixture
def passed():
    """``passed(registry, bundle)``: the bundle after a trial against the one that serves passed."""

    def report(registry, bundle, **told):
        active = registry.active()
        against = {"champion": f"{active.name} {active.version}", "champion_sha256": active.sha256}
        return registry.gate_report(bundle, {"regression": False, **against, **told}, by="Asel")

    return report
