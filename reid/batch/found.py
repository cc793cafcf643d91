"""What became of a batch, read from its job whenever it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reid.catalogue.jobs import ItemState, Job, JobItem, JobStore
from reid.jobs.telling import without_places


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a batch, a stage at a time; a page of items is in memory, never all."""

    store: JobStore
    job: Job

    @property
    def source(self) -> str:
        """The archive as it is named to readers: of one that was asked for over HTTP no folders."""
        place = str(self.job.params.get("source", ""))
        return Path(place).name if self._confined else place

    @property
    def _confined(self) -> bool:
        return bool(self.job.params["options"]["confined"])

    def items(self, stage: str, state: ItemState | None = None) -> Iterator[JobItem]:
        """The items of a stage; what their readers may not see is not in their problems."""
        for item in self.store.items(self.job.id, stage, state):
            hide = self._confined and item.problem
            yield replace(item, problem=without_places(item.problem)) if hide else item

    def groups(self) -> Iterator[dict[str, Any]]:
        """The proposals, those of one sighting too."""
        return (item.data for item in self.items("groups"))

    def sightings(self) -> Iterator[tuple[JobItem | None, JobItem | None]]:
        """Each sighting as it was measured and as it was matched; None: it was not.

        Both stages have the same order. Jobs of stored sightings that an earlier version began
        have matching alone.
        """
        matching = self.items("matching")
        matched = next(matching, None)
        for measured in self.items("sightings"):
            if matched is not None and matched.name == measured.name:
                yield measured, matched
                matched = next(matching, None)
            else:
                yield measured, None
        while matched is not None:
            yield None, matched
            matched = next(matching, None)
