"""A trained bundle in the engine: its vectors, and the default's eyes for species and flank."""

import pytest

from reid.config import PipelineConfig
from reid.embed import load_embedder
from reid.pipeline import Engine, prepare
from reid.types import Flank, Sighting, SightingMedia
from reid.weights import DEFAULT_BUNDLE, SPECIES_BUNDLE
from tests.registry.small_bundles import small_trained
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow

DIM = 24


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return small_trained(tmp_path_factory.mktemp("trained"), name="trained", dim=DIM)


def test_a_trained_bundle_embeds_and_the_default_screens_and_sees_the_flank(bundle):
    config = PipelineConfig(bundle=str(bundle.directory))
    engine = Engine.load(config, threads=1, calibrated=False)
    picture = render(RenderSpec(individual=3, size_px=420, picture_wh=(640, 480)))
    media = SightingMedia("a.jpg", encode_jpeg(picture))
    found = prepare(engine, Sighting("a", (media,)))
    animal = found.annotations[0]
    assert animal.embedding.vector.shape == (DIM,)
    assert animal.embedding.fingerprint == engine.embedder.fingerprint
    assert engine.screener.fingerprint != engine.embedder.fingerprint
    assert "not-a-leopard" not in animal.annotation.flags
    assert animal.view.flank.source == "estimated"
    assert animal.view.flank.best is Flank.LEFT
    assert engine.provenance()["weights"]["screen"] == engine.screener.fingerprint


def test_a_bundle_with_classes_needs_one_network():
    engine = Engine.load(PipelineConfig(bundle=SPECIES_BUNDLE), threads=1)
    assert engine.screener is engine.embedder


def test_the_default_screens_with_the_classifier():
    engine = Engine.load(threads=1)
    assert engine.screener is load_embedder(SPECIES_BUNDLE)
    assert engine.embedder is load_embedder(DEFAULT_BUNDLE)
    assert engine.flank_head is not None
