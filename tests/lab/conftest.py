"""A tiny place: coats of random spots in a table, and a champion that was trained for two steps."""

import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from reid.catalogue import Catalogue
from reid.image import open_image
from reid.labels import readiness
from reid.pipeline import Engine
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Flank,
    FlankEstimate,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)
from tests.learn.conftest import TINY, Silent, coat, write_world
from training.lab.recipe import LabRecipe
from training.learn.recipe import Recipe
from training.learn.train import train

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"


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


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def animal(make, sighting, file, flank, n):
    image = open_image(sighting.media[0].content, file_name=file)
    mask = np.zeros((44, 56), bool)
    mask[6:38, 4:52] = True
    rng = np.random.default_rng(n)
    parts = dict.fromkeys(("sharpness", "exposure", "contrast", "size", "coverage", "usable"), 0.5)
    return PreparedAnnotation(
        id=f"{sighting.id}-0",
        sighting_id=sighting.id,
        image=image,
        annotation=Annotation(image.sha256, Box(0, 0, 56, 44), AnnotationOrigin.USER, mask=mask),
        view=View(FlankEstimate.known(flank), Quality(**parts, animal_px=50, reasons=())),
        embedding=make.annotation(make.sighting()).embedding,
        features=make.features(rng, 4),
        mirrored=make.features(rng, 4),
    )


@pytest.fixture
def catalogue(tmp_path, make, champion, monkeypatch):
    """Ten animals, one flank each, three sightings each, all confirmed."""
    monkeypatch.setenv("LEOPARD_REID_BUNDLE", str(champion.directory))
    monkeypatch.setattr(readiness, "LEAST_LEARN", 2)
    monkeypatch.setattr(readiness, "LEAST_HELD_OUT", 1)
    with Catalogue.open(tmp_path / "data") as opened:
        for k in range(10):
            for n in range(3):
                noise = np.random.default_rng([k, n]).integers(0, 25, (44, 56, 3))
                pixels = np.clip(coat(k, 0) + noise, 0, 255).astype(np.uint8)
                file = f"{k}-{n}.png"
                content = cv2.imencode(".png", pixels)[1].tobytes()
                sighting = Sighting(f"s{k}-{n}", (SightingMedia(file, content),))
                opened.save_sighting(sighting, [animal(make, sighting, file, Flank.LEFT, n)])
                opened.enrol(sighting.id, f"A{k}", by="Asel")
        yield opened


def manifest_text(folder):
    return json.loads((folder / "manifest.json").read_text())
