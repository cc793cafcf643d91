"""What a batch leaves: tables and a report, written beside and then renamed."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.batch.found import Found
from reid.batch.proposals import Proposals, proposals_of
from reid.batch.rows import (
    GROUP_COLUMNS,
    MEDIA_COLUMNS,
    SIGHTING_COLUMNS,
    group_row,
    media_rows,
    sighting_rows,
)
from reid.batch.tally import Tally
from reid.catalogue.jobs import Job, JobStore

if TYPE_CHECKING:
    from reid.pipeline import Library

SIGHTINGS_CSV, MEDIA_CSV, GROUPS_CSV = "sightings.csv", "media.csv", "groups.csv"
REPORT_HTML, REPORT_MD = "report.html", "report.md"
NAMES = (REPORT_HTML, REPORT_MD, SIGHTINGS_CSV, MEDIA_CSV, GROUPS_CSV)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def write_outputs(store: JobStore, job: Job, library: Library, folder: Path) -> dict[str, Any]:
    """Write the tables and the report of a job into ``folder``; returns the counts.

    A row at a time: in memory are what the report shows, the names of the files, and of each
    sighting the proposal that it is in.

    Raises:
        OSError: the folder cannot be written.
    """
    from reid.batch.report import report_files

    folder.mkdir(parents=True, exist_ok=True)
    found = Found(store, job)
    proposals = proposals_of(found)
    tally = Tally(proposals.pictured())
    rows = tally.of_sightings(sighting_rows(found, proposals.homes))
    write_table(folder / SIGHTINGS_CSV, SIGHTING_COLUMNS, rows)
    write_table(folder / MEDIA_CSV, MEDIA_COLUMNS, tally.of_media(media_rows(found)))
    write_table(folder / GROUPS_CSV, GROUP_COLUMNS, map(group_row, found.groups()))
    summary = counts_of(tally, proposals)
    html, markdown = report_files(found, proposals, tally, summary, library)
    beside(folder / REPORT_HTML, lambda path: path.write_text(html, encoding="utf-8"))
    beside(folder / REPORT_MD, lambda path: path.write_text(markdown, encoding="utf-8"))
    return {**summary, "files": list(NAMES)}


def counts_of(tally: Tally, proposals: Proposals) -> dict[str, Any]:
    """The batch in numbers."""
    media = tally.media
    return {
        "media": {"used": media["used"], "bad": media["bad"], "copies": media["copy"]},
        "sightings": tally.sightings,
        "answers": dict(sorted(tally.answers.items())),
        "with_leopard": tally.with_leopard,
        "proposals": proposals.count,
        "proposals_of_several": proposals.several,
    }


def write_table(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    """A CSV file in UTF-8; what a spreadsheet would run as a formula gets an apostrophe."""
    names = list(columns)

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(names)
            table.writerows([_cell(row.get(name)) for name in names] for row in rows)

    beside(path, write)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    text = " ".join(str(value).split())
    return f"'{text}" if isinstance(value, str) and text.startswith(_RISKY) else text


def beside(path: Path, write: Callable[[Path], object]) -> None:
    """Fill a file beside ``path``, then rename it: nothing is ever there half."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
