"""Cameras that number their pictures: what is one trigger is not torn apart by a pause."""

import hashlib
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from reid.batch.options import BatchOptions
from reid.batch.run import Run
from reid.batch.scan import scan_file
from reid.events.planning import MOST_MEDIA, Seen, plan_sightings
from reid.events.triggers import LONGEST_S, Numbered

T0 = datetime(2026, 3, 1, 6)


def seen(n, seconds, event=None, sequence=None, camera="A", serial="S1", station="north"):
    told = None if event is None and sequence is None else Numbered(event, sequence, serial)
    at = T0 + timedelta(seconds=seconds)
    sha = hashlib.sha256(str(n).encode()).hexdigest()
    return Seen(n, sha, station, camera, at, numbered=told)


def cut(files, gap_s=120.0):
    return [set(planned.positions) for planned in plan_sightings(files, gap_s).sightings]


def burst(first, start_s, event, every_s, of=3, **more):
    return [seen(first + n, start_s + n * every_s, event, (n + 1, of), **more) for n in range(of)]


def test_a_pause_within_a_trigger_does_not_end_a_sighting():
    slow = burst(0, 0, 7, 150)
    assert cut(slow) == [{0, 1, 2}]
    bare = [seen(n, 150 * n) for n in range(3)]
    assert cut(bare) == [{0}, {1}, {2}]


def test_one_again_begins_a_new_trigger_and_a_pause_before_it_ends_the_sighting():
    files = burst(0, 0, 7, 5) + burst(3, 200, 8, 5)
    assert cut(files) == [{0, 1, 2}, {3, 4, 5}]
    stuck = burst(0, 0, 7, 5) + burst(3, 200, 7, 5)  # the counter of events stands still
    assert cut(stuck) == [{0, 1, 2}, {3, 4, 5}]


def test_triggers_without_a_pause_are_one_passage():
    assert cut(burst(0, 0, 7, 5) + burst(3, 60, 8, 5)) == [{0, 1, 2, 3, 4, 5}]


def test_pictures_of_a_trigger_that_are_lost_do_not_tear_it_apart():
    files = [seen(0, 0, 7, (1, 5)), seen(1, 400, 7, (4, 5))]
    assert cut(files) == [{0, 1}]


def test_without_the_number_of_the_trigger_only_the_very_next_picture_goes_on():
    follows = [seen(0, 0, None, (1, 3)), seen(1, 150, None, (2, 3))]
    assert cut(follows) == [{0, 1}]
    lacks = [seen(0, 0, None, (1, 3)), seen(1, 150, None, (3, 3))]
    assert cut(lacks) == [{0}, {1}]
    other = [seen(0, 0, None, (1, 3)), seen(1, 150, None, (2, 5))]
    assert cut(other) == [{0}, {1}]


def test_the_number_of_the_trigger_alone_is_enough():
    assert cut([seen(0, 0, 7), seen(1, 150, 7), seen(2, 300, 8)]) == [{0, 1}, {2}]


def test_a_number_that_comes_back_much_later_is_another_trigger():
    files = [seen(0, 0, 7, (1, 3)), seen(1, LONGEST_S + 1, 7, (2, 3))]
    assert cut(files) == [{0}, {1}]


def test_two_cameras_in_one_folder_count_each_for_itself():
    one, two = seen(0, 0, 7, (1, 3)), seen(1, 150, 7, (2, 3), serial="S2")
    assert cut([one, two]) == [{0}, {1}]


def test_a_trigger_holds_what_another_camera_saw_within_it():
    slow = burst(0, 0, 7, 300, camera="A")
    within = seen(9, 150, camera="B", serial="S2")
    after = seen(10, 900, camera="B", serial="S2")
    agreeing = [
        seen(20 + 2 * n + k, 9000 + 86_400 * n + 4 * k, camera=camera)
        for n in range(9)
        for k, camera in enumerate("AB")
    ]
    found = cut([*slow, within, after, *agreeing])
    assert {0, 1, 2, 9} in found
    assert {10} in found


def test_within_a_second_pictures_stand_as_the_camera_counts():
    """Listed in the wrong order, a fast trigger and the slow one behind it stay whole."""
    files = [seen(0, 0, 7, (2, 3)), seen(1, 0, 7, (1, 3)), seen(2, 200, 7, (3, 3))]
    assert cut(files) == [{0, 1, 2}]


def test_a_counter_that_holds_everything_together_is_cut_all_the_same():
    files = [seen(n, 60 * n, 7) for n in range(2 * MOST_MEDIA + 5)]
    assert [len(found) for found in cut(files, 30.0)] == [MOST_MEDIA, MOST_MEDIA, 5]


numbers = st.tuples(
    st.sampled_from(["A", "B"]),
    st.integers(0, 4000),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.tuples(st.integers(1, 3), st.just(3))),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, max_size=30))
def test_numbers_only_ever_join(found):
    """Every file is in one sighting, and none is smaller than by pauses alone."""
    told = [seen(n, s, e, q, c, None) for n, (c, s, e, q) in enumerate(found)]
    bare = [seen(n, s, camera=c, serial=None) for n, (c, s, _, _) in enumerate(found)]
    joined, alone = cut(told), cut(bare)
    assert sorted(n for one in joined for n in one) == list(range(len(found)))
    assert all(any(one <= whole for whole in joined) for one in alone)


def rapidfire(path, n, event, at):
    """A picture with a RapidFire's comment and no EXIF but maker and camera."""
    exif = Pillow.Exif()
    exif[0x010F], exif[0x0110] = "RECONYX", "RC60"
    told = f"Trg: M {n}/3\rEvt: {event}\rDat: {at:%Y-%m-%d %H:%M:%S}\rSN: RX32".encode()
    noise = np.random.default_rng(n + 10 * event).integers(0, 255, (24, 32, 3), np.uint8)
    Pillow.fromarray(noise).save(path, "JPEG", exif=exif, comment=told)


def test_files_carry_the_cameras_numbers_into_the_plan(tmp_path):
    starts = {5: T0, 6: T0 + timedelta(minutes=12)}
    items = []
    for event, start in starts.items():
        for n in (1, 2, 3):
            name = f"{event}-{n}.jpg"
            rapidfire(tmp_path / name, n, event, start + (n - 1) * timedelta(minutes=4))
            found = scan_file(tmp_path, name, BatchOptions())
            told = {"told": {"station": "north"}}
            items.append(SimpleNamespace(position=len(items), name=name, result=found, data=told))
    old = {k: v for k, v in items[0].result.items() if k not in ("event", "sequence")}
    context = SimpleNamespace(
        job=SimpleNamespace(id="j"), store=SimpleNamespace(items=lambda *_: items)
    )
    files = list(Run(None, context, tmp_path)._seen())
    assert cut(files, 180.0) == [{0, 1, 2}, {3, 4, 5}]
    items[0].result = old  # a file that was read before numbers were kept
    assert cut(list(Run(None, context, tmp_path)._seen()), 180.0) == [{0}, {1, 2}, {3, 4, 5}]
