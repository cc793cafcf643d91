"""A tiny place: coats of random spots in a table, and a champion that was trained for two steps."""

import json

import pytest

from reid.catalogue import Catalogue
from reid.labels import readiness
from reid.pipeline import Engine
from tests.lab.season import confirm_coats
from tests.learn.conftest import TINY, Silent, write_world
from training.lab.recipe import LabRecipe
from training.learn.recipe import Recipe
from training.learn.train import train


@pytest.fixture(scope="session")
def champion(tmp_path_factory):
    """A bundle of our own over 48-pixel pictures."""
    folder = tmp_path_factory.mktemp("champion")
    table = write_world(folder / "elsewhere", individuals=4)
    how = {"name": "tiny", **TINY, "schedule": {"steps": 2, "epochs": 1}}
    return train(
        Recipe.model_validate(how), [table], folder / "run", Silent(), threads=1, name="parent"
    ).bundle


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """The table of a place with 24 animals, both flanks, three sightings each."""
    return write_world(tmp_path_factory.mktemp("place") / "place", individuals=24)


@pytest.fixture
def tiny():
    """A recipe without synthetic pictures and with few pairs."""
    return LabRecipe(
        name="tiny",
        synthetic_individuals=0,
        reference_individuals=0,
        verify_labels=False,
        same_pairs=12,
        different_pairs=20,
    )


@pytest.fixture(scope="session")
def engine():
    return Engine.load(threads=1)


@pytest.fixture
def catalogue(tmp_path, champion, monkeypatch):
    """Ten animals, one flank each, three sightings each, all confirmed."""
    monkeypatch.setenv("LEOPARD_REID_BUNDLE", str(champion.directory))
    monkeypatch.setattr(readiness, "LEAST_LEARN", 2)
    monkeypatch.setattr(readiness, "LEAST_HELD_OUT", 1)
    with Catalogue.open(tmp_path / "data") as opened:
        confirm_coats(opened, individuals=10)
        yield opened


def manifest_text(folder):
    return json.loads((folder / "manifest.json").read_text())
