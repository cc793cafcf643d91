"""``reid serve``: the HTTP service in place of this process."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import say
from reid.errors import InputError

PREFIX = "LEOPARD_REID_"
WORKERS = 1


def serve(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; default 127.0.0.1: this machine only."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Default 8000; 0: any free one.")
    ] = None,
    data_dir: options.DataDir = None,
    threads: options.Threads = 2,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=64,
            help="Worker processes for jobs, begun and ended with the service; default 1.",
        ),
    ] = None,
) -> None:
    """Answer over HTTP until it is stopped (Ctrl-C), with a worker for jobs beside it."""
    if importlib.util.find_spec("service") is None:
        raise InputError(
            "expected the package 'service' beside reid, found none; install leopard-reid whole"
        )
    environment = {**os.environ, **settings(host, port, data_dir, threads, workers)}
    if environment.get(f"{PREFIX}LOG_FORMAT") != "json":
        say("starting the service")
    # it takes this process's place, so that signals and the exit status are its own
    os.execve(sys.executable, [sys.executable, "-m", "service"], environment)


def settings(
    host: str | None, port: int | None, data_dir: Path | None, threads: int, workers: int | None
) -> dict[str, str]:
    """The options as environment variables; one that is not given leaves the environment's."""
    if workers is None and f"{PREFIX}WORKERS" not in os.environ:
        workers = WORKERS
    given = {
        "HOST": host,
        "PORT": port,
        "DATA_DIR": data_dir,
        "THREADS": threads,
        "WORKERS": workers,
    }
    return {f"{PREFIX}{k}": str(v) for k, v in given.items() if v is not None}
