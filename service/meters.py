"""What this process counts while it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    ProcessCollector,
    generate_latest,
)

from reid.telemetry import observing
from reid.telemetry.meters import BUCKETS_S, PREFIX, stage_meter

FAILED_SEARCH = "search"


class Meters:
    """One application's counters; addresses are told as their routes, so no name gets in."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            f"{PREFIX}_requests",
            "Requests by route and status, in this process.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            f"{PREFIX}_request_seconds",
            "Seconds from request to the end of the answer, in this process.",
            ["method", "route"],
            registry=self.registry,
            buckets=BUCKETS_S,
        )
        self._problems = Counter(
            f"{PREFIX}_problems",
            "Refusals by kind, in this process.",
            ["kind"],
            registry=self.registry,
        )
        self._identified = Counter(
            f"{PREFIX}_identifications",
            "Answers to `who is this`, by kind, in this process.",
            ["kind"],
            registry=self.registry,
        )
        self._failed = Counter(
            f"{PREFIX}_failed_searches",
            "Searches that could not run, in this process: errors, never `no match`.",
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self._stage = stage_meter(self.registry)
        self._stop: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to measure the models."""
        self._stop = observing(self._stage)

    def stop(self) -> None:
        """End it."""
        if self._stop is not None:
            self._stop()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def problem(self, kind: str) -> None:
        """A request was refused."""
        self._problems.labels(kind).inc()
        if kind == FAILED_SEARCH:
            self._failed.inc()

    def identified(self, kind: str) -> None:
        """Somebody was told who a sighting is."""
        self._identified.labels(kind).inc()

    def page(self, more: Iterable[Metric]) -> bytes:
        """Everything as Prometheus reads it, with what was looked at now."""
        now = CollectorRegistry()
        now.register(_Looked(list(more)))
        return generate_latest(self.registry) + generate_latest(now)


class _Looked:
    """Metrics that were made already, as the library collects them."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        return self._metrics
