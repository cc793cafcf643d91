"""``python -m service``: run the service until it is told to stop.

Settings come from ``LEOPARD_REID_*``; ``--host``, ``--port``, ``--data-dir`` and ``--workers`` go
before them. Port 0 takes a free one. The first line on standard output is the address.

SIGTERM or Ctrl-C: no new connection is taken, requests and workers get 30 seconds to end what is in
hand, streams of events are told and end at once.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn

from reid.config import Settings
from reid.errors import ConfigError, ReidError
from reid.telemetry import set_up_logs
from reid.telemetry.heaps import giving_back, keep_few_heaps
from service.app import create_app
from service.crew import Crew
from service.guarding import check_access
from service.listening import listening
from service.server import Server
from service.settings import read_settings

STOP_S = 30
KEEP_ALIVE_S = 75
"""A connection that is closed while its client begins to ask again is an error to that client."""

CANNOT_LISTEN = 1

log = logging.getLogger("service")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the service; returns the exit code."""
    try:
        settings = read_settings(**_chosen(arguments))
    except ConfigError as error:
        set_up_logs("text")
        log.error("%s", error)
        return error.exit_code
    set_up_logs(settings.log_format)
    try:
        check_access(settings)
    except ReidError as error:
        log.error("%s", error)
        return error.exit_code
    return serve(settings)


def serve(settings: Settings) -> int:
    """Listen, say where, and answer until told to stop; returns the exit code."""
    keep_few_heaps()
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,  # its words go where ours go
        timeout_graceful_shutdown=STOP_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        server_header=False,
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        socket = listening(config)
    except SystemExit:
        return CANNOT_LISTEN
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"http://{host}:{socket.getsockname()[1]}\n")
    sys.stdout.flush()
    crew = Crew(settings)
    crew.start()
    try:
        with giving_back():
            Server(config, app.state.service, crew).run(sockets=[socket])
    finally:
        crew.close(STOP_S)
    return 0


def _chosen(arguments: Sequence[str] | None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8000)")
    parser.add_argument("--data-dir", type=Path, help="folder of catalogue and media")
    parser.add_argument("--workers", type=int, help="worker processes beside it (default 0)")
    found = vars(parser.parse_args(arguments))
    return {name: value for name, value in found.items() if value is not None}


if __name__ == "__main__":
    raise SystemExit(main())
