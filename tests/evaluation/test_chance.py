"""The interval of blind luck: wide where pictures stand together, and it holds what luck finds."""

import numpy as np
import pytest

from training.evaluation.retrieval.chance import chance_top_1, frame_groups_of
from training.evaluation.retrieval.predictions import Pictures, Prediction


def prediction(animals, sightings, frames, score, seed=0):
    """Leave-one-out over ``animals`` of so many sightings of so many frames each."""
    rng = np.random.default_rng(seed)
    count = animals * sightings * frames
    animal = np.arange(count) // (sightings * frames)
    sighting = np.arange(count) // frames
    said = Pictures(
        id=np.arange(count).astype(str),
        path=np.arange(count).astype(str),
        individual=animal.astype(str),
        flank_class=np.array([f"{a}|left" for a in animal]),
        fold=np.zeros(count, np.int64),
        usable=np.ones(count, np.float32),
        light=np.full(count, "colour"),
    )
    allowed = sighting[:, None] != sighting[None]
    ranking = score(animal, sighting, rng).astype(np.float32)
    ranking[~allowed] = np.nan
    unknown = np.zeros(count, np.bool_)
    none = np.zeros((0, 2), np.int64)
    return Prediction(said, said, ranking, allowed, unknown, none, np.zeros(0, np.float32))


def luck(animal, sighting, rng):
    return rng.random((len(animal), len(animal)))


def places(animal, sighting, rng):
    """Frames of one sighting find the same sighting, for no good reason."""
    return rng.random((sighting.max() + 1,) * 2)[sighting][:, sighting]


def test_frames_of_a_sighting_are_one_group():
    group, _ = frame_groups_of(prediction(3, 4, 5, luck))
    assert len(np.unique(group)) == 12
    assert (group.reshape(12, 5) == group[::5, None]).all()


def test_the_mean_is_what_counting_gives():
    """Of 39 other sightings three are right."""
    found = chance_top_1(prediction(10, 4, 1, luck), shuffles=4000)
    assert found.value == pytest.approx(3 / 39, abs=0.005)


def test_luck_stays_within_and_knowledge_does_not():
    inside = 0
    for seed in range(40):
        said = prediction(10, 4, 3, places, seed)
        found = chance_top_1(said, shuffles=400)
        inside += found.low <= top_1(said) <= found.high
    assert inside >= 34

    def knows(animal, sighting, rng):
        return (animal[:, None] == animal) + 0.5 * luck(animal, sighting, rng)

    assert chance_top_1(prediction(10, 4, 3, knows), shuffles=400).high < 0.5


def test_frames_that_stand_together_widen_the_interval():
    alone, together = (
        chance_top_1(prediction(10, 4, 8, how), shuffles=1000) for how in (luck, places)
    )
    assert together.high - together.low > 1.2 * (alone.high - alone.low)


def top_1(said):
    best = np.nanargmax(said.ranking, axis=1)
    return (said.gallery.flank_class[best] == said.queries.flank_class).mean()
