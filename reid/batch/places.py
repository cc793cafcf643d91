"""Positions of an archive's sightings: a table's, else the station's by EXIF where that counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reid.catalogue.jobs import JobItem
from reid.events.places import FAR, SPREAD, agreed, far_from
from reid.types.earth import Position


class StationPlaces:
    """What files and tables say of where stations are; files without one speak for themselves."""

    def __init__(self, files: Iterable[JobItem]) -> None:
        self._found: defaultdict[str, list[Position]] = defaultdict(list)
        self._given: set[str] = set()
        for file in files:
            station = file.data["told"].get("station", "")
            self._found[station] += by_exif(file)
            self._given |= {station} if "position" in file.data["told"] else set()

    def of(self, station: str | None, files: Sequence[JobItem]) -> tuple[Position | None, str]:
        """The position of a sighting, and in words what is odd about it; no place is named."""
        own = [place for file in files for place in by_exif(file)]
        told = [file.data["told"] for file in files]
        given = next((tuple(one["position"]) for one in told if "position" in one), None)
        if given is not None:
            return given, FAR if far_from(given, own) else ""
        if station in self._given:
            return None, ""
        found = self._found[station] if station else own
        place = agreed(found)
        return place, SPREAD if found and place is None else ""


def by_exif(file: JobItem) -> list[Position]:
    """Where a file says that it was taken, if it was asked and tells."""
    place = (file.result or {}).get("position")
    return [(place[0], place[1])] if place else []
