"""Which pictures of a sighting may speak for it."""

import pytest

from reid.pipeline.usable import usable
from reid.types import AnnotationOrigin, Flank


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


def test_a_box_of_a_user_among_several_animals_is_who_is_meant(animal):
    """Only the user's boxes are there when one was drawn; a second drawn one is a second animal."""
    drawn = [
        animal(f"a/1-{k}", file="two.jpg", origin=AnnotationOrigin.USER, flags=("not-a-leopard",))
        for k in (1, 2)
    ]
    assert ids(usable(drawn[:1], 4)[0]) == ["a/1-1"]
    assert usable(drawn, 4) == ([], ("several-animals",))


def test_a_loose_box_around_two_is_left_out_whoever_drew_it(animal):
    for origin in (AnnotationOrigin.USER, AnnotationOrigin.MEGADETECTOR):
        loose = animal("a/1", origin=origin, flags=("box-of-several",))
        kept, flags = usable([loose, animal("a/2")], 4)
        assert (ids(kept), flags) == (["a/2"], ("several-animals",))


def test_nothing_is_nothing(animal):
    assert usable([], 4) == ([], ())


def test_that_nobody_looked_at_the_species_is_said_and_mutes_nobody(animal):
    for flag in ("species-not-checked", "other-outline"):
        tiger = animal("a/1", flags=(flag,))
        assert usable([tiger], 4) == ([tiger], (flag,))
