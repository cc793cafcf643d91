"""What goes in comes out, once."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime

import numpy as np
import pytest

from reid.catalogue import NOT_LOADED, sighting_sha256
from reid.errors import CatalogueError, InputError, NotFoundError
from reid.types import CandidateTime, Flank


def same(a, b):
    """Whether two values of reid.types hold the same, arrays included."""
    if dataclasses.is_dataclass(a):
        names = [f.name for f in dataclasses.fields(a)]
        return type(a) is type(b) and all(same(getattr(a, n), getattr(b, n)) for n in names)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all())
    return a == b


def test_a_sighting_comes_back_as_it_went_in(catalogue, make):
    sighting = make.sighting()
    saved = catalogue.save_sighting(sighting, make.prepared(sighting))
    assert saved.created
    assert saved.content_sha256 == sighting_sha256(sighting)
    assert catalogue.load_sighting("september") == sighting


def test_annotations_come_back_as_they_went_in(catalogue, make):
    sighting = make.sighting()
    prepared = make.prepared(sighting)
    catalogue.save_sighting(sighting, prepared)
    loaded = catalogue.load_prepared("september", make.open_image)
    assert len(loaded) == 2
    assert all(same(a, b) for a, b in zip(prepared, loaded, strict=True))


def test_without_opening_pictures_everything_else_is_there(catalogue, make):
    sighting = make.sighting()
    prepared = make.prepared(sighting)
    catalogue.save_sighting(sighting, prepared)
    loaded = catalogue.load_prepared("september")[0]
    assert NOT_LOADED in loaded.image.flags
    assert loaded.image.size_wh == prepared[0].image.size_wh
    assert not loaded.image.pixels.any()
    bare = dataclasses.replace(
        loaded.image, pixels=prepared[0].image.pixels, flags=prepared[0].image.flags
    )
    assert same(dataclasses.replace(loaded, image=bare), prepared[0])


def test_an_annotation_without_mask(lite, make):
    sighting = make.sighting(files=1)
    item = make.annotation(sighting)
    bare = dataclasses.replace(item, annotation=dataclasses.replace(item.annotation, mask=None))
    lite.save_sighting(sighting, [bare])
    assert lite.load_prepared("september")[0].annotation.mask is None


def test_saving_twice_changes_nothing_and_says_so(catalogue, make):
    sighting = make.sighting()
    first = catalogue.save_sighting(sighting, make.prepared(sighting))
    record = catalogue.sighting("september")
    again = dataclasses.replace(sighting, media=sighting.media[::-1])  # another order, same content
    second = catalogue.save_sighting(again, make.prepared(sighting, fingerprint="fp-2"))
    assert (first.created, second.created) == (True, False)
    assert first.content_sha256 == second.content_sha256
    assert catalogue.sighting("september") == record
    assert catalogue.fingerprints() == {"fp-1": 2}


@pytest.mark.parametrize("what", ["media", "times", "station", "position", "flank"])
def test_other_content_under_the_same_id_is_refused(catalogue, make, what):
    sighting = make.sighting()
    catalogue.save_sighting(sighting)
    flank = dataclasses.replace(sighting.media[0], flank=Flank.LEFT)
    other = {
        "media": {"media": sighting.media[:1]},
        "times": {"times": (CandidateTime(datetime(2018, 11, 11)),)},
        "station": {"station": "south"},
        "position": {"position": (1.0, 2.0)},
        "flank": {"media": (flank, *sighting.media[1:])},
    }[what]
    with pytest.raises(InputError, match=r"already in the catalogue.*another id"):
        catalogue.save_sighting(dataclasses.replace(sighting, **other))
    assert catalogue.load_sighting("september") == sighting


def test_files_lie_under_their_content(lite, make):
    sighting = make.sighting()
    lite.save_sighting(sighting)
    for media in sighting.media:
        sha256 = hashlib.sha256(media.content).hexdigest()
        path = lite.data_dir / "media" / sha256[:2] / sha256[2:4] / sha256
        assert path.read_bytes() == media.content
    assert not list((lite.data_dir / "media" / ".incoming").iterdir())


def test_one_picture_in_two_sightings_is_one_file(catalogue, make):
    first, second = make.sighting("one"), make.sighting("two")
    catalogue.save_sighting(first, make.prepared(first))
    catalogue.save_sighting(second, make.prepared(second))
    shas = catalogue.sighting("one").media_sha256
    assert shas == catalogue.sighting("two").media_sha256
    assert sorted(catalogue.media.placed_files()) == sorted(shas)
    assert len(catalogue.deployments()) == 2


def test_a_record_says_what_is_stored(catalogue, make):
    sighting = make.sighting(files=3)
    rejected = [("september", "IMG_2.JPG", "truncated"), ("other", "x.jpg", "no image")]
    catalogue.save_sighting(sighting, [make.annotation(sighting, 1)], rejected)
    record = catalogue.sighting("september")
    assert record.rejected == (("IMG_2.JPG", "truncated"),)
    assert record.file_names == ("IMG_0.JPG", "IMG_1.JPG", "IMG_2.JPG")
    assert record.annotation_ids == ("september/1",)
    assert record.times == sighting.times
    assert record.individual is None
    assert catalogue.sightings() == [record]
    assert catalogue.sightings(after="september") == []


def test_deployments_name_each_camera_of_a_station(catalogue, make):
    catalogue.save_sighting(make.sighting("a", seed=1))
    catalogue.save_sighting(make.sighting("b", seed=2))
    catalogue.save_sighting(make.sighting("c", seed=3, station=None))
    found = [(d.station, d.camera, d.position) for d in catalogue.deployments()]
    assert found == [("north", "c0", (43.5, 55.0)), ("north", "c1", (43.5, 55.0))]


def test_annotations_must_belong_to_the_sighting(lite, make):
    sighting, other = make.sighting(), make.sighting("december", seed=9)
    with pytest.raises(InputError, match="expected sighting september, found december"):
        lite.save_sighting(sighting, make.prepared(other))
    stray = dataclasses.replace(make.annotation(other), sighting_id="september")
    with pytest.raises(InputError, match="not one of the sighting's files"):
        lite.save_sighting(sighting, [stray])
    with pytest.raises(InputError, match="two annotations have the id"):
        lite.save_sighting(sighting, [make.annotation(sighting)] * 2)
    assert lite.sightings() == []


def test_what_is_not_there_is_said(catalogue):
    for call in (catalogue.load_sighting, catalogue.sighting, catalogue.load_prepared):
        with pytest.raises(NotFoundError, match="no sighting 'nobody'"):
            call("nobody")


def test_a_missing_or_altered_file_is_an_error(lite, make):
    lite.save_sighting(make.sighting())
    first, second = lite.sighting("september").media_sha256
    lite.media.path(first).write_bytes(b"other")
    with pytest.raises(CatalogueError, match="was altered"):
        lite.load_sighting("september")
    lite.media.path(second).unlink()
    with pytest.raises(CatalogueError, match="is missing"):
        lite.read_media(second)


@pytest.mark.parametrize("name", ["nul\0", "lone \udce9 surrogate"])
def test_text_that_no_database_holds_is_the_callers_mistake(catalogue, make, name):
    sighting = dataclasses.replace(make.sighting(), station=name)
    with pytest.raises(InputError, match="rename it"):
        catalogue.save_sighting(sighting)
    with pytest.raises(InputError, match="rename it"):
        catalogue.add_individual(name)
    with pytest.raises(InputError):
        catalogue.sighting(name)
    assert catalogue.sightings() == []
    assert list(catalogue.media.placed_files()) == []


def test_what_is_found_later_in_a_stored_sighting_is_added_once(catalogue, make):
    one = make.sighting()
    animals = [make.annotation(one)]
    with pytest.raises(NotFoundError):
        catalogue.add_annotations(one, animals)
    catalogue.save_sighting(one)
    assert catalogue.load_prepared(one.id) == []
    rejected = [(one.id, "b.jpg", "the file ends early"), ("other", "c.jpg", "not of it")]
    assert catalogue.add_annotations(one, animals, rejected) == 1
    assert catalogue.add_annotations(one, animals, rejected) == 0
    assert [item.id for item in catalogue.load_prepared(one.id)] == [animals[0].id]
    assert catalogue.sighting(one.id).rejected == (("b.jpg", "the file ends early"),)
    with pytest.raises(InputError):
        catalogue.add_annotations(make.sighting(seed=5), [])
