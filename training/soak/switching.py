"""Re-embedding and promoting, killed at random moments: one bundle serves, whole, every time.

Workers are processes of their own with stand-ins for the networks (`light`); database, jobs,
registry and signatures are the real ones.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from reid.batch import re_embed, standard_kinds, submit_re_embed
from reid.catalogue import Catalogue
from reid.catalogue.bundle_records import RegisteredBundle
from reid.catalogue.jobs import Job, JobStore
from reid.config import Settings
from reid.fuse.calibration import parse_calibration
from reid.jobs import Worker
from reid.pipeline import LiveLibrary
from reid.registry import Registry
from reid.types import Flank, Sighting, SightingMedia
from reid.weights import (
    DEFAULT_BUNDLE,
    load_bundle,
    load_state_dict,
    read_calibration,
    save_bundle,
)
from training.calibration.fit import write_calibration
from training.soak.light import light_embedder, light_engine
from training.soak.media import ANIMALS, PLACES, picture

SIGHTINGS = 10
LONGEST_S = 900.0
Work = Callable[[dict[str, object]], None]


@dataclass(slots=True)
class Storm:
    """What happened: ``kills`` so far, promotions that came through, everything that was wrong."""

    kills: int = 0
    promoted: int = 0
    wrong: list[str] = field(default_factory=list)


def storm(settings: Settings, bundles: Sequence[Path], *, kills: int, seed: int) -> Storm:
    """Promote the bundles in turns until workers were killed ``kills`` times.

    After every kill and every promotion the catalogue is looked at as a new process sees it.
    """
    found, chance = Storm(), random.Random(seed)
    place = settings.database_url or settings.data_dir
    with Catalogue.open(place, data_dir=settings.data_dir) as catalogue:
        registry = Registry.of(catalogue, settings)
        library = _live(catalogue, settings).now()
        for number in range(SIGHTINGS):
            library.add(_sighting(number))
            library.enrol(f"s{number}", f"animal {number % ANIMALS}", by="x", accept_flags=True)
        took_s = 1.0
        while found.kills < kills:
            bundle = registry.register(bundles[found.promoted % len(bundles)], by="storm")
            begun, job = time.monotonic(), _asked(catalogue, bundle)
            while not JobStore.of(catalogue).job(job.id).ended:
                pause_s = chance.uniform(0, 1.2 * took_s) if found.kills < kills else LONGEST_S
                found.kills += killed(work, settings, pause_s)
                found.wrong += _whole(catalogue, settings, registry, bundle)
            took_s = min(took_s, time.monotonic() - begun)
            found.wrong += _ended(JobStore.of(catalogue).job(job.id), registry, bundle)
            found.promoted += 1
            _let_go(registry, bundle)
    return found


def unlike(folder: Path, seed: int) -> Path:
    """The default bundle under another name, with a head that was shaken: other vectors."""
    bundle, chance = load_bundle(DEFAULT_BUNDLE), np.random.default_rng(seed)
    state = dict(load_state_dict(bundle))
    head = state["vector_head.weight"]
    noise = head.new_tensor(chance.normal(0, 0.01, tuple(head.shape)))
    state["vector_head.weight"] = head + noise
    told = bundle.manifest.model_copy(update={"name": f"unlike-{seed}", "calibration": None})
    save_bundle(folder, told, state)
    write_calibration(parse_calibration(read_calibration(bundle) or b""), str(folder))
    return folder


def _asked(catalogue: Catalogue, bundle: RegisteredBundle) -> Job:
    store = JobStore.of(catalogue)  # kills are what is tried here, not bundles
    return submit_re_embed(store, bundle, by="storm", promote="next", override=True)[0]


def killed(work: Work, settings: Settings, pause_s: float) -> bool:
    """Let a worker work for a while, then kill it; whether it was still at it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, work.__module__])
    worker = context.Process(target=work, args=(settings.model_dump(),), daemon=True)
    worker.start()
    worker.join(pause_s)
    if worker.exitcode is None:
        worker.kill()
        worker.join()
        return True
    return False


def work(told: dict[str, object]) -> None:
    """A worker that does what is due, an animal at a time, and ends."""
    setattr(re_embed, "load_embedder", light_embedder)  # noqa: B010 - a stand-in, not its type
    setattr(re_embed, "ITEM", 1)  # noqa: B010
    settings = Settings.model_validate(told)
    place = settings.database_url or settings.data_dir
    with Catalogue.open(place, data_dir=settings.data_dir) as catalogue:
        registry = Registry.of(catalogue, settings)
        live = _live(catalogue, settings)
        kinds = standard_kinds(live.now, settings.data_dir, registry=lambda: registry)
        Worker(JobStore.of(catalogue), kinds, lease_s=2, poll_s=0.02).run(until_idle=True)


def _live(catalogue: Catalogue, settings: Settings) -> LiveLibrary:
    return LiveLibrary(catalogue, settings, lambda bundle: light_engine(bundle=bundle))


def _sighting(number: int) -> Sighting:
    content = picture(number % ANIMALS, number // ANIMALS % PLACES) + str(number).encode()
    return Sighting(f"s{number}", (SightingMedia(f"{number}.jpg", content, flank=Flank.LEFT),))


def _whole(
    catalogue: Catalogue, settings: Settings, registry: Registry, new: RegisteredBundle
) -> list[str]:
    """What is wrong now, as a process that begins now sees it."""
    wrong, active = [], registry.active()
    live = _live(catalogue, settings)
    library = live.now(wait=True)
    used = library.engine.used()
    if active.registered and used["sha256"] != active.sha256:
        wrong.append(f"{active.label} serves, and {used} answered")
    fingerprint = library.engine.embedder.fingerprint
    stored = catalogue.fingerprints()
    if stored.get(fingerprint, 0) != SIGHTINGS:
        wrong.append(f"{stored} embeddings, expected {SIGHTINGS} of {fingerprint}, which serves")
    if stored.get(new.fingerprint, 0) > SIGHTINGS:
        wrong.append(f"{stored}: an animal has two embeddings of {new.fingerprint}")
    answer = library.identify("s0")
    if answer.provenance["bundle"] != used or answer.searched != SIGHTINGS:
        wrong.append(f"{answer.searched} searched by {answer.provenance['bundle']}, not by {used}")
    return wrong


def _ended(job: Job, registry: Registry, bundle: RegisteredBundle) -> list[str]:
    if job.state != "done":
        return [f"job {job.id} {job.state}: {job.problem}"]
    active = registry.active()
    return [] if active.sha256 == bundle.sha256 else [f"{active.label} serves after its promotion"]


def _let_go(registry: Registry, serving: RegisteredBundle) -> None:
    """Forget those that served before, so that everything is to be done again for them."""
    for bundle in registry.store.bundles():
        if bundle.sha256 != serving.sha256 and bundle.state == "former":
            registry.forget(bundle, by="storm")
