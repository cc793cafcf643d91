"""Catalogues with something of everything in them, on every database that can be had here."""

import importlib.util
import sys
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.catalogue.jobs import JobStore
from reid.identities import Merge, Rename, Undo
from reid.identities.event import Said
from reid.jobs import submit_simple
from reid.people import Role

CATALOGUE = Path(__file__).parents[1] / "catalogue"


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make():
    """The module ``making`` of the catalogue's tests."""
    return _loaded("backup_making", CATALOGUE / "making.py")


@pytest.fixture
def empty_server(new_database):
    """The URL of an empty database on the server."""
    return new_database()


def fill(catalogue, make, count=4):
    """Sightings, decisions of many kinds, a comparison, a key, a job with outputs."""
    sightings = [make.sighting(f"s{i}", seed=i + 1) for i in range(count)]
    for one in sightings:
        lost = ((one.id, one.media[0].file_name, "damaged"),) if one.id == "s0" else ()
        catalogue.save_sighting(one, make.prepared(one), lost)
    catalogue.enrol("s0", "Aidar", by="Asel", why="rosettes")
    catalogue.enrol("s1", "Zere", by="Asel")
    merged = catalogue.decide(Merge("Aidar", "Zere"), Said("Asel"))
    catalogue.decide(Undo(merged.number), Said("Asel"))
    catalogue.decide(Rename("Zere", "Aru"), Said("Asel"))
    answer = make.comparison(sightings[:2])
    catalogue.save_comparison(answer, {"schema": "x", "summary": "the same"}, key="0" * 64)
    KeyStore.of(catalogue).create("Asel", Role.REVIEWER)
    job, _ = submit_simple(JobStore.of(catalogue), "counting", {"n": 1})
    folder = catalogue.data_dir / "jobs" / job.id
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<p>report")


@pytest.fixture
def filled(ready, make):
    """A full catalogue on each kind of database."""
    with Catalogue.open(ready[0], data_dir=ready[1]) as catalogue:
        fill(catalogue, make)
        yield catalogue


@pytest.fixture
def lite(tmp_path, make):
    """A full catalogue on SQLite."""
    with Catalogue.open(tmp_path / "lite") as catalogue:
        fill(catalogue, make)
        yield catalogue
