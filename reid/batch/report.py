"""The report of a batch: one page for eyes, and the same in Markdown."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image as Pil

from reid.batch.siblings import Siblings
from reid.errors import ReidError
from reid.evidence.crop import crop_animal
from reid.types.words import percent

if TYPE_CHECKING:
    from reid.batch.outputs import Found
    from reid.pipeline import Library

MOST_THUMBS = 160
THUMBS_PER_GROUP = 8
MOST_GROUPS = 300
MOST_ROWS = 400
THUMB_PX = 110


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture of a sighting's best animal."""

    sighting: str
    src: str


def report_files(
    found: Found, rows: list[dict[str, Any]], summary: dict[str, Any], library: Library
) -> tuple[str, str]:
    """The report as HTML and as Markdown; what is left out of a long one is said."""
    groups = sorted(found.groups(), key=lambda g: -len(g["members"]))
    several = [g for g in groups if len(g["members"]) > 1 or g["individual"]]
    shown = several[:MOST_GROUPS]
    bad = list(_bad(found))
    told = {
        "job": found.job,
        "source": found.source,
        "summary": summary,
        "clocks": [item.data for item in found.items("clocks")],
        "groups": shown,
        "left_out": len(several) - len(shown),
        "alone": [g for g in groups if g not in several][:MOST_ROWS],
        "rows": {row["sighting"]: row for row in rows},
        "errors": [row for row in rows if row["answer"] == "error"][:MOST_ROWS],
        "apart": [row for row in rows if row["note"]][:MOST_ROWS],
        "disputed": [row for row in rows if ";" in row["times"]][:MOST_ROWS],
        "bad": bad[:MOST_ROWS],
        "bad_count": len(bad),
        "percent": percent,
    }
    thumbs = _thumbs(shown, library)
    html = _templates().get_template("report.html").render(**told, thumbs=thumbs)
    return html, _templates().get_template("report.md").render(**told)


def _bad(found: Found) -> list[dict[str, Any]]:
    from reid.batch.outputs import media_rows

    return [row for row in media_rows(found) if row["state"] == "bad"]


def _thumbs(groups: list[dict[str, Any]], library: Library) -> dict[str, Thumb]:
    """Pictures for the first groups; one that cannot be opened is left out."""
    siblings = Siblings(library.engine, library.catalogue, {})
    thumbs: dict[str, Thumb] = {}
    for group in groups:
        for name in group["members"][:THUMBS_PER_GROUP]:
            if len(thumbs) >= MOST_THUMBS:
                return thumbs
            try:
                thumbs[name] = Thumb(name, _drawn(siblings, name))
            except (ReidError, ValueError):
                continue
    return thumbs


def _drawn(siblings: Siblings, sighting_id: str) -> str:
    mine = siblings.find(sighting_id)
    best = max(mine.animals, key=lambda a: a.view.quality.usable)
    only = type(mine)(mine.id, mine.station, (best,), ())
    (animal,) = siblings.opened(only).annotations
    out = io.BytesIO()
    Pil.fromarray(crop_animal(animal, THUMB_PX).pixels).save(out, "JPEG", quality=78)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("reid.batch", "."),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
