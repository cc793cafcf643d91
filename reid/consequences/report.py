"""What would change, as JSON for programs and as one page with pictures for people."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template

from reid.consequences import wording
from reid.consequences.changes import Change, change_json
from reid.consequences.replaying import Replay
from reid.errors import ReidError
from reid.evidence.album import MOST_PICTURE_BYTES, PICTURES_BYTES, Plate, plate
from reid.evidence.environment import environment_of
from reid.evidence.pictures import annotation_picture, pair_picture
from reid.pipeline.pairs import compare_pair
from reid.pipeline.stored import open_stored
from reid.types import PreparedAnnotation
from reid.types.words import percent

JSON_FILE, HTML_FILE = "consequences.json", "consequences.html"
NAMES = (HTML_FILE, JSON_FILE)
SCHEMA = "leopard-reid/consequences/1"
MOST_PLATES = 20
"""Changes with pictures: those that matter most."""

MOST_ROWS = 1000
"""Further changes in the page's table; the JSON has all."""

SMALL = 5
"""Severities from here on move a number or an order only: no picture is spent on them."""


@dataclass(frozen=True, slots=True)
class Report:
    """A replay in full; ``changes`` in the order in which they matter, ``lost`` as (stage, id,
    why).
    """

    job: str
    bundle: str
    champion: str
    tolerance: float
    counts: dict[str, Any]
    changes: tuple[Change, ...] = field(repr=False)
    lost: tuple[tuple[str, str, str], ...] = field(repr=False)


def write_report(report: Report, folder: Path, replay: Replay) -> list[str]:
    """Write both files beside and rename them; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(report_json(report), ensure_ascii=False, indent=1)
    _beside(folder / JSON_FILE, told)
    _beside(folder / HTML_FILE, report_html(report, _plates(report, replay)))
    return list(NAMES)


def report_json(report: Report) -> dict[str, Any]:
    """``schema``; ``job``; ``bundle`` (the challenger); ``champion``; ``tolerance``; ``counts``;
    ``changes`` (those that matter most first, see `change_json`); ``not_replayed`` (``stage``,
    ``id``, ``why``).
    """
    return {
        "schema": SCHEMA,
        "job": report.job,
        "bundle": report.bundle,
        "champion": report.champion,
        "tolerance": report.tolerance,
        "counts": report.counts,
        "changes": [change_json(one) for one in report.changes],
        "not_replayed": [{"stage": s, "id": i, "why": w} for s, i, w in report.lost],
    }


def report_html(report: Report, plates: dict[int, list[Plate]]) -> str:
    """One page, pictures and styles inside, no script; ``plates`` by the place of a change."""
    numbered = list(enumerate(report.changes))
    shown = [(k, one) for k, one in numbered if k in plates]
    rest = [(k, one) for k, one in numbered if k not in plates]
    return _template().render(
        r=report,
        shown=shown,
        rest=rest[:MOST_ROWS],
        left_out=max(0, len(rest) - MOST_ROWS),
        plates=plates,
        w=wording,
        percent=percent,
    )


def _plates(report: Report, replay: Replay) -> dict[int, list[Plate]]:
    """Pictures of the first changes; what cannot be opened has none."""
    worth = [k for k, one in enumerate(report.changes) if one.crops and one.weight % 10 < SMALL]
    chosen = worth[:MOST_PLATES]
    share = min(MOST_PICTURE_BYTES, PICTURES_BYTES // max(1, len(chosen)))
    found = {}
    for k in chosen:
        try:
            found[k] = _drawn(replay, report.changes[k], share)
        except (ReidError, ValueError):
            continue
    return found


def _drawn(replay: Replay, change: Change, most_bytes: int) -> list[Plate]:
    """Both animals side by side with what the challenger matches, or each alone."""
    animals = [_animal(replay, name) for name in change.crops]
    if len(animals) == 2:
        a, b = animals
        evidence = compare_pair(replay.challenger, a, b)
        if evidence is not None:
            picture = pair_picture(a, b, evidence, synthetic=_synthetic(animals))
            alt = f"{a.sighting_id} beside {b.sighting_id}"
            matched = f"{len(evidence.matches)} verified matches"
            return [plate(picture, f"{alt}, {matched}", most_bytes)]
    return [
        plate(annotation_picture(a), f"the animal of {a.sighting_id}", most_bytes // 2)
        for a in animals
    ]


def _animal(replay: Replay, annotation_id: str) -> PreparedAnnotation:
    """A stored annotation with the challenger's features, opened."""
    sighting_id = annotation_id.rsplit("/", 1)[0]
    stored = replay.catalogue.load_prepared(
        sighting_id, open_stored, method=replay.challenger.local.method
    )
    return next(animal for animal in stored if animal.id == annotation_id)


def _synthetic(animals: list[PreparedAnnotation]) -> bool:
    return any("synthetic" in animal.annotation.flags for animal in animals)


def _beside(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = environment_of(("reid.consequences", "."), ("reid", "evidence"))
    return environment.get_template("consequences.html")
