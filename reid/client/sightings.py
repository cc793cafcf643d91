"""Sightings: sent, listed, looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reid.client.asking import Asking
from reid.client.operation import Ask, File, at, operation
from reid.client.results import Frames, Likely, Sighting, SightingLine, Sightings

PAGE = 1000


class AskSightings(Asking):
    """Media and metadata in, annotations out."""

    @operation("POST /v1/sightings")
    def submit(self, sighting_id: str, files: Sequence[Path | str], **known: Any) -> Sighting:
        """Send a sighting with its files, read from disk while they are sent.

        ``known``: what the service takes beside the id: ``station``, ``times``, ``latitude`` and
        ``longitude``, ``media`` (by ``file_name``: ``camera``, ``flank``, ``boxes``). Sent again
        it changes nothing.

        Raises:
            ContradictionError: other content is stored under this id.
            OSError: a file cannot be read.
        """
        named = [File(Path(file), Path(file).name) for file in files]
        metadata = json.dumps({"id": sighting_id, **known}, default=str)
        ask = Ask("POST", "/v1/sightings", metadata=metadata, files=named)
        return self._result(Sighting, ask)

    @operation("GET /v1/sightings")
    def sightings(self, *, limit: int = 100, after: str = "") -> Sightings:
        """A page of stored sightings by id."""
        ask = Ask("GET", "/v1/sightings", {"limit": limit, "after": after})
        return self._result(Sightings, ask)

    def every_sighting(self) -> Iterator[SightingLine]:
        """All stored sightings by id, page by page."""
        after: str | None = ""
        while after is not None:
            page = self.sightings(limit=PAGE, after=after)
            yield from page.sightings
            after = page.next

    @operation("GET /v1/sightings/{sighting_id}")
    def sighting(self, sighting_id: str) -> Sighting:
        """A stored sighting. Raises MissingError."""
        return self._result(Sighting, Ask("GET", at("/v1/sightings/{id}", id=sighting_id)))

    @operation("GET /v1/sightings/{sighting_id}/frames")
    def frames(self, sighting_id: str) -> Frames:
        """A stored sighting as it is looked at: frames in short. Raises MissingError."""
        return self._result(Frames, Ask("GET", at("/v1/sightings/{id}/frames", id=sighting_id)))

    @operation("GET /v1/sightings/{sighting_id}/likely")
    def likely(self, sighting_id: str) -> Likely:
        """Others that it may show too, by the last evidence. Raises MissingError."""
        return self._result(Likely, Ask("GET", at("/v1/sightings/{id}/likely", id=sighting_id)))

    @operation("GET /v1/sightings/{sighting_id}/annotations/{annotation_id}/picture")
    def annotation_picture(self, sighting_id: str, annotation_id: str) -> bytes:
        """One animal with its outline, as a JPEG file."""
        place = "/v1/sightings/{id}/annotations/{annotation}/picture"
        return self._bytes(Ask("GET", at(place, id=sighting_id, annotation=annotation_id)))

    @operation("GET /v1/sightings/{sighting_id}/annotations/{annotation_id}/crop")
    def annotation_crop(
        self, sighting_id: str, annotation_id: str, *, size: str = "medium"
    ) -> bytes:
        """One animal cut out of its picture, nothing drawn, as a JPEG: small, medium or large."""
        place = "/v1/sightings/{id}/annotations/{annotation}/crop"
        address = at(place, id=sighting_id, annotation=annotation_id)
        return self._bytes(Ask("GET", address, {"size": size}))

    @operation("GET /v1/sightings/{sighting_id}/annotations/{annotation_id}/frame")
    def annotation_frame(
        self, sighting_id: str, annotation_id: str, *, size: str = "medium"
    ) -> bytes:
        """The whole picture, nothing drawn, as a JPEG without EXIF: small, medium or large."""
        place = "/v1/sightings/{id}/annotations/{annotation}/frame"
        address = at(place, id=sighting_id, annotation=annotation_id)
        return self._bytes(Ask("GET", address, {"size": size}))


def distances(between: Mapping[tuple[str, str], float]) -> list[dict[str, Any]]:
    """Kilometres between two sightings, as the service takes them."""
    return [{"a": a, "b": b, "km": km} for (a, b), km in between.items()]
