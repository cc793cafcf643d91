"""Training on a catalogue, killed at random moments: one bundle comes of it, whatever happened.

Workers are processes of their own. What learns, calibrates and judges is the real thing, on a
champion that is given; a stand-in for the networks (`light`) finds the animals.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from dataclasses import dataclass, field
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.jobs import Job, JobStore
from reid.config import Settings
from reid.jobs import Worker, submit_simple
from reid.labels import readiness
from reid.pipeline import LiveLibrary
from reid.registry import Registry
from reid.types import Flank, Sighting, SightingMedia
from training.lab import run as lab_run
from training.lab.job import TRAINING_RUN, TrainingRunKind
from training.lab.job_run import CACHE, FOLDER
from training.soak.light import light_engine
from training.soak.media import picture
from training.soak.switching import LONGEST_S, killed

ANIMALS, PLACES, WIDTH_PX = 10, 2, 160
MOST_A_RUN = 8
"""Kills, then a run is left in peace: one whose workers die 20 times over nothing is given up."""
RECIPE = """synthetic_individuals = 0
reference_individuals = 0
verify_labels = true
same_pairs = 8
different_pairs = 12
"""


@dataclass(slots=True)
class Retrained:
    """What happened: ``kills``, over how many ``runs``, everything that was wrong."""

    kills: int = 0
    runs: int = 0
    wrong: list[str] = field(default_factory=list)


def retraining_storm(settings: Settings, *, kills: int, seed: int) -> Retrained:
    """Train once undisturbed, then again and again until workers were killed ``kills`` times.

    ``settings.bundle`` is the champion. Every run must register the bundle of the first one, byte
    for byte, and until somebody promotes another the champion serves.
    """
    found, chance = Retrained(), random.Random(seed)
    place = settings.database_url or settings.data_dir
    with Catalogue.open(place, data_dir=settings.data_dir) as catalogue:
        registry, store = Registry.of(catalogue, settings), JobStore.of(catalogue)
        _fill(catalogue, settings)
        first, began = _asked(settings, store, 0), time.monotonic()
        killed(work, settings, LONGEST_S)  # so much time is enough: it ends by itself
        took_s = time.monotonic() - began
        found.wrong += _whole(registry, store.job(first.id))
        while found.kills < kills and not found.wrong:
            found.runs += 1
            job, most = _asked(settings, store, found.runs), found.kills + MOST_A_RUN
            while not store.job(job.id).ended:
                again = found.kills < min(kills, most)
                pause_s = chance.uniform(0, took_s) if again else LONGEST_S
                found.kills += killed(work, settings, pause_s)
                found.wrong += _serving(registry)
            found.wrong += _whole(registry, store.job(job.id))
            made = [store.job(one.id).result.get("bundle") for one in (first, job)]
            found.wrong += [f"expected one bundle, found {made}"] if made[0] != made[1] else []
    return found


def _fill(catalogue: Catalogue, settings: Settings) -> None:
    """Animals of one flank each, two sightings each, all of them confirmed."""
    library = LiveLibrary(catalogue, settings, lambda bundle: light_engine(bundle=bundle)).now()
    for animal in range(ANIMALS):
        for place in range(PLACES):
            name, content = f"s{animal}-{place}", picture(animal, place, WIDTH_PX)
            media = SightingMedia(f"{name}.jpg", content, flank=Flank.LEFT)
            library.add(Sighting(name, (media,)))
            library.enrol(name, f"animal {animal}", by="storm", accept_flags=True)


def _asked(settings: Settings, store: JobStore, number: int) -> Job:
    """A run that finds nothing measured before."""
    recipe = settings.data_dir / "tiny.toml"
    recipe.write_text(RECIPE, encoding="utf-8")
    shutil.rmtree(settings.data_dir / FOLDER / CACHE, ignore_errors=True)
    asked = {"recipe": str(recipe), "name": "stormy", "number": number}
    return submit_simple(store, TRAINING_RUN, asked, by="storm")[0]


def work(told: dict[str, object]) -> None:
    """A worker that does what is due and ends."""
    readiness.LEAST_LEARN = readiness.LEAST_HELD_OUT = 1
    setattr(lab_run, "Engine", Light)  # noqa: B010 - a stand-in, not its type
    settings = Settings.model_validate(told)
    os.environ["LEOPARD_REID_BUNDLE"] = settings.bundle  # a job reads its process's settings
    place = settings.database_url or settings.data_dir
    with Catalogue.open(place, data_dir=settings.data_dir) as catalogue:
        kind = TrainingRunKind(lambda: _Holding(catalogue), settings.data_dir)
        kinds = {TRAINING_RUN: kind}
        Worker(JobStore.of(catalogue), kinds, lease_s=2, poll_s=0.02).run(until_idle=True)


class Light:
    """In the place of `Engine`."""

    @staticmethod
    def load(*_words: Any, **_choices: Any) -> Any:
        """An engine without networks."""
        return light_engine()


class _Holding:
    """As much of a library as training asks for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue


def _serving(registry: Registry) -> list[str]:
    active = registry.active()
    if active.registered or registry.promotions():
        return [f"{active.label} serves, and nobody promoted it"]
    registry.open(active)
    return []


def _whole(registry: Registry, job: Job) -> list[str]:
    """What is wrong with what a job left."""
    if job.state != "done":
        return [f"job {job.id} {job.state}: {job.problem}"]
    bundle = registry.bundle(job.result["bundle"]["sha256"])
    registry.open(bundle)
    lacks = bundle.gate is None or bundle.parent != registry.active().sha256
    return [f"{bundle.label} was registered without its gate or parent"] if lacks else []
