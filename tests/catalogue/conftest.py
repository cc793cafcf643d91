"""A catalogue on every database that can be had here."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from reid.catalogue import Catalogue

MAKING = Path(__file__).with_name("making.py")


@pytest.fixture(scope="session")
def make():
    """The module ``making``; test folders are not packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def catalogue(ready):
    """An empty catalogue on each kind of database."""
    with Catalogue.open(ready[0], data_dir=ready[1]) as opened:
        yield opened


@pytest.fixture
def lite(tmp_path):
    """An empty catalogue on SQLite."""
    with Catalogue.open(tmp_path / "data") as opened:
        yield opened
