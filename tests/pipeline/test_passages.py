"""Cameras of one station whose clocks disagree: their pictures are kept apart, and it is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.catalogue import Catalogue
from reid.evidence import comparison_json, report_html
from reid.pipeline import PreparedSighting, compare
from reid.pipeline.passages import CLOCKS_APART, cameras_by_clock, one_clock, passages
from reid.types import Flank, Sighting, SightingMedia, VerdictKind

NOON = datetime(2018, 12, 7, 12, 0)
LATE = NOON + timedelta(hours=3)


def ids(found):
    return [a.id for a in found]


def sighting_of(*animals, name="a", rejected=(), **more):
    """A prepared sighting of animals made by hand, a media file each."""
    media = tuple(SightingMedia(a.image.file_name, b"", a.camera) for a in animals)
    return PreparedSighting(Sighting(name, media, **more), animals, rejected)


@pytest.mark.parametrize(("beyond_s", "groups"), [(-60, 1), (60, 2)])
def test_clocks_agree_up_to_ten_minutes(animal, beyond_s, groups):
    late = NOON + CLOCKS_APART + timedelta(seconds=beyond_s)
    left = [animal(f"a/{k}", camera="one", at=NOON) for k in range(2)]
    right = animal("a/9", Flank.RIGHT, camera="two", at=late)
    assert len(cameras_by_clock([*left, right])) == groups


def test_a_long_visit_is_no_conflict(animal):
    """Before one camera, and before two of which the second woke up in the middle."""
    visit = [animal(f"a/{k}", camera="one", at=NOON + k * CLOCKS_APART * 2) for k in range(4)]
    assert len(cameras_by_clock(visit)) == 1
    other = animal("a/9", camera="two", at=NOON + timedelta(minutes=31))
    assert cameras_by_clock([*visit, other]) == [{"one", "two"}]


def test_a_camera_without_times_agrees_until_others_disagree(animal):
    blind = animal("a/1", camera="blind")
    one, two = animal("a/2", camera="one", at=NOON), animal("a/3", camera="two", at=LATE)
    assert cameras_by_clock([blind, one]) == [{"blind", "one"}]
    assert cameras_by_clock([two, blind, one]) == [{"one"}, {"two"}, {"blind"}]
    assert cameras_by_clock([blind]) == [{"blind"}]


def test_clocks_with_and_without_a_zone(animal):
    """Zones count where every clock has one; otherwise the clocks are read as they stand."""
    almaty = timezone(timedelta(hours=5))
    utc = animal("a/1", camera="one", at=NOON.replace(tzinfo=UTC))
    same = animal("a/2", camera="two", at=(NOON + timedelta(hours=5)).replace(tzinfo=almaty))
    assert len(cameras_by_clock([utc, same])) == 1
    assert len(cameras_by_clock([utc, animal("a/3", camera="two", at=NOON)])) == 1


CAMERA, MINUTE = st.sampled_from("ABCDE"), st.integers(0, 300)
TIMED = st.lists(st.tuples(CAMERA, MINUTE), min_size=1, max_size=12)
SOME_TIMED = st.lists(st.tuples(CAMERA, MINUTE | st.none()), min_size=1, max_size=12)


@given(SOME_TIMED)
def test_every_camera_is_in_one_group(seen):
    found = cameras_by_clock([_seen(*one) for one in seen])
    assert sorted(c for group in found for c in group) == sorted({c for c, _ in seen})


@given(TIMED)
def test_groups_are_those_of_joining_until_nothing_changes(seen):
    assert set(cameras_by_clock([_seen(*one) for one in seen])) == _slowly(seen)


def _seen(camera, minute):
    """As much of an animal as has a camera and a time."""
    at = None if minute is None else NOON + timedelta(minutes=minute)
    return SimpleNamespace(camera=camera, image=SimpleNamespace(captured_at=at))


def _slowly(seen):
    """Join any two cameras that agree until nothing changes."""
    times = {camera: [m for c, m in seen if c == camera] for camera, _ in seen}
    groups = [({camera}, (min(t), max(t))) for camera, t in times.items()]
    while True:
        for i, (a, (a0, a1)) in enumerate(groups):
            for j, (b, (b0, b1)) in enumerate(groups[:i]):
                if max(a0, b0) - min(a1, b1) <= 10:
                    groups[j] = (a | b, (min(a0, b0), max(a1, b1)))
                    del groups[i]
                    break
            else:
                continue
            break
        else:
            return {frozenset(g) for g, _ in groups}


def test_a_sighting_of_one_passage_is_itself(animal):
    one = sighting_of(animal("a/1", camera="one", at=NOON), animal("a/2", camera="two", at=NOON))
    assert passages(one) == (one,)
    assert one_clock(one.annotations) == list(one.annotations)
    nothing = sighting_of()
    assert passages(nothing) == (nothing,)


def test_a_picture_that_does_not_speak_makes_no_conflict(animal):
    """An empty frame of another hour is no passage."""
    empty = animal("a/2", camera="two", at=LATE, flags=("no-animal",))
    one = sighting_of(animal("a/1", camera="one", at=NOON), empty)
    assert passages(one) == (one,)


def test_the_parts_hold_everything_once(animal):
    lost = (("a", "x.jpg", "cut short"),)
    whole = sighting_of(
        animal("a/1", camera="one", at=LATE),
        animal("a/2", camera="two", at=NOON),
        animal("a/3", camera=None),
        animal("a/4", camera="dark", flags=("no-animal",)),
        rejected=lost,
    )
    parts = passages(whole)
    names = ["a (camera two)", "a (camera one)", "a (no camera named)"]
    assert [p.sighting.id for p in parts] == names
    assert {p.sighting.station for p in parts} == {"a"}
    assert [ids(p.annotations) for p in parts] == [["a/2", "a/4"], ["a/1"], ["a/3"]]
    assert [m.file_name for p in parts for m in p.sighting.media] == ["a/2", "a/4", "a/1", "a/3"]
    assert [p.rejected for p in parts] == [lost, (), ()]
    for part in parts:
        assert {a.sighting_id for a in part.annotations} == {part.sighting.id}
        assert all("clock-conflict" in a.flags for a in part.annotations)


def test_one_clock_is_the_one_with_most_pictures(animal):
    two = [animal(f"a/{k}", camera="two", at=LATE) for k in range(2)]
    kept = one_clock([animal("a/9", camera="one", at=NOON), *two])
    assert ids(kept) == ["a/0", "a/1"]
    assert all("clock-conflict" in a.flags for a in kept)


@pytest.fixture
def compared(engine, animal):
    """November's cameras saw the two flanks three hours apart; September left, December right."""
    november = sighting_of(
        animal("november/1", Flank.LEFT, camera="A", at=NOON),
        animal("november/2", Flank.RIGHT, camera="B", at=LATE),
        name="november",
    )
    others = [
        sighting_of(animal("september/1", Flank.LEFT), name="september"),
        sighting_of(animal("december/1", Flank.RIGHT), name="december"),
    ]
    apart = {("september", "november"): 18.6}
    return compare(engine, [others[0], november, others[1]], distances_km=apart)


