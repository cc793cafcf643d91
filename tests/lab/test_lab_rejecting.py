"""The simulated reviewer: whom it is asked about, and what is said to have changed."""

import numpy as np
import pytest

from reid.labels.dealing import Part
from tests.lab.test_lab_parts import PARENT, animals
from tests.lab.test_lab_rejected import entry
from training.lab.measure_rejected import AGAIN, OUTSIDE, measure, told
from training.lab.rejecting import convincing, found_again, second_half
from training.lab.sources import Sources
from training.lab.world import World, lab_run


def entries_of(pictures):
    return [
        entry(name, int(group), Part.TRAIN)
        for name, group in zip(pictures.identity, pictures.groups, strict=True)
    ]


def test_the_most_convincing_wrong_candidates_come_first_two_animals_once():
    own = animals(6, seed=3)
    twins = own.pooled.copy()
    twins[own.classes == 4] = twins[own.classes == 1] + 0.01
    same = (own.classes, own.groups, own.identity, own.flank)
    own = type(own)(twins, *same)
    entries = entries_of(own)
    who = {e.sighting: e.identity for e in entries}
    listed = [(who[one.a], who[one.b]) for one in convincing(PARENT, own, entries)]
    assert set(listed[0]) == {"t/a01", "t/a04"}
    assert all(a != b for a, b in listed)
    assert len({frozenset(pair) for pair in listed}) == len(listed) == 15


def test_later_sightings_are_found_among_earlier_ones_alone():
    own = animals(5, seed=3, nuisance=0.0)
    later = second_half(own, seed=1)
    assert {int(k): int((later & (own.classes == k)).sum()) for k in range(5)} == dict.fromkeys(
        range(5), 2
    )
    found = found_again(PARENT, own, later)
    assert found.shape == (later.sum(), 2)
    assert found.mean() == 1
    nobody = found_again(PARENT, own, np.ones(len(own), bool))
    assert np.isnan(nobody).all()


@pytest.mark.slow
def test_a_measurement_of_a_tiny_world(place, champion, tiny, tmp_path, monkeypatch):
    sources = Sources.open(None, [place])
    made = sources.freeze(tmp_path, seed=3, least_usable=0.0)
    names = sorted({e.identity for e in made.entries})
    world = World(made, tmp_path, sources, frozenset(names[::2]))
    monkeypatch.setattr("training.lab.world.load_bundle", lambda: champion)
    from training.lab.world import place_of

    run = lab_run(world, place_of(world), tmp_path / "run", tiny, tmp_path / "cache")
    found = measure(world, run, seed=0)
    assert {(one["where"], one["figure"]) for one in found["lines"]} == {
        (where, figure) for where in (OUTSIDE, AGAIN) for figure in ("top-1", "mAP")
    }
    assert "| 64 by chance |" in told(found | {"seconds": 60})
