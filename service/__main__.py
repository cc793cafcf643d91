"""``python -m service``: run the service until it is told to stop.

Settings come from ``LEOPARD_REID_*``; ``--host``, ``--port`` and ``--data-dir`` go before them.
Port 0 takes a free one. The first line on standard output is the address.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn

from reid.errors import ConfigError, ReidError
from service.app import create_app
from service.guarding import check_access
from service.listening import listening
from service.settings import read_settings

STOP_S = 30
CANNOT_LISTEN = 1

log = logging.getLogger("service")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the service; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        settings = read_settings(**_chosen(arguments))
    except ConfigError as error:
        log.error("%s", error)
        return error.exit_code
    try:
        check_access(settings)
    except ReidError as error:
        log.error("%s", error)
        return error.exit_code
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=STOP_S,
        server_header=False,
    )
    try:
        socket = listening(config)
    except SystemExit:
        return CANNOT_LISTEN
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"http://{host}:{socket.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[socket])
    return 0


def _chosen(arguments: Sequence[str] | None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8000)")
    parser.add_argument("--data-dir", type=Path, help="folder of catalogue and media")
    found = vars(parser.parse_args(arguments))
    return {name: value for name, value in found.items() if value is not None}


if __name__ == "__main__":
    raise SystemExit(main())
