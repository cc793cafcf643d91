"""A service of our own: started, waited for, and always stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

PREFIX = "LEOPARD_REID_"
KEPT = {f"{PREFIX}WEIGHTS", f"{PREFIX}THREADS"}
START_S = 60.0
READY_S = 240.0
STOP_S = 30.0
PAUSE_S = 0.2
TAIL_LINES = 12


class DemoError(Exception):
    """The demonstration cannot go on; the message says why."""


@dataclass(frozen=True, slots=True)
class Started:
    """A ready service: its address and its process."""

    url: str
    pid: int


@contextmanager
def running(folder: Path, log: Path) -> Iterator[str]:
    """The address of a ready service that keeps its data in ``folder``; see `started`."""
    with started(folder / "catalogue", folder / "address.txt", log) as service:
        yield service.url


@contextmanager
def started(
    data_dir: Path,
    address: Path,
    log: Path,
    *,
    threads: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Started]:
    """A ready service that keeps its data in ``data_dir``; stopped on the way out.

    ``threads`` goes before the environment's and the default; ``settings`` are further ones, by
    the names of environment variables.

    Raises:
        DemoError: it did not start or did not get ready; the end of its log is quoted.
    """
    with address.open("wb") as out, log.open("wb") as errors:
        # a session of its own: Ctrl-C reaches this process alone, which then stops the service
        process = subprocess.Popen(
            command(data_dir),
            stdout=out,
            stderr=errors,
            env=environment()
            | ({f"{PREFIX}THREADS": str(threads)} if threads else {})
            | dict(settings or {}),
            start_new_session=True,
        )
    try:
        url = _address(process, address, log)
        _wait_ready(process, url, log)
        yield Started(url, process.pid)
    finally:
        stop(process)


def command(data_dir: Path) -> list[str]:
    """The service on a free loopback port."""
    where = ["--host", "127.0.0.1", "--port", "0", "--data-dir", str(data_dir)]
    return [sys.executable, "-m", "service", *where]


def environment() -> dict[str, str]:
    """This process's, without settings that would lead to the user's own catalogue."""
    ours = (name for name in os.environ if not name.startswith(PREFIX) or name in KEPT)
    return {name: os.environ[name] for name in ours}


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop; end it when it does not, or when the wait is interrupted in its turn."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], file: Path, log: Path) -> str:
    """What the service prints first, once it listens."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        written = file.read_text(encoding="utf-8")
        if written.endswith("\n"):
            return written.splitlines()[0]
        _check_alive(process, log)
        time.sleep(PAUSE_S)
    raise DemoError(f"the service printed no address within {START_S:.0f} s; {_tail(log)}")


def _wait_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + READY_S
    said = "nothing"
    while time.monotonic() < end:
        _check_alive(process, log)
        try:
            answer = httpx.get(f"{url}/v1/ready", timeout=30.0, trust_env=False)
        except httpx.TransportError as error:
            said = str(error)
        else:
            if answer.is_success:
                return
            said = answer.text
        time.sleep(PAUSE_S)
    raise DemoError(f"the service was not ready within {READY_S:.0f} s; it says {said}")


def _check_alive(process: subprocess.Popen[bytes], log: Path) -> None:
    status = process.poll()
    if status is not None:
        raise DemoError(f"the service ended with status {status}; {_tail(log)}")


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    return "its log ends:\n" + "\n".join(lines)
