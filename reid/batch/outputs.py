"""What a batch leaves: tables and a report, written beside and then renamed."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.batch.measure import file_named
from reid.catalogue.jobs import ItemState, Job, JobItem, JobStore
from reid.jobs.telling import without_places

if TYPE_CHECKING:
    from reid.pipeline import Library

SIGHTINGS_CSV, MEDIA_CSV, GROUPS_CSV = "sightings.csv", "media.csv", "groups.csv"
REPORT_HTML, REPORT_MD = "report.html", "report.md"
NAMES = (REPORT_HTML, REPORT_MD, SIGHTINGS_CSV, MEDIA_CSV, GROUPS_CSV)
_RISKY = ("=", "+", "-", "@", "\t", "\r")

SIGHTING_COLUMNS = (
    *(
        "sighting",
        "station",
        "times",
        "first_file",
        "files",
        "pictures",
        "animals",
        "leopards",
        "flanks",
    ),
    *("usable", "proposal", "proposal_sightings", "proposal_probability", "perhaps"),
    *("answer", "individual", "probability", "best_known", "problem", "flags"),
    *("rejected", "note", "reasons", "would_settle"),
)
MEDIA_COLUMNS = ("file", "state", "sighting", "why", "kind", "taken_at", "sha256")
GROUP_COLUMNS = (
    *("proposal", "individual", "sightings", "probability", "exact", "members"),
    *("perhaps", "contradicts", "conflict"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a batch, a stage at a time; read anew whenever it is walked through."""

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

    def groups(self) -> list[dict[str, Any]]:
        """The proposals."""
        return [item.data for item in self.items("groups")]

    def matched(self) -> dict[str, JobItem]:
        """What matching found, by sighting, without its edges."""
        return {item.name: item for item in self.items("matching")}


def write_outputs(store: JobStore, job: Job, library: Library, folder: Path) -> dict[str, Any]:
    """Write the tables and the report of a job into ``folder``; returns the counts.

    Raises:
        OSError: the folder cannot be written.
    """
    from reid.batch.report import report_files

    folder.mkdir(parents=True, exist_ok=True)
    found = Found(store, job)
    rows = list(sighting_rows(found))
    summary = counts_of(found, rows)
    write_table(folder / SIGHTINGS_CSV, SIGHTING_COLUMNS, rows)
    write_table(folder / MEDIA_CSV, MEDIA_COLUMNS, media_rows(found))
    write_table(folder / GROUPS_CSV, GROUP_COLUMNS, map(_group_row, found.groups()))
    html, markdown = report_files(found, rows, summary, library)
    beside(folder / REPORT_HTML, lambda path: path.write_text(html, encoding="utf-8"))
    beside(folder / REPORT_MD, lambda path: path.write_text(markdown, encoding="utf-8"))
    return {**summary, "files": list(NAMES)}


def sighting_rows(found: Found) -> Iterator[dict[str, Any]]:
    """A row for each sighting: those without a leopard, and those that failed, too."""
    home = {name: group for group in found.groups() for name in group["members"]}
    matched = found.matched()
    planned = False
    for item in found.items("sightings"):
        planned = True
        yield _sighting_row(item.name, item, matched.get(item.name), home.get(item.name))
    if not planned:  # stored sightings
        for name, item in matched.items():
            yield _sighting_row(name, None, item, home.get(name))


def _sighting_row(
    name: str, measured: JobItem | None, matched: JobItem | None, group: dict[str, Any] | None
) -> dict[str, Any]:
    data = measured.data if measured else {}
    seen = (measured.result if measured else None) or {}
    answer = ((matched.result if matched else None) or {}).get("identity", {})
    problem = (measured.problem if measured else "") or (matched.problem if matched else "")
    row = {
        "sighting": name,
        "station": data.get("station"),
        "times": "; ".join(f"{at} ({by})" for at, by in data.get("times", ())),
        "first_file": next((file["name"] for file in data.get("files", ())), ""),
        "files": len(data.get("files", ())),
        "flags": ", ".join(seen.get("flags", ())),
        "flanks": ", ".join(seen.get("flanks", ())),
        "rejected": len(seen.get("rejected", ())),
        "problem": problem,
        "answer": _answer(measured, matched, answer),
        "individual": answer.get("individual"),
        "probability": answer.get("probability"),
        "best_known": answer.get("best"),
        "note": data.get("note", ""),
        "reasons": " ".join(answer.get("reasons", ())),
        "would_settle": answer.get("would_settle", ""),
    }
    row |= {key: seen.get(key) for key in ("pictures", "animals", "leopards", "usable")}
    if group is not None:
        row["proposal"] = group["label"]
        row["proposal_sightings"] = len(group["members"])
        row["proposal_probability"] = group["probability"]
        row["perhaps"] = ", ".join(name for name, _ in group["perhaps"])
    return row


def _answer(measured: JobItem | None, matched: JobItem | None, answer: dict[str, Any]) -> str:
    """The kind of answer; what failed is an error, never "no match"."""
    if (measured and measured.state is ItemState.FAILED) or (
        matched and matched.state is ItemState.FAILED
    ):
        return "error"
    return str(answer.get("kind", "no leopard seen"))


def media_rows(found: Found) -> Iterator[dict[str, Any]]:
    """A row for each file: where it went, or why it did not."""
    home, lost = dict[str, str](), dict[str, str]()
    for item in found.items("sightings"):
        home |= {file["name"]: item.name for file in item.data["files"]}
        lost |= _lost(item)
    copies = {item.name: item.data["of"] for item in found.items("copies")}
    for item in found.items("files"):
        seen = item.result or {}
        state, why = "used", ""
        if item.state is ItemState.FAILED or item.name in lost:
            state, why = "bad", item.problem or lost[item.name]
        elif item.name in copies:
            state, why = "copy", f"the same file as {copies[item.name]}"
        yield {
            "file": item.name,
            "state": state,
            "sighting": home.get(item.name),
            "why": why,
            "kind": seen.get("kind"),
            "taken_at": seen.get("at"),
            "sha256": seen.get("sha256"),
        }


def _lost(sighting: JobItem) -> dict[str, str]:
    """The files of a sighting that could not be used, and why; of one that failed, all."""
    files = {file["name"] for file in sighting.data["files"]}
    failed = sighting.state is ItemState.FAILED
    lost = dict.fromkeys(files, sighting.problem) if failed else {}
    rejected = (sighting.result or {}).get("rejected", ())
    return lost | {file_named(name, files): why for name, why in rejected}


def counts_of(found: Found, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The batch in numbers."""
    media = Counter(row["state"] for row in media_rows(found))
    groups = found.groups()
    return {
        "media": {"used": media["used"], "bad": media["bad"], "copies": media["copy"]},
        "sightings": len(rows),
        "answers": dict(sorted(Counter(row["answer"] for row in rows).items())),
        "with_leopard": sum(1 for row in rows if row.get("proposal")),
        "proposals": len(groups),
        "proposals_of_several": sum(1 for group in groups if len(group["members"]) > 1),
    }


def _group_row(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "proposal": group["label"],
        "individual": group["individual"],
        "sightings": len(group["members"]),
        "probability": group["probability"],
        "exact": group["exact"],
        "members": ", ".join(group["members"]),
        "perhaps": ", ".join(name for name, _ in group["perhaps"]),
        "contradicts": ", ".join(group["contradicts"]),
        "conflict": "; ".join(" and ".join(pair) for pair in group["conflict"]),
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
