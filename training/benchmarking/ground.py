"""What sections of the benchmark stand on, made when the first of them asks for it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from reid.pipeline import Engine, Library
from reid.types import Sighting
from training.benchmarking.known import ANNOTATIONS, fill
from training.benchmarking.pictures import comparison_sightings, known_sightings


@dataclass
class Ground:
    """Pictures, engine and a filled catalogue of one run.

    ``threads`` of each engine, ``workers`` processes that render; ``small``: a rehearsal, whose
    figures say nothing. A context: what it put on the disk goes with it.
    """

    threads: int = 2
    workers: int = 2
    small: bool = False
    _places: list[tempfile.TemporaryDirectory[str]] = field(default_factory=list, init=False)

    @cached_property
    def sightings(self) -> list[Sighting]:
        """Two of one animal and one of another; three frames each."""
        return comparison_sightings(self.workers)

    @cached_property
    def known(self) -> list[Sighting]:
        """What a catalogue is multiplied from."""
        return known_sightings(self.workers)

    @cached_property
    def engine(self) -> Engine:
        """The default engine; pictures are rendered before it takes its threads."""
        assert self.sightings
        return Engine.load(threads=self.threads)

    @property
    def annotations(self) -> int:
        """In the filled catalogue."""
        return 40 if self.small else ANNOTATIONS

    @cached_property
    def filled(self) -> Path:
        """A catalogue of known animals."""
        known, folder = self.known, self.folder()
        with Library.open(self.engine, folder) as library:
            fill(library, known, annotations=self.annotations)
        return folder

    def folder(self) -> Path:
        """An empty folder until the end of the run."""
        self._places.append(tempfile.TemporaryDirectory())
        return Path(self._places[-1].name)

    def __enter__(self) -> Ground:
        return self

    def __exit__(self, *error: object) -> None:
        for place in self._places:
            place.cleanup()
