"""What is looked at when somebody asks for figures: queues of this process, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily

from reid.catalogue.census import Census
from reid.catalogue.jobs import JobStore
from reid.errors import ReidError
from reid.telemetry.meters import PREFIX
from service.ports import IndexNow
from service.state import Service
from service.table import kind_of

INDEX_WORDS = ("current", "behind", "empty", "other-weights")


def service_figures(service: Service) -> list[GaugeMetricFamily]:
    """Gauges of this moment. Blocking.

    Raises:
        CatalogueError: the database does not answer.
    """
    return [*_queues(service), *_readiness(service), *_catalogue(service)]


def _queues(service: Service) -> Iterator[GaugeMetricFamily]:
    gates = {
        "models": service.heavy.gate,
        "reads": service.reads.gate,
        "keys": service.guards.gate,
        "uploads": service.uploads,
        "streams": service.watchers,
    }
    inside = {name: float(gate.inside) for name, gate in gates.items()}
    places = {name: float(gate.places) for name, gate in gates.items()}
    words = "in this process; beyond `places` they are refused."
    yield _by("queue_length", f"Requests at work or waiting, by kind, {words}", "queue", inside)
    yield _by("queue_places", "How many there may be, by kind.", "queue", places)


def _readiness(service: Service) -> Iterator[GaugeMetricFamily]:
    index, problem = _checked(service)
    ready = _one("ready", "Whether this process can answer and keep.", float(not problem))
    yield ready
    yield _by("not_ready", "Why it cannot.", "kind", {problem: 1.0} if problem else {})
    if index is not None:
        states = {word: float(word == index.word) for word in INDEX_WORDS}
        yield _by("index_state", "The search index against the catalogue.", "state", states)
        vectors = {"index": float(index.indexed), "catalogue": float(index.stored)}
        yield _by("vectors", "Vectors of these weights.", "held_by", vectors)


def _checked(service: Service) -> tuple[IndexNow | None, str]:
    try:
        return service.door.opened().check(), ""
    except ReidError as error:
        return None, kind_of(error).code


def _catalogue(service: Service) -> Iterator[GaugeMetricFamily]:
    catalogue = service.door.opened().library.catalogue
    counts = Census.of(catalogue).counts()
    for name in ("sightings", "media", "annotations", "individuals", "decisions"):
        yield _one(name, f"Stored {name}.", float(getattr(counts, name)))
    yield _by("jobs", "Jobs by state.", "state", _floats(counts.jobs))
    yield _by("job_oldest_seconds", "Age of the oldest job.", "state", _floats(counts.oldest_s))
    yield _by("job_items", "Parts of jobs that have not ended.", "state", _floats(counts.items))
    yield _by("verdicts", "Stored verdicts by kind.", "kind", _floats(counts.verdicts))
    alive = service.roll.alive(JobStore.of(catalogue))
    yield _one("workers_alive", "Worker processes that live.", float(alive))


def _floats(counts: Mapping[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in counts.items()}


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
