"""What the user says about flanks and distances."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.cli.sides import with_distances, with_flanks
from reid.errors import InputError
from reid.types import Flank, Sighting, SightingMedia

NAMES = st.text(string.ascii_letters + string.digits + ":=-_ .", min_size=1, max_size=12).filter(
    str.strip
)


def sighting(name, station=None, flank=None):
    return Sighting(name, (SightingMedia("a.jpg", b"", None, flank),), station)


def flanks(sightings):
    return [m.flank for s in sightings for m in s.media]


def test_one_flank_for_all_and_one_for_one():
    two = (sighting("a"), sighting("b"))
    assert flanks(with_flanks(two, ["left"])) == [Flank.LEFT, Flank.LEFT]
    assert flanks(with_flanks(two, ["left", "b=Right"])) == [Flank.LEFT, Flank.RIGHT]
    assert flanks(with_flanks(two, None)) == [None, None]


def test_a_flank_of_the_table_stays():
    assert flanks(with_flanks([sighting("a", flank=Flank.RIGHT)], ["left"])) == [Flank.RIGHT]


@pytest.mark.parametrize(
    ("written", "hint"), [("lef", "one of left"), ("c=left", "there are a"), ("aa=left", "mean a")]
)
def test_a_flank_that_cannot_be(written, hint):
    with pytest.raises(InputError, match=hint):
        with_flanks([sighting("a")], [written])


def test_distances_between_stations_and_between_sightings():
    given_ = (sighting("x", "north"), sighting("y", "south"), sighting("z"))
    placed, apart = with_distances(given_, ["north:south=18.6", "y:z=2"])
    assert apart == {("north", "south"): 18.6, ("south", "z"): 2.0}
    assert [s.station for s in placed] == ["north", "south", "z"]


def test_without_distances_nothing_changes():
    assert with_distances((sighting("x"),), None) == ((sighting("x"),), {})


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("north:south", "A:B=KM"),
        ("north=3", "A:B=KM"),
        ("north:south=far", "A:B=KM"),
        ("north:sout=3", "did you mean south"),
        ("north:elsewhere=3", "there are"),
    ],
)
def test_a_distance_that_cannot_be(written, hint):
    two = (sighting("x", "north"), sighting("y", "south"))
    with pytest.raises(InputError, match=hint):
        with_distances(two, [written])


@given(NAMES, NAMES, st.floats(0, 1e5))
def test_any_two_names_can_be_written(a, b, km):
    both = (sighting("1", f"{a}x"), sighting("2", f"{b}y"))
    _, apart = with_distances(both, [f"{a}x:{b}y={km}"])
    assert list(apart.values()) == [km]
    (first, second), *_ = apart
    assert f"{first}:{second}" == f"{a}x:{b}y"
