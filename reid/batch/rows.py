"""The rows of a batch's tables, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reid.batch.found import Found
from reid.batch.measure import file_named
from reid.batch.proposals import Home
from reid.catalogue.jobs import ItemState, JobItem

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


def sighting_rows(found: Found, homes: Mapping[str, Home]) -> Iterator[dict[str, Any]]:
    """A row for each sighting: those without a leopard, and those that failed, too."""
    for measured, matched in found.sightings():
        name = (measured or matched).name  # type: ignore[union-attr]
        yield _sighting_row(name, measured, matched, homes.get(name))


def _sighting_row(
    name: str, measured: JobItem | None, matched: JobItem | None, home: Home | None
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
    if home is not None:
        row["proposal"] = home.label
        row["proposal_sightings"] = home.sightings
        row["proposal_probability"] = home.probability
        row["perhaps"] = home.perhaps
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
            first = copies[item.name]
            state, why = "copy", f"the same file as {first}"
            if first in lost:
                state, why = "bad", f"{why}: {lost[first]}"
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


def group_row(group: dict[str, Any]) -> dict[str, Any]:
    """A row of a proposal."""
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
