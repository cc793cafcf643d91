"""Embeddings and features: streaming, several models, codecs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from reid.catalogue import codec
from reid.errors import CatalogueError, InputError, NotFoundError
from reid.types import Box, Extent, Flank, LocalFeatures


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=40)))
def test_masks_survive(mask):
    again = codec.unpack_mask(codec.pack_mask(mask))
    assert again.shape == mask.shape
    assert again.dtype == np.bool_
    assert (again == mask).all()


finite = st.floats(-1e6, 1e6, width=32)


@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=finite))
def test_vectors_survive(vectors):
    blobs = [codec.pack_vector(v) for v in vectors]
    again = codec.unpack_vectors(blobs, vectors.shape[1])
    assert again.dtype == np.float32
    assert np.array_equal(again, vectors)


@given(st.integers(0, 6), st.integers(0, 5), st.text(max_size=9).filter(lambda t: "\0" not in t))
def test_features_survive(count, dim, method):
    ones = np.arange(count, dtype=np.float32)
    features = LocalFeatures(
        np.ones((count, 2), np.float32), ones, ones, np.ones((count, dim), np.float32), ones, method
    )
    again = codec.unpack_features(codec.pack_features(features))
    assert again.method == method
    assert again.descriptors.shape == (count, dim)
    assert np.array_equal(again.scale_px, ones)


@given(st.binary(max_size=64))
def test_damaged_bytes_are_named_as_such(data):
    with pytest.raises(CatalogueError, match="features cannot be read"):
        codec.unpack_features(data)
    with pytest.raises(CatalogueError, match="embedding cannot be read"):
        codec.unpack_vectors([data, data + b"1"], 3)


def test_a_mask_cut_short_is_damaged():
    data = codec.pack_mask(np.ones((9, 9), np.bool_))
    for cut in (data[:5], data[:-3], data[:8]):
        with pytest.raises(CatalogueError, match="mask cannot be read"):
            codec.unpack_mask(cut)


def test_pickles_are_refused(make, tmp_path):
    features = make.features(np.random.default_rng(0), 3)
    hostile = dataclasses.replace(features, weight=np.array([{}, {}, {}], object))
    with pytest.raises(InputError, match="objects in"):
        codec.pack_features(hostile)
    np.savez(tmp_path / "x.npz", xy_px=np.array([{}], object))
    with pytest.raises(CatalogueError, match="cannot be read"):
        codec.unpack_features((tmp_path / "x.npz").read_bytes())


def test_embeddings_stream_in_chunks(catalogue, make):
    flanks = [Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN]
    vectors = {}
    for i in range(9):
        sighting = make.sighting(f"s{i}", seed=i + 1, files=1)
        item = make.annotation(sighting, 0, flank=flanks[i % 3], salt=i)
        catalogue.save_sighting(sighting, [item])
        vectors[sighting.id] = item.embedding.vector
    chunks = list(catalogue.iter_embeddings("fp-1", chunk_rows=4))
    assert [len(c) for c in chunks] == [4, 4, 1]
    assert [f for c in chunks for f in c.flanks] == flanks * 3
    (whole,) = catalogue.iter_embeddings("fp-1")
    assert whole.keys.dtype == np.int64
    assert (np.diff(whole.keys) > 0).all()
    expected = np.stack([vectors[s] for s in whole.sighting_ids])
    assert np.array_equal(whole.vectors, expected)
    assert np.array_equal(np.concatenate([c.vectors for c in chunks]), expected)
    assert list(catalogue.iter_embeddings("fp-2")) == []
    (late,) = catalogue.iter_embeddings("fp-1", after=chunks[1].last)
    assert late.sighting_ids == ("s8",)
    records = catalogue.annotations([int(k) for k in chunks[0].keys[1::-1]])
    assert [r.sighting_id for r in records] == ["s1", "s0"]
    assert [r.flank for r in records] == [Flank.RIGHT, Flank.LEFT]


def test_features_stream_in_the_order_of_storing(catalogue, make):
    sightings = [make.sighting(f"s{i}", seed=i + 1, files=2) for i in range(3)]
    for one in sightings:
        catalogue.save_sighting(one, make.prepared(one))
    # measured again later with another method: new rows of old annotations
    catalogue.add_measurements(make.prepared(sightings[0], method="sift-2", salt=5))
    chunks = list(catalogue.iter_features("sift-1", chunk_rows=4))
    assert [len(c) for c in chunks] == [4, 2]
    assert [s for c in chunks for s in c.sighting_ids] == ["s0", "s0", "s1", "s1", "s2", "s2"]
    stored = {p.id: p.features for s in sightings for p in make.prepared(s)}
    ids = [r.annotation_id for c in chunks for r in catalogue.annotations(c.keys)]
    for name, found in zip(ids, (f for c in chunks for f in c.features), strict=True):
        assert np.array_equal(found.descriptors, stored[name].descriptors)
    whole = catalogue.features_extent("sift-1")
    assert (whole.count, whole.last) == (6, chunks[-1].last)
    part = catalogue.features_extent("sift-1", up_to=chunks[0].last)
    assert (part.count, part.last) == (4, chunks[0].last)
    assert chunks[0].stamp == catalogue.features_stamp(part.last) != chunks[1].stamp
    assert list(catalogue.iter_features("sift-1", after=whole.last)) == []
    (late,) = catalogue.iter_features("sift-2", after=whole.last)
    assert late.sighting_ids == ("s0", "s0")
    assert late.keys == chunks[0].keys[:2]
    assert catalogue.features_extent("none") == Extent()
    assert catalogue.features_stamp(10**6) == ""


def test_what_is_known_of_how_far_an_index_reaches(catalogue, make):
    assert catalogue.embedding_extent("fp-1") == Extent()
    for i in range(3):
        one = make.sighting(f"s{i}", seed=i + 1, files=1)
        catalogue.save_sighting(one, make.prepared(one))
    (chunk,) = catalogue.iter_embeddings("fp-1")
    keys = chunk.keys.tolist()
    whole = catalogue.embedding_extent("fp-1")
    assert (whole.last, whole.count) == (chunk.last, 3)
    part = catalogue.embedding_extent("fp-1", up_to=chunk.last - 1)
    assert (part.last, part.count) == (chunk.last - 1, 2)
    assert part.sha256 != whole.sha256
    assert catalogue.embedding_stamp(chunk.last) == chunk.stamp
    assert catalogue.embedding_extent("fp-2") == Extent()
    assert catalogue.sightings_of_annotations() == dict(zip(keys, ["s0", "s1", "s2"], strict=True))
    assert catalogue.sightings_of_annotations(after=keys[1]) == {keys[2]: "s2"}


def test_chunks_must_have_rows(lite):
    with pytest.raises(InputError, match="at least 1"):
        next(lite.iter_embeddings("fp", chunk_rows=0))
    with pytest.raises(InputError, match="at least 1"):
        next(lite.iter_features("m", chunk_rows=0))


def test_another_models_measurements_are_added(catalogue, make):
    sighting = make.sighting()
    catalogue.save_sighting(sighting, make.prepared(sighting))
    new = make.prepared(sighting, fingerprint="fp-2", method="sift-2", salt=5)
    assert catalogue.add_measurements(new) == 4
    assert catalogue.add_measurements(new) == 0
    assert catalogue.fingerprints() == {"fp-1": 2, "fp-2": 2}
    old = catalogue.load_prepared("september", fingerprint="fp-1", method="sift-1")[0]
    newest = catalogue.load_prepared("september")[0]
    assert (old.embedding.fingerprint, old.features.method) == ("fp-1", "sift-1")
    assert (newest.embedding.fingerprint, newest.features.method) == ("fp-2", "sift-2")
    with pytest.raises(NotFoundError, match="was not measured with embedding fp-3"):
        catalogue.load_prepared("september", fingerprint="fp-3")


def test_measurements_of_another_box_are_refused(lite, make):
    sighting = make.sighting(files=1)
    item = make.annotation(sighting)
    with pytest.raises(NotFoundError, match="save the sighting"):
        lite.add_measurements([item])
    lite.save_sighting(sighting, [item])
    moved = dataclasses.replace(item.annotation, box=Box(0, 0, 5, 5))
    with pytest.raises(InputError, match="another id"):
        lite.add_measurements([dataclasses.replace(item, annotation=moved)])


def test_annotations_by_key_keep_the_order_asked_for(catalogue, make):
    sighting = make.sighting(files=3)
    catalogue.save_sighting(sighting, make.prepared(sighting))
    keys = [int(k) for c in catalogue.iter_embeddings("fp-1") for k in c.keys][::-1]
    loaded = catalogue.load_annotations(keys, make.open_image)
    assert [p.id for p in loaded] == ["september/2", "september/1", "september/0"]
    for call in (catalogue.load_annotations, catalogue.annotations):
        with pytest.raises(NotFoundError, match="rebuild the index"):
            call([keys[0], 10**6])
