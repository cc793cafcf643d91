"""A sighting is opened: what cannot be used is said, and the rest goes on."""

from dataclasses import replace

import pytest

from reid.errors import InputError, WeightsMissingError
from reid.pipeline import Engine, PreparedSighting, compare, prepare
from reid.types import Box, Sighting, SightingMedia

NOT_PICTURES = {
    "empty.jpg": b"",
    "words.jpg": b"no picture at all",
    "paper.pdf": b"%PDF-1.7 ...",
    "cut.jpg": None,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_PICTURES)
def test_a_bad_file_is_a_rejection(engine, picture, name):
    content = NOT_PICTURES[name]
    content = picture(31)[:2000] if content is None else content
    found = prepare(engine, Sighting("s", (SightingMedia(name, content),)))
    assert found.annotations == ()
    ((where, file, reason),) = found.rejected
    assert (where, file) == ("s", name)
    assert reason


def test_a_box_outside_the_picture_is_a_rejection(engine, picture, sighting):
    outside = sighting("s", picture(31), boxes=(Box(5000, 10, 50, 50),))
    found = prepare(engine, outside)
    assert found.annotations == ()
    assert "outside the picture of 1000 x 700" in found.rejected[0][2]


@pytest.mark.slow
def test_the_rest_goes_on_and_a_file_twice_counts_once(engine, picture, sighting):
    told = []
    asked = sighting("s", b"no picture", picture(31), picture(31))
    found = prepare(engine, asked, progress=lambda *step: told.append(step))
    assert [a.id for a in found.annotations] == ["s/2-1"]
    assert "synthetic" in found.flags
    (bad, copy) = found.rejected
    assert bad[1] == asked.media[0].file_name
    assert "copy is no evidence" in copy[2]
    assert told[-1] == ("looking at s", 3, 3)


def test_a_copy_of_a_refused_picture_is_used(engine, picture):
    """What was refused for its box is no original that the same file could be a copy of."""
    outside, whole = (Box(5000, 10, 50, 50),), (Box(10, 10, 900, 600),)
    boxes = {"first.jpg": outside, "again.jpg": whole, "once more.jpg": whole}
    media = (SightingMedia(name, picture(31), boxes=b) for name, b in boxes.items())
    found = prepare(engine, Sighting("s", tuple(media)))
    assert [a.image.file_name for a in found.annotations] == ["again.jpg"]
    refused = {name: reason for _, name, reason in found.rejected}
    assert "outside the picture" in refused["first.jpg"]
    assert "the same picture as again.jpg" in refused["once more.jpg"]


def test_one_sighting_is_nothing_to_compare(engine, sighting):
    with pytest.raises(InputError, match="at least two sightings, found 1"):
        compare(engine, [sighting("s", b"")])
    with pytest.raises(InputError, match="at least two sightings, found 0"):
        compare(engine, [])


def test_ids_must_differ(engine, sighting):
    with pytest.raises(InputError, match="found twice: s"):
        compare(engine, [sighting("s", b""), sighting("s", b"x")])


def test_sightings_without_a_usable_file_are_not_comparable(engine, sighting):
    empty = [PreparedSighting(Sighting("a", ()), ()), sighting("b", b"no picture")]
    found = compare(engine, empty, rejected=[("a", "early.jpg", "refused before")])
    (verdict,) = found.verdicts
    assert (verdict.kind, verdict.probability) == ("not comparable", None)
    assert [r[1] for r in found.rejected] == ["early.jpg", "SYNTHETIC-b-0.jpg"]


def test_an_engine_without_calibration_measures_but_never_answers(engine):
    bare = replace(engine, calibration=None)
    with pytest.raises(WeightsMissingError, match="no calibration"):
        bare.fitted()


def test_an_unknown_stage_is_refused():
    from reid.config import PipelineConfig
    from reid.errors import ConfigError

    with pytest.raises(ConfigError, match="rootsift"):
        Engine.load(PipelineConfig(local="telepathy"))
