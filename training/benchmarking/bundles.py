"""What another bundle costs: making everything stored ready for it, and who asks meanwhile."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx
import numpy as np

from reid.batch import standard_kinds, submit_re_embed
from reid.catalogue import Catalogue
from reid.catalogue.bundle_records import RegisteredBundle
from reid.catalogue.jobs import JobState, JobStore
from reid.config import Settings
from reid.embed.network import build_network
from reid.embed.preprocess import network_input
from reid.jobs import Worker
from reid.pipeline import Library, prepare
from reid.pipeline.gently import Gently
from reid.registry import Registry
from reid.types import PreparedAnnotation, Sighting
from training.benchmarking.ground import Ground
from training.demo.server import started
from training.evaluation.tables import table
from training.soak.switching import unlike

PICTURES, SMALL = 256, 12
BATCH, ROUNDS, ASKED = 16, 3, 5
PATIENCE_S = 600.0
TEXT = """**Re-embedding.** {pictures} stored pictures of one animal each, by the job `re-embed`
from its first part to its last (files read, decoded, cut out, embedded, kept), best of {rounds}
rounds in turns with the bare forward pass of the same network over as many crops made ready
before, in batches of {batch}; both at the lowest priority, {threads} threads.

{speed}

**Re-embedding's throughput / the bare one's: {ratio:.2f}** by the clock (aim: 0.8), {cpu:.2f} by
processor time.

**Serving meanwhile.** One stored sighting is identified over HTTP, {asked} times while nothing
else is asked for and {asked} times while a worker beside the service re-embeds, in turns.

{latency}

**Median while re-embedding / normal: {slower:.2f}** (aim: 2 at most).
"""


def bundles_section(ground: Ground) -> str:
    """Both tables and their ratios."""
    folder, pictures = ground.folder(), SMALL if ground.small else PICTURES
    _fill(ground, folder, pictures)
    weights = unlike(ground.folder() / "weights", 1)
    spans = _in_turns(ground, folder, weights)
    took = _asked(ground, folder, weights)
    speed = [
        (name, *(f"{1000 * value / pictures:.1f}" for value in best))
        for name, best in spans.items()
    ]
    latency = [(name, f"{np.median(each):.2f}", f"{max(each):.2f}") for name, each in took.items()]
    (ours_s, ours_cpu), (bare_s, bare_cpu) = spans.values()
    normal, meanwhile = (float(np.median(each)) for each in took.values())
    return TEXT.format(
        pictures=pictures,
        rounds=ROUNDS,
        batch=BATCH,
        threads=ground.threads,
        asked=len(took["normal"]),
        speed=table(("", "ms a picture", "ms of processor time"), speed),
        latency=table(("", "median, s", "slowest, s"), latency),
        ratio=bare_s / ours_s,
        cpu=bare_cpu / ours_cpu,
        slower=meanwhile / normal,
    )


def _fill(ground: Ground, folder: Path, pictures: int) -> None:
    """So many pictures, each a file of its own, measured a dozen times in all."""
    with Library.open(ground.engine, folder) as library:
        measured = [prepare(library.engine, sighting) for sighting in ground.known]
        stored = number = 0
        while stored < pictures:
            base = measured[number % len(measured)]
            chosen = base.annotations[: pictures - stored]
            sighting, animals = _again(base.sighting, chosen, number)
            library.catalogue.save_sighting(sighting, animals)
            library.catalogue.enrol(sighting.id, f"animal-{number}", by="benchmark")
            stored, number = stored + len(animals), number + 1
        library.add(ground.sightings[0])


def _again(
    sighting: Sighting, animals: tuple[PreparedAnnotation, ...], number: int
) -> tuple[Sighting, tuple[PreparedAnnotation, ...]]:
    """The same pictures in files of other content, as another sighting."""
    name, tail = f"again-{number}", str(number).encode()
    contents = {m.content: m.content + tail for m in sighting.media}
    other = {
        hashlib.sha256(a).hexdigest(): hashlib.sha256(b).hexdigest() for a, b in contents.items()
    }
    media = tuple(replace(m, content=contents[m.content]) for m in sighting.media)
    found = []
    for k, animal in enumerate(animals):
        sha256 = other[animal.image.sha256]
        found.append(
            replace(
                animal,
                id=f"{name}/{k + 1}-1",
                sighting_id=name,
                image=replace(animal.image, sha256=sha256),
                annotation=replace(animal.annotation, media_sha256=sha256),
            )
        )
    return replace(sighting, id=name, media=media), tuple(found)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class ReEmbedding:
    """Everything of a catalogue under another bundle, again and again."""

    catalogue: Catalogue
    settings: Settings
    weights: Path

    @property
    def registry(self) -> Registry:
        """Of the catalogue."""
        return Registry.of(self.catalogue, self.settings)

    def ready(self) -> RegisteredBundle:
        """The bundle, registered, with no embedding of it."""
        registry = self.registry
        kept = registry.register(self.weights, by="benchmark")
        registry.forget(kept, by="benchmark")
        return registry.register(self.weights, by="benchmark")

    def all(self, bundle: RegisteredBundle) -> None:
        """The job, to its end.

        Raises:
            RuntimeError: it failed.
        """
        store, registry = JobStore.of(self.catalogue), self.registry
        job, _ = submit_re_embed(store, bundle, by="benchmark")
        kinds = standard_kinds(_no_library, self.settings.data_dir, registry=lambda: registry)
        Worker(store, kinds, poll_s=0.05).run(only=job.id)
        done = store.job(job.id)
        if done.state is not JobState.DONE:
            raise RuntimeError(f"re-embedding {done.state}: {done.problem}")


def _no_library() -> Library:
    raise RuntimeError("re-embedding asks for no library")


def _in_turns(ground: Ground, folder: Path, weights: Path) -> dict[str, np.ndarray]:
    """Seconds by the clock and of the processor, the best of each: ours, the bare network's."""
    spans: dict[str, list[tuple[float, float]]] = {"re-embedding": [], "bare network": []}
    settings = Settings(data_dir=folder, threads=ground.threads)
    with Catalogue.open(folder) as catalogue, Gently() as gently:
        work = ReEmbedding(catalogue, settings, weights)
        bare = _bare(work, catalogue)
        gently.run(bare)
        for _ in range(1 if ground.small else ROUNDS):
            bundle = work.ready()
            spans["re-embedding"].append(_spent(partial(work.all, bundle)))
            spans["bare network"].append(_spent(lambda: gently.run(bare)))
    return {name: np.min(found, axis=0) for name, found in spans.items()}


