"""A socket that clients may connect to at once, and that answers at once."""

from __future__ import annotations

import socket

import uvicorn


def listening(config: uvicorn.Config) -> socket.socket:
    """The socket of a server's configuration, bound and listening.

    Raises:
        SystemExit: the address cannot be had (uvicorn has logged why).
    """
    bound = config.bind_socket()
    # Connections inherit it. Asyncio sets it only on sockets that name their protocol, which
    # uvicorn's does not, and each answer would wait 40 ms for an acknowledgement.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bound.listen(config.backlog)
    return bound
