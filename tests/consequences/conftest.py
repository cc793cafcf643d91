"""A small catalogue with verdicts and identifications, and challengers of its engine."""

import importlib.util
import sys
from pathlib import Path

import pytest

from reid.catalogue.jobs import JobStore
from reid.consequences import ReplayKind
from reid.jobs import Worker
from reid.pipeline import Engine, Library
from reid.registry import Registry
from reid.weights import DEFAULT_BUNDLE, load_bundle
from tests.registry.small_bundles import small_trained
from training.calibration.fit import write_calibration
from training.synthetic import RenderSpec, encode_jpeg, render

HERE = Path(__file__).parent
SAME, OTHER = 31, 32


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


sighting = _loaded("pipeline_conftest", HERE.parent / "pipeline" / "conftest.py").sighting


def picture(individual, station, **more):
    """A picture of an animal at a station, as JPEG."""
    spec = RenderSpec(
        individual,
        station=station,
        size_px=560.0,
        picture_wh=(1000, 700),
        noise=0.05,
        picture=station,
        **more,
    )
    return encode_jpeg(render(spec))


@pytest.fixture(scope="session")
def engine():
    return Engine.load(threads=1)


@pytest.fixture(scope="session")
def stored(engine, sighting, tmp_path_factory):
    """Two animals, two sightings each, compared and asked about, three of them named."""
    folder = tmp_path_factory.mktemp("answered")
    with Library.open(engine, folder) as library:
        library.add(sighting("a1", picture(SAME, 1)))
        library.add(sighting("a2", picture(SAME, 2, yaw_deg=8.0)))
        library.add(sighting("b1", picture(OTHER, 3)))
        library.add(sighting("b2", picture(OTHER, 4, yaw_deg=8.0)))
        library.compare(["a1", "a2", "b1"])
        library.compare(["a2", "b1"], max_error=0.02)
        library.compare(["b1", "b2"])
        for name, who in (("a1", "Ada"), ("a2", "Ada"), ("b1", "Bo")):
            library.enrol(name, who, by="test", accept_flags=True)
        library.identify("a2")
        library.identify("b2")
    return folder


@pytest.fixture
def library(engine, stored, tmp_path):
    """A copy of the catalogue, for a test to change."""
    import shutil

    shutil.copytree(stored, tmp_path / "data")
    with Library.open(engine, tmp_path / "data") as library:
        yield library


@pytest.fixture(scope="session")
def changed(engine):
    """``changed(miss, pair)``: the engine's calibration with other numbers."""

    def make(miss, pair):
        fit = engine.fitted()
        update = {"pair": fit.pair.model_copy(update=pair)}
        update["miss"] = fit.miss.model_copy(update=miss)
        lowest = {"lowest": pair.get("lowest", fit.sighting.lowest)}
        update["sighting"] = fit.sighting.model_copy(update=lowest)
        return fit.model_copy(update=update)

    return make


@pytest.fixture(scope="session")
def challenger_bundle(changed, tmp_path_factory):
    """``challenger_bundle(miss, pair)``: a bundle of random numbers with such a calibration."""

    def make(miss, pair):
        folder = tmp_path_factory.mktemp("challenger")
        small_trained(folder, name="challenger")
        write_calibration(changed(miss, pair), str(folder))
        return load_bundle(folder)

    return make


@pytest.fixture
def registry(library):
    return Registry(library.catalogue, DEFAULT_BUNDLE)


@pytest.fixture
def worked(library, registry):
    """``worked(job)``: a worker does it, against ``champion``; returns the job."""

    def work(job, until=None, champion=library):
        store = JobStore.of(library.catalogue)
        kind = ReplayKind(lambda: champion, lambda: registry, library.catalogue.data_dir)
        worker = Worker(store, {kind.name: kind}, poll_s=0.05)
        if until is not None:
            until(worker, store)
        worker.run(until_idle=True)
        return store.job(job.id)

    return work
