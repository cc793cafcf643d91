"""What a researcher's script does over HTTP, by ``reid.client``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reid import client
from training.demo.server import DemoError
from training.demo.table import Event


class Client:
    """The service at an address, in the few calls that the demonstration needs.

    Every method raises DemoError with the service's own words when it refuses. Answers are plain
    values, as the service sends them.
    """

    def __init__(self, url: str) -> None:
        self._service = client.Client(url)

    def submit(self, event: Event) -> dict[str, Any]:
        """Send one sighting with its pictures."""
        known = {key: value for key, value in event.metadata.items() if key != "id"}
        with _told():
            return self._service.submit(event.id, event.files, **known).model_dump(mode="json")

    def compare(self, ids: list[str], distances: list[dict[str, Any]]) -> dict[str, Any]:
        """Ask whether stored sightings show the same animal."""
        apart = {(one["a"], one["b"]): one["km"] for one in distances}
        with _told():
            answer = self._service.compare(ids, distances_km=apart)
            return answer.model_dump(mode="json", by_alias=True)

    def report(self, comparison_id: str) -> str:
        """The illustrated report, one HTML page."""
        with _told():
            return self._service.comparison_report(comparison_id)

    def enrol(self, sighting_id: str, individual: str) -> dict[str, Any]:
        """Say who a sighting is. The renderer knows, so flags on its pictures are accepted."""
        why = "synthetic: the renderer's seed"
        with _told():
            done = self._service.enrol(
                individual, sighting_id, by="demo", why=why, accept_flags=True
            )
            return done.model_dump(mode="json")

    def identify(self, sighting_id: str) -> dict[str, Any]:
        """Ask who a stored sighting is."""
        with _told():
            return self._service.identify(sighting_id).model_dump(mode="json")

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except client.ClientError as error:
        raise DemoError(str(error)) from error