def _bare(work: ReEmbedding, catalogue: Catalogue) -> Callable[[], None]:
    """The forward pass alone over as many crops as there are annotations."""
    import torch

    registry = work.registry
    bundle = registry.open(registry.register(work.weights, by="benchmark"))
    count = sum(catalogue.fingerprints().values())
    rng = np.random.default_rng(0)
    crops = list(rng.integers(0, 255, (count, 300, 480, 3), dtype=np.uint8))
    pixels = torch.from_numpy(network_input(crops, bundle.manifest.preprocessing))
    network = build_network(bundle)

    def bare() -> None:
        with torch.inference_mode():
            for start in range(0, count, BATCH):
                network(pixels[start : start + BATCH])

    return bare


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _asked(ground: Ground, folder: Path, weights: Path) -> dict[str, list[float]]:
    """Seconds of each answer, with nothing beside and while everything is embedded anew."""
    took: dict[str, list[float]] = {"normal": [], "while re-embedding": []}
    place, sighting = ground.folder(), ground.sightings[0].id
    with (
        _beside(folder, weights, ground.threads) as (go, idle),
        started(folder, place / "address", place / "log", threads=ground.threads) as service,
        httpx.Client(base_url=service.url, timeout=PATIENCE_S, trust_env=False) as http,
    ):

        def identify() -> float:
            began = time.perf_counter()
            answer = http.post("/v1/identifications", json={"sighting_id": sighting})
            answer.raise_for_status()
            return time.perf_counter() - began

        identify()  # once before the clock runs, for whatever is kept
        for _ in range(1 if ground.small else ASKED):
            took["normal"].append(identify())
            go.set()
            _wait(lambda: not idle.is_set())
            took["while re-embedding"].append(identify())
            go.clear()
            _wait(idle.is_set)
    return took


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        if time.monotonic() > end:
            raise RuntimeError(f"the worker beside did not follow within {PATIENCE_S:.0f} s")
        time.sleep(0.02)


@contextmanager
def _beside(folder: Path, weights: Path, threads: int) -> Iterator[tuple[Event, Event]]:
    """A worker of its own process that re-embeds while ``go`` is set; ``idle``: it does not."""
    spawn = get_context("spawn")
    go, idle = spawn.Event(), spawn.Event()
    worker = spawn.Process(target=work_beside, args=(folder, weights, threads, go, idle))
    worker.start()
    try:
        _wait(lambda: idle.is_set() or not worker.is_alive())
        if not worker.is_alive():
            raise RuntimeError(f"the worker beside ended with status {worker.exitcode}")
        yield go, idle
    finally:
        worker.kill()
        worker.join()


def work_beside(folder: Path, weights: Path, threads: int, go: Event, idle: Event) -> None:
    """Re-embed everything, again and again, whenever it is wanted."""
    import torch

    torch.set_num_threads(threads)
    with Catalogue.open(folder) as catalogue:
        settings = Settings(data_dir=folder, threads=threads)
        work = ReEmbedding(catalogue, settings, weights)
        while True:
            bundle = work.ready()
            idle.set()
            go.wait()
            idle.clear()
            while go.is_set():
                work.all(bundle)
                bundle = work.ready()
