"""Asking for a batch: the same archive with the same options is the same job."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from reid.batch.inputs import FILES, check_unchanged
from reid.batch.listing import Listing
from reid.batch.options import BatchOptions
from reid.batch.sources import archive_of, open_source
from reid.catalogue.jobs import Job, JobStore
from reid.errors import InputError
from reid.jobs import job_key

BATCH, GROUP = "batch", "group"
MOST_IDS = 100_000


def submit_batch(
    store: JobStore, where: Path, options: BatchOptions, *, by: str = "", fresh: bool = False
) -> tuple[Job, bool]:
    """Ask for an archive to be worked through; returns the job and whether it is new.

    One that was begun on the same files goes on; ``fresh`` begins anew in any case.

    Raises:
        InputsChangedError: a job of this archive was begun and not ended, and its files are not
            what they were.
        InputError: nothing at this path, no file in it, or a package that cannot be read.
    """
    place = archive_of(where.resolve())
    source = open_source(place, station_level=options.station_level)
    asked = {"source": str(place), "options": options.plain()}
    subject = job_key(BATCH, asked)
    begun = store.unfinished(subject)
    if begun is not None and not fresh:
        check_unchanged(store, begun, source)
        return store.resume(begun.id), False
    if begun is not None:
        store.cancel(begun.id)
    listing = Listing(source.entries())
    if not listing:
        raise InputError(f"{where}: expected pictures or videos, found no file at all")
    again = uuid.uuid4().hex if fresh else ""
    return store.submit(
        BATCH,
        asked,
        key=job_key(BATCH, {**asked, "files": listing.sha256, "again": again}),
        subject=subject,
        resources=(f"archive:{place}",),
        by=by,
        items={FILES: listing},
    )


def submit_group(
    store: JobStore, sighting_ids: Sequence[str], options: BatchOptions, *, by: str = ""
) -> tuple[Job, bool]:
    """Ask for stored sightings to be compared with the catalogue and among themselves.

    Raises:
        InputError: none, one twice, or more than ``MOST_IDS``.
    """
    ids = list(sighting_ids)
    if not 0 < len(ids) <= MOST_IDS or len(set(ids)) < len(ids):
        raise InputError(
            f"sighting_ids: expected 1 to {MOST_IDS:,} different ids, found {len(ids)}, "
            f"{len(set(ids))} of them different"
        )
    asked = {"sighting_ids": ids, "options": options.plain()}
    return store.submit(GROUP, asked, key=job_key(GROUP, asked), by=by)
