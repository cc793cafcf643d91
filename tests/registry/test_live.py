"""A bundle made ready, promoted while requests go on, rolled back: whole at every moment."""

from dataclasses import replace

import numpy as np
import pytest

from reid.batch import re_embed, standard_kinds, submit_re_embed
from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobState, JobStore
from reid.config import Settings
from reid.errors import ConflictError, SearchError, WeightsAlteredError
from reid.index import VectorBatch
from reid.jobs import Worker
from reid.pipeline import LiveLibrary, catching_up
from reid.types import Flank, Sighting, SightingMedia
from training.soak.light import FINGERPRINT, light_embedder, light_engine
from training.soak.media import picture


def sighting(name, animal, place=0):
    media = (SightingMedia(f"{name}.jpg", picture(animal, place), flank=Flank.LEFT),)
    return Sighting(name, media)


@pytest.fixture
def live(tmp_path, monkeypatch):
    monkeypatch.setattr(re_embed, "load_embedder", light_embedder)
    settings = Settings(data_dir=tmp_path / "data")
    catalogue = Catalogue.open(settings.data_dir)
    with LiveLibrary(catalogue, settings, lambda bundle: light_engine(bundle=bundle)) as opened:
        for number in range(2):
            opened.add(sighting(f"s{number}", number))
            opened.enrol(f"s{number}", f"animal {number}", by="Asel", accept_flags=True)
        yield opened


@pytest.fixture
def first(live, made, passed):
    return passed(live.registry, live.registry.register(made[0], by="Asel"))


def made_ready(live, bundle, **choices):
    store = JobStore.of(live.catalogue)
    job, _ = submit_re_embed(store, bundle, by="Asel", **choices)
    kinds = standard_kinds(live.now, live.catalogue.data_dir, registry=lambda: live.registry)
    Worker(store, kinds, poll_s=0.01).run(only=job.id)
    return store.job(job.id)


def used(answer):
    return answer.provenance["bundle"]["fingerprint"]


def test_no_bundle_serves_before_everything_is_ready_for_it(live, first):
    with pytest.raises(ConflictError, match="2 annotations have no embedding"):
        live.registry.promote(first, by="Asel", why="better")
    job = made_ready(live, first)
    assert (job.state, job.result["embedded"], job.result["promoted"]) == ("done", 2, False)
    assert live.catalogue.fingerprints() == {FINGERPRINT: 2, first.fingerprint: 2}
    live.registry.promote(first, by="Asel", why="better")
    assert live.now(wait=True).engine.embedder.fingerprint == first.fingerprint


def test_the_vectors_are_those_that_measuring_anew_gives(live, first):
    made_ready(live, first, promote="better")
    live.now(wait=True)
    live.add(sighting("again", 0, place=0))
    chunks = list(live.catalogue.iter_embeddings(first.fingerprint))
    found = dict(zip(chunks[0].sighting_ids, chunks[0].vectors, strict=True))
    assert len(chunks) == 1
    np.testing.assert_array_equal(found["again"], found["s0"])


@pytest.mark.slow
def test_requests_end_with_the_bundle_that_they_began_with(live, first):
    live.add(sighting("query", 0, place=1))
    before = live.now()
    assert made_ready(live, first, promote="better").result["promoted"]
    assert used(before.identify("query")) == FINGERPRINT
    assert live.now(wait=True) is not before
    answer = live.identify("query")
    assert used(answer) == first.fingerprint
    assert answer.provenance["bundle"]["name"] == "first"
    compared, _ = live.compare(["s0", "query"])
    assert compared.provenance["bundle"]["sha256"] == first.sha256
    assert live.standing().why.startswith("promoted")
    assert live.report(compared.id)


def test_what_was_stored_under_the_other_bundle_is_embedded_before_a_search(live, first):
    before = live.now()
    made_ready(live, first, promote="better")
    live.now(wait=True)
    before.add(sighting("late", 0, place=1))
    assert live.registry.lacking(first).count == 1
    live.identify("s1")
    assert live.registry.lacking(first).count == 0
    event = live.registry.roll_back(by="Asel", why="worse")
    assert event.after["fingerprint"] == live.registry.configured().fingerprint
    assert live.now() is before, "the one before is in memory: a roll-back waits for nothing"


def test_a_search_that_would_miss_some_says_so_and_never_says_new(live, first, monkeypatch):
    made_ready(live, first, promote="better")
    now, old = live.now(wait=True), live.made_with(FINGERPRINT)
    for number, name in enumerate(("late", "later")):
        old.add(sighting(name, number, place=1))
    monkeypatch.setattr(catching_up, "AT_ONCE", 1)
    answer = now.identify("s0")
    assert "2 stored annotations" in answer.reasons[0]
    new = replace(answer, kind="new", probability=0.9)
    assert catching_up.without_all(new, 2).kind == "inconclusive"
    assert catching_up.without_all(new, 0) is new


def test_vectors_of_two_bundles_never_meet_in_one_index(live, first):
    made_ready(live, first, promote="better")
    index = live.now(wait=True).search.embedding.sync()
    (chunk,) = live.catalogue.iter_embeddings(FINGERPRINT)
    with pytest.raises(SearchError, match="fingerprint"):
        index.add(Flank.LEFT, VectorBatch(chunk.keys, chunk.vectors, FINGERPRINT))
    assert len(index) == 2


def test_a_bundle_that_cannot_be_loaded_leaves_the_one_before_serving(live, first):
    made_ready(live, first, promote="better")
    place = live.registry.shelf.place(first.sha256)
    (place / "model.safetensors").write_bytes(b"x")
    with pytest.raises(WeightsAlteredError, match="registered"):
        live.now(wait=True)
    assert used(live.identify("s0")) == FINGERPRINT
    assert "registered" in live.standing().problem


@pytest.mark.slow
def test_a_file_that_is_gone_keeps_a_bundle_from_serving_and_says_which(live, first):
    digest = live.catalogue.sighting("s1").media_sha256[0]
    live.catalogue.media.path(digest).write_bytes(b"damaged")
    job = made_ready(live, first, promote="better")
    assert job.state is JobState.FAILED
    assert "could not be embedded" in job.problem
    assert not live.registry.active().registered


def test_forgetting_takes_files_and_embeddings_and_not_what_serves(live, first):
    made_ready(live, first, promote="better")
    with pytest.raises(ConflictError, match="serves"):
        live.registry.forget(live.registry.bundle("first"), by="Asel")
    live.registry.roll_back(by="Asel", why="worse")
    assert live.registry.forget(live.registry.bundle("first"), by="Asel") == 2
    assert live.catalogue.fingerprints() == {FINGERPRINT: 2}
    assert not live.registry.shelf.place(first.sha256).exists()
    with pytest.raises(ConflictError, match=r"forgotten|re-embed"):
        live.registry.promote(live.registry.bundle(first.sha256), by="Asel", why="x")
