"""What a researcher's script does over HTTP."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import httpx

from training.demo.server import DemoError
from training.demo.table import Event

BUSY_S = 600.0
JPEG = "image/jpeg"


class Client:
    """The service at an address, in the few calls that the demonstration needs.

    Every method raises DemoError with the service's own words when it refuses.
    """

    def __init__(self, url: str) -> None:
        # no proxy of the environment stands between two processes of one machine
        self._http = httpx.Client(base_url=f"{url}/v1", timeout=BUSY_S, trust_env=False)

    def submit(self, event: Event) -> dict[str, Any]:
        """Send one sighting with its pictures."""
        parts: list[tuple[str, Any]] = [
            ("metadata", (None, json.dumps(event.metadata), "application/json"))
        ]
        with ExitStack() as opened:
            for file in event.files:
                stream = opened.enter_context(file.open("rb"))
                parts.append(("media", (file.name, stream, JPEG)))
            return self._json("POST", "/sightings", files=parts)

    def compare(self, ids: list[str], distances: list[dict[str, Any]]) -> dict[str, Any]:
        """Ask whether stored sightings show the same animal."""
        asked = {"sighting_ids": ids, "distances_km": distances}
        return self._json("POST", "/comparisons", json=asked)

    def report(self, comparison_id: str) -> str:
        """The illustrated report, one HTML page."""
        return self._sent("GET", f"/comparisons/{comparison_id}/report").text

    def enrol(self, sighting_id: str, individual: str) -> dict[str, Any]:
        """Say who a sighting is. The renderer knows, so flags on its pictures are accepted."""
        why = "synthetic: the renderer's seed"
        said = {"sighting_id": sighting_id, "by": "demo", "why": why, "accept_flags": True}
        return self._json("POST", f"/individuals/{individual}/sightings", json=said)

    def identify(self, sighting_id: str) -> dict[str, Any]:
        """Ask who a stored sighting is."""
        return self._json("POST", "/identifications", json={"sighting_id": sighting_id})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _json(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._sent(method, path, **content).json()
        return found

    def _sent(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **content)
        except httpx.HTTPError as error:
            raise DemoError(f"{method} {path}: no answer: {error}") from error
        if not answer.is_success:
            raise DemoError(f"{method} {path}: {answer.status_code}: {_detail(answer)}")
        return answer


def _detail(answer: httpx.Response) -> str:
    """The service's words; whatever it sent when it sent none."""
    try:
        found = answer.json()
    except ValueError:
        return answer.text[:300]
    return f"{found.get('detail', found)} {found.get('errors') or ''}".strip()
