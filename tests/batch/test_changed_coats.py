"""Grouping an animal whose coat changed: pictures that differ across that say nothing."""

from datetime import datetime, timedelta

import pytest

from reid.batch import BatchOptions, standard_kinds, submit_group
from reid.catalogue.jobs import JobStore
from reid.identities import NewIndividual, PatternChanged, PatternWord, Undo
from reid.identities.event import Said
from reid.jobs import Worker
from reid.pipeline import Library
from reid.types import CandidateTime, Flank, Sighting, SightingMedia
from training.soak.light import light_engine
from training.soak.media import picture, varied

pytestmark = pytest.mark.slow

START, ASEL = datetime(2026, 1, 1), Said("Asel")
OLD, NEW = (0, 0), (1, 1)  # two coats at two places: nothing in their pictures is alike
SEEN = {"before": (0, (OLD,)), "between": (50, (OLD, NEW)), "after": (100, (NEW,))}


@pytest.fixture
def library(tmp_path):
    """Aidar before and after its coat changed; a sighting between shows both coats."""
    with Library.open(light_engine(), tmp_path) as library:
        for name, (day, coats) in SEEN.items():
            media = [
                SightingMedia(f"{k}.jpg", varied(picture(*coat), f"{name} {k}"), flank=Flank.LEFT)
                for k, coat in enumerate(coats)
            ]
            times = (CandidateTime(START + timedelta(days=day), "given"),)
            library.add(Sighting(name, tuple(media), "north", times))
        library.catalogue.decide(NewIndividual(("before", "after"), "Aidar"), ASEL)
        yield library


@pytest.fixture
def sure(library):
    """``sure(asked)``: group them, as a question of its own; how sure the one group is."""
    store = JobStore.of(library.catalogue)
    kinds = standard_kinds(lambda: library, library.catalogue.data_dir)

    def ask(max_error):
        job, created = submit_group(store, list(SEEN), BatchOptions(max_error=max_error))
        assert created
        Worker(store, kinds, poll_s=0.05).run(only=job.id)
        (group,) = [item.data for item in store.items(job.id, "groups")]
        assert set(group["members"]) == set(SEEN)
        return group["probability"]

    return ask


def test_a_noted_change_takes_the_weight_from_a_difference(library, sure):
    parted = sure(0.02)
    changed = library.catalogue.decide(
        PatternChanged("Aidar", PatternWord.SCAR, START + timedelta(days=45)), ASEL
    )
    heeded = sure(0.021)
    assert heeded > parted
    library.catalogue.decide(Undo(changed.number), ASEL)
    assert sure(0.022) == parted
