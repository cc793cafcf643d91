"""Which sighting each annotation of the catalogue is of."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from reid.catalogue import Catalogue


class Owners:
    """Sighting ids by annotation key, read once and then only what is new.

    Read anew where another catalogue stands there than before: a backup that was put back.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self._lock = catalogue, Lock()
        self._known: dict[int, str] = {}
        self._last, self._stamp = 0, ""

    def now(self) -> Mapping[int, str]:
        """All of them; what is given is never changed afterwards."""
        with self._lock:
            if self._last and self._catalogue.annotation_stamp(self._last) != self._stamp:
                self._known, self._last = {}, 0
            more = self._catalogue.sightings_of_annotations(after=self._last)
            if more:
                self._known = self._known | more
                self._last = next(reversed(more))
                self._stamp = self._catalogue.annotation_stamp(self._last)
            return self._known
