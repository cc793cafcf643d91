"""Whether an archive is still what it was when its job began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reid.batch.scan import sha256_of
from reid.batch.sources import LICENCES, Entry, Source
from reid.catalogue.jobs import ItemState, Job, JobItem, JobStore
from reid.errors import ImageError, InputsChangedError

FILES = "files"
NAMED = 8
FRESH = "begin anew with --fresh (what was measured already is not measured again)"


def check_unchanged(store: JobStore, job: Job, source: Source) -> None:
    """Compare the files as they lie there with those that the job began with.

    One that was only touched is read again: its content counts.

    Raises:
        InputsChangedError: files were changed, added or taken away; it names them.
    """
    now = {entry.name: entry for entry in source.entries()}
    changed: list[str] = []
    for item in store.items(job.id, FILES):
        entry = now.pop(item.name, None)
        word = _difference(source, item, entry)
        changed += [f"{item.name} ({word})"] if word else []
    changed += [f"{name} (added)" for name in now]
    if changed:
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        raise InputsChangedError(
            f"job {job.id} was begun with other files than those that are there now: "
            f"{', '.join(changed[:NAMED])}{more}. Put them back as they were, or {FRESH}."
        )


def _difference(source: Source, item: JobItem, entry: Entry | None) -> str:
    """In a word what became of a file; "" for nothing."""
    if entry is None or entry.size < 0 <= item.data["size"]:
        return "gone"
    if entry.told != item.data["told"] and _of_before(entry.told) != item.data["told"]:
        return "described otherwise"
    if entry.size != item.data["size"]:
        return "changed"
    if entry.mtime_ns == item.data["mtime_ns"]:
        return ""
    if item.state is not ItemState.DONE or item.result is None:
        return ""  # not read yet, or not usable then: it is read when its turn comes
    return "" if _same_content(source, item.name, item.result) else "changed"


def _of_before(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a job knows that was begun before licences of archives were kept: it goes on."""
    return {name: value for name, value in told.items() if name not in LICENCES}


def _same_content(source: Source, name: str, result: dict[str, Any]) -> bool:
    try:
        return sha256_of(source.root / name) == str(result["sha256"])
    except ImageError:
        return False