def test_flanks_are_not_bridged_and_it_is_said(compared):
    parts = ["november (camera A)", "november (camera B)"]
    assert [s.id for s in compared.sightings] == ["september", *parts, "december"]
    assert [s.id for s in compared.submitted] == ["september", "november", "december"]
    assert "clock-conflict: november" in compared.flags
    kinds = {(v.a, v.b): v for v in compared.verdicts}
    for pair in (tuple(parts), ("september", "december")):
        assert kinds[pair].kind is VerdictKind.NOT_COMPARABLE
    for name in parts:
        told = [why for v in compared.verdicts if name in (v.a, v.b) for why in v.reasons]
        assert any(f"Note on {name}: the clocks of its cameras disagree" in why for why in told)


def test_the_parts_keep_their_own_clocks_and_the_distance(compared):
    checks = {(c.a, c.b): c for c in compared.journeys}
    apart = checks["november (camera A)", "november (camera B)"]
    assert (apart.distance_km, apart.days) == (0.0, pytest.approx(3 / 24))
    for part in ("november (camera A)", "november (camera B)"):
        assert checks["september", part].distance_km == 18.6
    assert checks["september", "december"].distance_km is None


def test_doors_tell_parts_and_what_was_asked(compared, tmp_path):
    form = comparison_json(compared)
    assert form["submitted"] == ["september", "november", "december"]
    assert len(form["sightings"]) == 4
    page = report_html(compared)
    assert "november (camera B)" in page
    assert "november: the clocks of its cameras disagree" in page
    with Catalogue.open(tmp_path, data_dir=tmp_path) as catalogue:
        catalogue.save_comparison(compared, form)
        stored = catalogue.load_comparison(compared.id)
    assert stored.sighting_ids == ("september", "november", "december")
    assert {one["sighting_id"] for one in stored.inputs} == set(stored.sighting_ids)


def test_the_inputs_stay_under_the_submitted_names(compared):
    assert set(compared.provenance["inputs"]) == {"september", "november", "december"}


def test_a_distance_between_sightings_without_stations_is_used(engine, animal):
    """Given in Python or over HTTP by the ids of the sightings."""
    pair = [sighting_of(animal(f"{s}/1", at=NOON), name=s) for s in "ab"]
    (check,) = compare(engine, pair, distances_km={("b", "a"): 18.6}).journeys
    assert check.distance_km == 18.6
    (unknown,) = compare(engine, pair).journeys
    assert unknown.distance_km is None


def test_crowded_pictures_are_told_in_the_reasons(engine, animal):
    two = [animal(f"b/1-{k}", file="two.jpg") for k in (1, 2)]
    pair = [sighting_of(animal("a/1"), name="a"), sighting_of(*two, name="b")]
    found = compare(engine, pair)
    assert "several-animals: b" in found.flags
    assert any("Note on b: a picture shows more than one" in w for w in found.verdicts[0].reasons)
    alone = replace(pair[1], annotations=(two[0],))
    assert compare(engine, [pair[0], alone]).flags == ()
