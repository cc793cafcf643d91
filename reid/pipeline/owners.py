"""Which sighting each annotation of the catalogue is of."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from reid.catalogue import Catalogue


class Owners:
    """Sighting ids by annotation key, read once and then only what is new."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self._lock = catalogue, Lock()
        self._known: dict[int, str] = {}

    def now(self) -> Mapping[int, str]:
        """All of them; what is given is never changed afterwards."""
        with self._lock:
            more = self._catalogue.sightings_of_annotations(after=max(self._known, default=0))
            if more:
                self._known = self._known | more
            return self._known
