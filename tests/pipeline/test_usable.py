"""Which pictures of a sighting may speak for it."""

from datetime import datetime, timedelta

import pytest

from reid.pipeline.usable import CLOCKS_APART, usable
from reid.types import AnnotationOrigin, Flank

NOON = datetime(2018, 12, 7, 12, 0)


def ids(found):
    return [a.id for a in found]


@pytest.mark.parametrize("flag", ["no-animal", "not-a-leopard"])
def test_what_is_no_leopard_is_left_out_and_said(animal, flag):
    kept, flags = usable([animal("a/1"), animal("a/2", flags=(flag,))], 4)
    assert ids(kept) == ["a/1"]
    assert flags == (flag,)


def test_a_users_box_is_the_users_word(animal):
    drawn = animal("a/1", flags=("not-a-leopard",), origin=AnnotationOrigin.USER)
    assert usable([drawn], 4) == ([drawn], ())


def test_a_picture_of_two_animals_is_left_out_and_said(animal):
    two = [animal("a/1-1", file="two.jpg"), animal("a/1-2", file="two.jpg")]
    kept, flags = usable([*two, animal("a/2")], 4)
    assert ids(kept) == ["a/2"]
    assert flags == ("several-animals",)


def test_a_leopard_beside_another_species_is_one_leopard(animal):
    deer = animal("a/1-2", file="two.jpg", flags=("not-a-leopard",))
    kept, flags = usable([animal("a/1-1", file="two.jpg"), deer], 4)
    assert ids(kept) == ["a/1-1"]
    assert flags == ("not-a-leopard",)


def test_the_best_of_each_flank(animal):
    many = [
        animal(f"a/{f}-{k}", f, usable=k / 10)
        for k in range(6)
        for f in (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)
    ]
    kept, _ = usable(many, 2)
    assert ids(kept) == [f"a/{f}-{k}" for f in ("left", "right", "unknown") for k in (5, 4)]


@pytest.mark.parametrize(("beyond_s", "kept"), [(-60, 3), (60, 2)])
def test_cameras_whose_clocks_disagree_do_not_bridge(animal, beyond_s, kept):
    late = NOON + CLOCKS_APART + timedelta(seconds=beyond_s)
    left = [animal(f"a/{k}", camera="one", at=NOON) for k in range(2)]
    right = animal("a/9", Flank.RIGHT, camera="two", at=late)
    found, flags = usable([*left, right], 4)
    assert len(found) == kept
    assert ("clock-conflict" in flags) == (kept == 2)


def test_one_camera_may_wait(animal):
    """A long visit before one camera is no conflict of clocks."""
    visit = [animal(f"a/{k}", camera="one", at=NOON + k * CLOCKS_APART) for k in range(4)]
    assert len(usable(visit, 9)[0]) == 4


def test_nothing_is_nothing(animal):
    assert usable([], 4) == ([], ())
