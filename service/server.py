"""The server: asked to stop, it takes nothing new, ends what is in hand, and tells who waits."""

from __future__ import annotations

import signal
from types import FrameType

import uvicorn

from service.crew import Crew
from service.state import Service


class Server(uvicorn.Server):
    """uvicorn's, which tells streams and workers at the signal already, not after its requests."""

    def __init__(self, config: uvicorn.Config, service: Service, crew: Crew) -> None:
        super().__init__(config)
        self._service, self._crew = service, crew

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """A signal to stop; a second Ctrl-C does not wait.

        uvicorn's own would raise the signal again at the end, which ends this process before its
        workers had their time.
        """
        self._service.leaving = True
        self._crew.leave()
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
