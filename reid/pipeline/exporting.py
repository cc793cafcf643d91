"""Who is who as a table for others: Camtrap DP's names, and remembered by the catalogue."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable

from reid.catalogue import Catalogue
from reid.identities.preview import ExportTold

COLUMNS = (
    "eventID",
    "individualID",
    "classificationMethod",
    "classifiedBy",
    "classificationTimestamp",
)
"""Of Camtrap DP's ``observations``: one row for each sighting that is somebody."""


def identities_csv(catalogue: Catalogue) -> str:
    """The table as CSV, by sighting."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in catalogue.identified():
        at = one.at.isoformat(timespec="seconds")
        rows.writerow([one.sighting_id, one.individual, "human", one.by, at])
    return out.getvalue()


def export_identities(
    catalogue: Catalogue, name: str, *, by: str, write: Callable[[str], object]
) -> ExportTold:
    """``write`` the table and remember that it went out: later merges and splits name it.

    Raises:
        InputError: nobody exports, or no name.
    """
    last = catalogue.last_event()  # before the table: what comes between is named as changed
    text = identities_csv(catalogue)
    write(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return catalogue.note_export(name, digest, by=by, up_to=last)
