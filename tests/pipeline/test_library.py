"""A library: everything once, everything again, and nobody enrolled by accident."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from reid.errors import InputError, NotFoundError
from reid.identities import PatternChanged, PatternWord
from reid.identities.event import Said
from reid.pipeline import Library
from reid.types import Flank, Sighting, SightingMedia

pytestmark = pytest.mark.slow
SAME, OTHER = 31, 32


@pytest.fixture(scope="module")
def stored(engine, picture, sighting, tmp_path_factory):
    """A folder with one animal twice and another, measured once for all tests here."""
    folder = tmp_path_factory.mktemp("library")
    with Library.open(engine, folder) as library:
        library.add(sighting("first", picture(SAME)))
        library.add(sighting("again", picture(SAME, station=2, yaw_deg=8.0), b"no picture"))
        library.add(sighting("other", picture(OTHER, station=3)))
    return folder


@pytest.fixture
def library(engine, stored):
    with Library.open(engine, stored) as library:
        yield library


@pytest.fixture(scope="module")
def blank():
    """A frame without an animal: sky over ground, a little noise."""
    rng = np.random.default_rng(0)
    shade = np.linspace(200, 90, 400)[:, None, None] + rng.normal(0, 2, (400, 600, 3))
    return cv2.imencode(".png", np.clip(shade, 0, 255).astype(np.uint8))[1].tobytes()


def test_an_empty_catalogue_knows_nobody(engine, picture, sighting, tmp_path):
    with Library.open(engine, tmp_path) as empty:
        empty.add(sighting("first", picture(SAME)))
        found = empty.identify("first")
    assert (found.kind, found.individual, found.probability) == ("inconclusive", None, None)
    assert "the catalogue is empty" in found.reasons[0]


def test_adding_again_changes_nothing(library, picture, sighting):
    before = library.catalogue.sighting("first")
    added = library.add(sighting("first", picture(SAME)))
    assert added.saved.created is False
    assert library.catalogue.sighting("first") == before
    assert len(library.search) == 3


def test_another_sighting_may_not_take_the_name(library, picture, sighting):
    with pytest.raises(InputError, match="first"):
        library.add(sighting("first", picture(OTHER, station=3)))


def test_a_bad_file_is_remembered(library):
    ((name, file, reason),) = library.prepared("again").rejected
    assert (name, file) == ("again", "SYNTHETIC-again-1.jpg")
    assert reason


def test_one_question_is_answered_once(library):
    one, saved = library.compare(["first", "again"])
    two, known = library.compare(["first", "again"])
    assert one.id == two.id == saved.id == known.id
    assert known.created is False
    more, asked = library.compare(["first", "again"], max_error=0.2)
    assert asked.created
    assert more.id != one.id


def test_what_is_not_there_is_said(library):
    with pytest.raises(NotFoundError):
        library.compare(["first", "nobody"])
    with pytest.raises(NotFoundError):
        library.comparison("nothing")


def test_report_and_pictures_after_reopening(engine, stored, library):
    found, _ = library.compare(["first", "again", "other"])
    with Library.open(engine, stored) as later:
        again = later.comparison(found.id)
        assert (again.id, again.created_at) == (found.id, found.created_at)
        assert [p.llr for p in again.pairs] == [p.llr for p in found.pairs]
        assert [v.kind for v in again.verdicts] == [v.kind for v in found.verdicts]
        assert again.rejected == found.rejected
        report = later.report(found.id)
        assert all(name in report for name in ("first", "again", "other"))
        assert "synthetic" in report.lower()


def test_another_engine_says_so(engine, stored, library):
    found, _ = library.compare(["first", "other"])
    with (
        Library.open(replace(engine, calibration_sha256="0" * 64), stored) as later,
        pytest.raises(InputError, match="made with other calibration"),
    ):
        later.report(found.id)


def test_a_blank_frame_is_not_enrolled(library, blank):
    media = (SightingMedia("blank.png", blank, flank=Flank.LEFT),)
    library.add(Sighting("blank", media))
    with pytest.raises(InputError, match="may show no leopard"):
        library.enrol("blank", "Ghost", by="test")
    assert "Ghost" not in {i.name for i in library.catalogue.individuals()}
    done = library.enrol("blank", "Ghost", by="test", accept_flags=True)
    assert done.flags


@pytest.fixture
def named(engine, picture, sighting, tmp_path):
    with Library.open(engine, tmp_path) as library:
        library.add(sighting("first", picture(SAME)))
        library.add(sighting("other", picture(OTHER, station=3)))
        for name, who in (("first", "Ada"), ("other", "Bo")):
            library.enrol(name, who, by="test", accept_flags=True)
        yield library


def test_enrolled_and_found_again(named, picture, sighting):
    named.add(sighting("query", picture(SAME, station=2, yaw_deg=8.0)))
    found = named.identify("query")
    assert (found.kind, found.individual) == ("individual", "Ada")
    assert found.candidates[0].individual == "Ada"
    assert {c.individual for c in found.candidates} == {"Ada", "Bo"}
    assert found.searched == 3
    assert found.comparison is not None
    assert (found.proposed, found.verified) == (2, 2)
    assert [(r.name, r.searched, r.note) for r in found.routes] == [
        ("embedding", 3, ""),
        ("votes", 3, ""),
    ]
    assert found.candidates[0].ranks["votes"] == found.candidates[0].retrieval_rank == 1
    again = named.identify("query")
    assert [c.llr for c in again.candidates] == [c.llr for c in found.candidates]


def test_a_sighting_does_not_prove_itself(named):
    found = named.identify("first")
    assert "Ada" not in {c.individual for c in found.candidates}
    assert found.individual is None


@pytest.mark.parametrize("how", ["the same file", "encoded again"])
def test_a_copy_of_a_known_picture_names_nobody(named, picture, changed, sighting, how):
    content = picture(SAME) if how == "the same file" else changed(picture(SAME))
    named.add(sighting("copy", content))
    found = named.identify("copy")
    assert (found.kind, found.individual) == ("inconclusive", None)
    assert "a picture is a copy of one enrolled as Ada; a copy is no evidence" in found.reasons


def test_a_noted_scar_takes_the_weight_from_a_difference_and_adds_none(named, picture, sighting):
    named.add(sighting("query", picture(SAME, station=2, yaw_deg=8.0)))
    before = {c.individual: c.llr for c in named.identify("query").candidates}
    assert before["Bo"] < 0 < before["Ada"]
    for name in ("Ada", "Bo"):
        named.catalogue.decide(PatternChanged(name, PatternWord.SCAR), Said("test"))
    after = named.identify("query")
    assert {c.individual: c.llr for c in after.candidates} == {"Ada": before["Ada"]}
    assert any("change of the coat is noted of Bo" in reason for reason in after.reasons)


def test_the_other_flank_is_not_comparable(named, picture, sighting):
    named.add(sighting("right", picture(SAME, Flank.RIGHT, station=4), flank=Flank.RIGHT))
    found = named.identify("right")
    assert (found.kind, found.candidates) == ("not comparable", ())


@pytest.mark.parametrize("route", ["index", "votes"])
@pytest.mark.parametrize("harm", ["deleted", "cut short", "nonsense", "out of date"])
def test_a_harmed_index_is_made_anew(engine, stored, library, harm, route, tmp_path):
    library.rebuild_index()
    (path,) = (stored / "index").glob(f"*.{route}")
    query = library.prepared("again").annotations
    who = {"first", "again", "other"}
    before, count = library.search.propose(query, who, 9), len(library.search)
    assert before.order[0] == "again"
    whole = path.read_bytes()
    if harm == "deleted":
        path.unlink()
    elif harm == "out of date":
        with Library.open(engine, tmp_path) as empty:
            empty.rebuild_index()
        path.write_bytes(next((tmp_path / "index").glob(f"*.{route}")).read_bytes())
    else:
        path.write_bytes(whole[:-40] if harm == "cut short" else b"nonsense")
    with Library.open(engine, stored) as later:
        assert len(later.search) == count
        assert later.search.propose(query, who, 9) == before
        rebuilt = later.rebuild_index()
        assert sum(rebuilt[side] for side in ("left", "right", "unknown")) == count
    assert path.read_bytes() == whole
