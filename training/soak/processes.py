"""Processes that are started, killed and started again: services, workers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

READY_S, STOP_S, PAUSE_S = 120.0, 20.0, 0.05
QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LEOPARD_REID_THREADS": "1"}


class SoakError(Exception):
    """The soak cannot go on; the message says why."""


@dataclass(slots=True)
class Site:
    """Where a service lives: its folder, its database (None: SQLite), how it is started.

    ``before`` goes before every command line (a namespace, a fake clock).
    """

    folder: Path
    database_url: str | None = None
    light: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()

    @property
    def data_dir(self) -> Path:
        """The catalogue's folder."""
        return self.folder / "data"

    def environment(self) -> dict[str, str]:
        """This process's, without settings that lead to the user's own catalogue."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LEOPARD_REID_")}
        ours = {"LEOPARD_REID_DATA_DIR": str(self.data_dir)}
        if self.database_url:
            ours["LEOPARD_REID_DATABASE_URL"] = self.database_url
        if weights := os.environ.get("LEOPARD_REID_WEIGHTS"):
            ours["LEOPARD_REID_WEIGHTS"] = weights
        return {**kept, **QUIET, **ours, **self.settings}

    def command(self, what: str, *rest: str) -> list[str]:
        """The command line of a service or worker."""
        light = ["--light"] if self.light else []
        commits = ["--commits", str(self.folder / "commits.log")]
        actor = [sys.executable, "-m", "training.soak.actor", what, *light, *commits]
        return [*self.before, *actor, "--", *rest]


class Actor:
    """One process under a name; it has a process group of its own."""

    def __init__(self, site: Site, name: str, what: str, *rest: str) -> None:
        self.site, self.name = site, name
        self._command = site.command(what, *rest)
        self._log = site.folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        if self._process is None:
            raise SoakError(f"{self.name} was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.alive:
            return
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=self.site.environment(),
                start_new_session=True,
            )

    def kill(self) -> None:
        """``kill -9``, of it and of all that it started."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self.alive and self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        self._process.wait()

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        if not self._log.exists():
            return ""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])


class Service(Actor):
    """A service on a loopback port that it keeps when it is started again."""

    def __init__(self, site: Site, name: str = "service") -> None:
        self.port = free_port()
        super().__init__(site, name, "service", "--host", "127.0.0.1", "--port", str(self.port))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, seconds: float = READY_S) -> None:
        """Wait until it answers that it is ready.

        Raises:
            SoakError: it does not.
        """
        end, said = time.monotonic() + seconds, "nothing"
        while time.monotonic() < end:
            try:
                answer = httpx.get(f"{self.url}/v1/ready", timeout=10.0, trust_env=False)
                if answer.is_success:
                    return
                said = answer.text
            except httpx.TransportError as error:
                said = str(error)
            time.sleep(PAUSE_S)
        raise SoakError(f"{self.name} is not ready and says {said}; its log ends:\n{self.tail()}")


class Worker(Actor):
    """A worker process."""

    def __init__(self, site: Site, name: str = "worker") -> None:
        super().__init__(site, name, "worker", "--threads", "1")


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
