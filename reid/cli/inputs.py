"""From arguments to sightings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reid.cli.console import say, say_rejected
from reid.errors import InputError
from reid.types import Sighting

if TYPE_CHECKING:
    from reid.detect.megadetector_boxes import MegaDetectorBoxes
    from reid.tables import SightingsTable

Rejection = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """Sightings as the user gave them, and (sighting id, file name, reason) of lost files."""

    sightings: tuple[Sighting, ...]
    rejected: tuple[Rejection, ...] = ()


def read_given(where: Sequence[Path]) -> Given:
    """One table, one folder of sightings, or a folder for each sighting.

    Raises:
        InputError: a table among several arguments, one folder twice, or nothing usable.
    """
    from reid.tables import read_sightings

    if len(where) == 1:
        return _given([read_sightings(where[0])])
    return _given([_folder(path, name) for path, name in _names(where).items()])


def read_one_each(where: Path) -> Given:
    """A folder as one sighting (sub-folders are cameras), or every sighting of a table.

    Raises:
        InputError: nothing usable.
    """
    from reid.tables import read_sightings, sighting_from_folder

    given = _given([sighting_from_folder(where) if where.is_dir() else read_sightings(where)])
    if not given.sightings:
        say_rejected(given.rejected)
        raise InputError(f"{where.name}: expected a sighting with pictures, found none usable")
    return given


def read_boxes(path: Path | None) -> MegaDetectorBoxes | None:
    """MegaDetector's boxes, or None when no file is given."""
    if path is None:
        return None
    from reid.detect.megadetector import read_megadetector

    return read_megadetector(path)


def rejected_json(rejected: Sequence[Rejection]) -> list[dict[str, str]]:
    """Lost files as the comparison's JSON form has them."""
    return [dict(zip(("sighting", "file", "reason"), lost, strict=True)) for lost in rejected]


def _given(tables: Sequence[SightingsTable]) -> Given:
    for table in tables:
        for note in table.notes:
            say(note)
    sightings = tuple(s for table in tables for s in table.sightings)
    return Given(sightings, tuple(r for table in tables for r in table.rejected))


def _folder(path: Path, name: str) -> SightingsTable:
    from reid.tables import sighting_from_folder

    if path.is_file():
        raise InputError(
            f"{path.name}: expected folders only, one for each sighting, found a file among them; "
            "give one table alone, or folders"
        )
    table = sighting_from_folder(path)
    return replace(
        table,
        sightings=tuple(replace(s, id=name) for s in table.sightings),
        rejected=tuple((name, file, reason) for _, file, reason in table.rejected),
    )


def _names(where: Sequence[Path]) -> dict[Path, str]:
    """The folders' names; those of equal name get their parent's in front."""
    resolved = [path.resolve() for path in where]
    for path, count in Counter(resolved).items():
        if count > 1:
            raise InputError(f"{path.name}: expected different folders, found it {count} times")
    often = Counter(path.name for path in resolved)
    return {
        given: path.name if often[path.name] == 1 else f"{path.parent.name}/{path.name}"
        for given, path in zip(where, resolved, strict=True)
    }
