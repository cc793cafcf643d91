"""Making a backup, while the service and its workers go on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import reid
from reid.backup.manifest import Manifest, Output
from reid.backup.place import Place, hash_file
from reid.catalogue import Catalogue
from reid.catalogue.copying import save_moment
from reid.catalogue.faults import translated
from reid.catalogue.moment import examine, media_of
from reid.errors import BackupError

Progress = Callable[[str, int, int], None]
CATALOGUE = "catalogue.db"
OUTPUTS = "jobs"
BUNDLES = "bundles"
TRAINING, TRAINED = "training", ("*", "masks/*")
"""Below a run: manifest, curve, reports; outlines of the frozen set. Not what is measured again."""
RUNS = "[0-9a-f]" * 16
"""Ids of jobs."""
SURVEY = "survey.db"
"""What imports brought that the catalogue has no place for (`reid.survey`)."""


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot; ``copied`` files and ``copied_bytes`` were new to the place."""

    manifest: Manifest
    copied: int
    copied_bytes: int


def back_up(
    catalogue: Catalogue,
    root: Path,
    *,
    keep: int | None = None,
    progress: Progress | None = None,
) -> Made:
    """Keep this moment of a catalogue in a folder of backups.

    Rows first, then the media that they name: a stored file is never changed nor taken away, so
    what was there when the rows were read is there still. Files that the folder holds from
    before are not copied again. Interrupted at any moment, the folder holds the snapshots that it
    held before. ``keep``: forget all but so many of the newest.

    Raises:
        BackupError: something else is there, another backup is being made, or what was copied
            of the database is not whole.
        StorageFullError: no room; nothing was added but files that the next backup needs anyhow.
    """
    told = progress or (lambda _stage, _done, _total: None)
    with translated(root):
        place = Place.begin(root)
        with place.locked():
            made = _snapshot(catalogue, place, told)
            older = place.snapshots()[:-keep] if keep else []
            for one in older:
                place.drop(one)
            return made


def _snapshot(catalogue: Catalogue, place: Place, told: Progress) -> Made:
    at = datetime.now(UTC)
    name = f"{at:%Y%m%dT%H%M%S%fZ}-{uuid.uuid4().hex[:6]}"
    folder = place.begin_snapshot(name)
    try:
        file = folder / CATALOGUE
        told("copying the catalogue", 0, 1)
        save_moment(catalogue.engine, file)
        _sync(file)
        found = examine(file)
        if found.problems:
            raise BackupError(
                f"the catalogue is not whole: {'; '.join(found.problems[:3])}; nothing was kept. "
                "Restore an earlier backup, or run `reid doctor`"
            )
        media = media_of(file)
        copied, size, lost = _keep_media(catalogue, place, media, told)
        outputs = (
            *_keep_outputs(catalogue, place),
            *_keep_bundles(catalogue, place),
            *_keep_runs(catalogue, place),
            *_keep_survey(catalogue, place, folder),
        )
        manifest = Manifest(
            id=name,
            made_at=at.isoformat(),
            code_version=reid.__version__,
            revision=found.revision,
            database=catalogue.engine.dialect.name,
            catalogue_sha256=hash_file(file),
            catalogue_bytes=file.stat().st_size,
            rows=found.rows,
            last_event=found.rows.get("identity_events", 0),
            media=len(media),
            media_bytes=sum(one[1] for one in media),
            outputs=outputs,
            lost=tuple(lost),
        )
        place.end_snapshot(folder, manifest)
        return Made(manifest, copied, size)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _keep_media(
    catalogue: Catalogue, place: Place, media: list[tuple[str, int]], told: Progress
) -> tuple[int, int, list[str]]:
    copied = copied_bytes = 0
    lost = []
    for number, (sha256, size) in enumerate(media):
        told("copying media", number, len(media))
        if place.holds(sha256, size):
            continue
        source = catalogue.media.path(sha256)
        if not source.is_file() or place.keep(source, sha256) is None:
            lost.append(sha256)
            continue
        copied, copied_bytes = copied + 1, copied_bytes + size
    told("copying media", len(media), len(media))
    return copied, copied_bytes, lost


def _keep_outputs(catalogue: Catalogue, place: Place) -> tuple[Output, ...]:
    """What jobs left; a file that goes away meanwhile belongs to no job that is done."""
    return _keep_files(catalogue, place, OUTPUTS)


def _keep_bundles(catalogue: Catalogue, place: Place) -> tuple[Output, ...]:
    """Registered weights. The key that signs them stays: a new one is made where it lacks, and
    what the old one signed stays valid.
    """
    return _keep_files(catalogue, place, BUNDLES)


def _keep_runs(catalogue: Catalogue, place: Place) -> tuple[Output, ...]:
    """What training runs were made of and what they told: the set can be trained again."""
    return tuple(
        one
        for below in TRAINED
        for one in _keep_files(catalogue, place, TRAINING, f"{RUNS}/{below}")
    )


def _keep_files(
    catalogue: Catalogue, place: Place, folder: str, below: str = "*/*"
) -> tuple[Output, ...]:
    kept = []
    for path in sorted((catalogue.data_dir / folder).glob(below)):
        if not path.is_file() or path.name.startswith(".") or path.parent.name.startswith("."):
            continue
        sha256 = place.keep(path)
        if sha256 is not None:
            size = place.path(sha256).stat().st_size
            relative = path.relative_to(catalogue.data_dir).as_posix()
            kept.append(Output(path=relative, sha256=sha256, size_bytes=size))
    return tuple(kept)


def _keep_survey(catalogue: Catalogue, place: Place, folder: Path) -> tuple[Output, ...]:
    """A copy of one moment, made by SQLite, though an import may be writing."""
    source, copy = catalogue.data_dir / SURVEY, folder / SURVEY
    if not source.is_file():
        return ()
    with closing(sqlite3.connect(source)) as survey, closing(sqlite3.connect(copy)) as target:
        survey.backup(target)
    size, sha256 = copy.stat().st_size, place.keep(copy)
    copy.unlink()
    return (Output(path=SURVEY, sha256=sha256, size_bytes=size),) if sha256 else ()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
