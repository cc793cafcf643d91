"""Is a backup whole? Everything is read: hashes, rows, references, the history of decisions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reid.backup.make import CATALOGUE, Progress
from reid.backup.manifest import Manifest
from reid.backup.place import Place, hash_file
from reid.catalogue import Catalogue
from reid.catalogue.faults import translated
from reid.catalogue.migrate import newest_revision
from reid.catalogue.moment import examine, media_of
from reid.errors import CatalogueError


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and everything that is wrong, in words."""

    manifest: Manifest
    files: int
    problems: tuple[str, ...]


def verify(
    root: Path, snapshot: str | None = None, *, progress: Progress | None = None
) -> Verified:
    """Read all of a snapshot (the newest) and compare it with its manifest. Nothing is changed.

    Raises:
        BackupError: there is none, or its manifest cannot be read.
    """
    told = progress or (lambda _stage, _done, _total: None)
    with translated(root):
        place = Place.find(root)
        folder, manifest = place.snapshot(snapshot)
        told("reading the catalogue", 0, 1)
        problems = list(_catalogue_problems(folder / CATALOGUE, manifest))
        media = [] if problems else media_of(folder / CATALOGUE)
        wanted = dict(media) | {o.sha256: o.size_bytes for o in manifest.outputs}
        for lost in manifest.lost:
            wanted.pop(lost, None)
        problems += _file_problems(place, wanted, told)
        problems += [f"media {one}: was lost before the backup" for one in manifest.lost]
        return Verified(manifest, len(wanted), tuple(problems))


def _catalogue_problems(file: Path, manifest: Manifest) -> Iterator[str]:
    if not file.is_file():
        yield f"{CATALOGUE}: missing"
        return
    if hash_file(file) != manifest.catalogue_sha256:
        yield f"{CATALOGUE}: altered: its sha256 is not the manifest's"
        return
    found = examine(file)
    yield from found.problems
    if found.revision != manifest.revision:
        yield f"{CATALOGUE}: tables of revision {found.revision}, not {manifest.revision}"
    for table in sorted(found.rows.keys() | manifest.rows.keys()):
        there, told = found.rows.get(table), manifest.rows.get(table)
        if there != told and (there or told):
            yield f"{table}: expected {told} rows, found {there}"
    if found.revision != newest_revision():
        yield from _older(file)


def _older(file: Path) -> Iterator[str]:
    """Of tables of an older version the history is looked at in a copy, brought to this one."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / CATALOGUE)
        try:
            with Catalogue.open(Path(folder)) as catalogue:
                wrong = catalogue.check_identities()
        except CatalogueError as error:
            yield f"{CATALOGUE}: {error}"
            return
    yield from (f"identity of {one}: not what follows from its history" for one in wrong)


def _file_problems(
    place: Place, wanted: dict[str, int], told: Callable[[str, int, int], None]
) -> list[str]:
    problems = []
    for number, (sha256, size) in enumerate(sorted(wanted.items())):
        told("reading files", number, len(wanted))
        path = place.path(sha256)
        if not path.is_file():
            problems.append(f"file {sha256}: missing")
        elif path.stat().st_size != size or hash_file(path) != sha256:
            problems.append(f"file {sha256}: altered")
    told("reading files", len(wanted), len(wanted))
    return problems
