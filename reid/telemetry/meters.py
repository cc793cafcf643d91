"""What this process measures of itself for Prometheus, and a small server where it has no other.

Every process tells its own figures (no files are shared between processes): a scraper asks each and
adds up. What all of them share, the catalogue, the service tells in ``service.figures``.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, start_http_server

from reid.errors import ConfigError
from reid.telemetry.stages import STAGES, Observer, observing

PREFIX = "leopard_reid"
BUCKETS_S = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 120)


def stage_meter(registry: CollectorRegistry) -> Observer:
    """An observer that keeps the models' seconds by stage."""
    seconds = Histogram(
        f"{PREFIX}_stage_seconds",
        "Seconds of the models by stage, in this process.",
        ["stage"],
        registry=registry,
        buckets=BUCKETS_S,
    )
    for stage in STAGES:
        seconds.labels(stage)  # nought is told too
    return lambda stage, taken: seconds.labels(stage).observe(taken)


def serve_stages(host: str, port: int) -> None:
    """Answer scrapers of this process on a port, from a thread; figures only, no names.

    Raises:
        ConfigError: the port cannot be had.
    """
    registry = CollectorRegistry()
    observing(stage_meter(registry))
    ProcessCollector(registry=registry)
    try:
        start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise ConfigError(
            f"metrics on {host}:{port}: {error}; name a free port with --metrics-port"
        ) from error
