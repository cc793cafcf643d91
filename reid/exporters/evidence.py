"""The evidence on unnamed sightings in a snapshot, and what people said of pairs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reid.abundance import APART
from reid.catalogue import Catalogue
from reid.survey import Survey

EVIDENCE = "reid-evidence"
_MOST = 1000
_SAYING = {"reject": ("a", "b"), "no-match": ("sighting", "individual")}


def evidence_rows(catalogue: Catalogue, named: set[str], event: int) -> Iterator[dict[str, str]]:
    """The last llr of every pair with an unnamed sighting, then what people called two animals.

    ``named``: sightings that are somebody. A person's word comes after, and counts.
    """
    after = ""
    while page := catalogue.sightings(limit=_MOST, after=after):
        after = page[-1].id
        for record in page:
            if record.id not in named:
                for pair in catalogue.likely(record.id, limit=_MOST):
                    yield _row(pair.a, pair.b, pair.llr, pair.source)
    undone, last = catalogue.undone(), 0
    while said := catalogue.events(after=last, limit=_MOST):
        last = said[-1].number
        for one in said:
            if one.number <= event and one.number not in undone:
                yield from _said(one.kind.value, one.told)


def _said(kind: str, told: Any) -> Iterator[dict[str, str]]:
    if kind not in _SAYING:
        return
    a, b = (told.get(name) for name in _SAYING[kind])
    if a and b:
        other = b if kind == "reject" else f"individual:{b}"
        yield _row(a, other, APART, json.dumps({"decision": kind}))


def _row(a: str, b: str, llr: float, source: str) -> dict[str, str]:
    return {"eventID": a, "otherEventID": b, "llr": f"{llr:.6g}", "source": source}


def evidence_of(survey: Survey) -> dict[tuple[str, str], float]:
    """The llr by pair, natural log."""
    return {
        (row["eventID"], row["otherEventID"]): float(row["llr"]) for row in survey.kept(EVIDENCE)
    }
