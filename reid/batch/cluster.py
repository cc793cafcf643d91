"""Workers on a Ray cluster for one job; the only module with Ray, which the extra brings.

Ray finds the machines, begins the processes and begins them anew when they die. Everything else is
as on one machine: each process is a `reid.jobs.Worker` that claims items in the catalogue's
database and does them with the same stage functions, so leases, resuming and refusing hold as they
are, and what a killed process had in its hands is all that is done again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reid.errors import ConfigError, InputError
from reid.weights.extra import optional

if TYPE_CHECKING:
    from reid.config import Settings

LOCAL = "local"
MOST_RESTARTS = 100
END_S = 60.0
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"}
"""Nothing about anybody's surveys is sent to Ray's makers."""


class Helper:
    """What runs on the cluster: everything is loaded once, then one job is helped with."""

    def __init__(self, settings: dict[str, Any], threads: int) -> None:
        from reid.batch.kinds import standard_kinds
        from reid.catalogue.jobs import JobStore
        from reid.config import Settings
        from reid.jobs import Worker
        from reid.pipeline import LiveLibrary

        chosen = Settings.model_validate(settings).model_copy(update={"threads": threads})
        self._live = LiveLibrary.open(chosen)
        kinds = standard_kinds(
            lambda: self._live.now(wait=True),
            chosen.data_dir,
            registry=lambda: self._live.registry,
        )
        store = JobStore.of(self._live.catalogue)
        self._worker = Worker(store, kinds, poll_s=0.2, only_help=True)

    def pid(self) -> int:
        """Its process; it has loaded everything when it answers."""
        return os.getpid()

    def help(self, job_id: str) -> None:
        """Do items of a job until it has ended."""
        self._worker.run(only=job_id)

    def stop(self) -> None:
        """Leave after the item in hand."""
        self._worker.stop()


@contextmanager
def helpers(
    address: str, settings: Settings, job_id: str, *, workers: int | None = None, threads: int = 1
) -> Iterator[list[Any]]:
    """Let a cluster help with a job while the block runs; gives the actors.

    ``address`` is of the cluster's head, ``"auto"``, or ``"local"`` for processes of this machine
    alone. ``workers`` None: as many as the cluster has room for, with ``threads`` cores each.

    Raises:
        ConfigError: Ray is not installed, or nothing answers at the address.
        InputError: machines of a cluster cannot share a SQLite file.
    """
    if address != LOCAL and not (settings.database_url or "").startswith("postgresql"):
        raise InputError(
            "a cluster of several machines needs a catalogue on a database server: set "
            "LEOPARD_REID_DATABASE_URL to postgresql+psycopg://... (a SQLite file is for one "
            "machine: --ray local)"
        )
    ray = _connected(address, workers, threads)
    try:
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)) // threads)
        kind = ray.remote(
            num_cpus=threads,
            max_restarts=MOST_RESTARTS,
            max_task_retries=-1,
            max_concurrency=2,  # it is told to stop while it helps
        )(Helper)
        actors = [kind.remote(settings.model_dump(mode="json"), threads) for _ in range(count)]
        helping = [actor.help.remote(job_id) for actor in actors]
        try:
            yield actors
        finally:
            for actor in actors:
                actor.stop.remote()
            ray.wait(helping, num_returns=len(helping), timeout=END_S)
    finally:
        ray.shutdown()


def _connected(address: str, workers: int | None, threads: int) -> Any:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    ray: Any = optional("ray", "cluster")
    more = {"num_cpus": workers * threads} if address == LOCAL and workers else {}
    try:
        ray.init(
            address=address,
            include_dashboard=False if address == LOCAL else None,
            log_to_driver=False,
            **more,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ConfigError(f"Ray at {address!r}: {error}; is the cluster's head running?") from error
    return ray
