"""The report of a batch: one page for eyes, and the same in Markdown."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image as Pil

from reid.batch.proposals import SHOWN_MEMBERS
from reid.batch.siblings import Siblings
from reid.errors import ReidError
from reid.evidence.crop import crop_animal
from reid.types.words import percent

if TYPE_CHECKING:
    from reid.batch.found import Found
    from reid.batch.proposals import Proposals
    from reid.batch.tally import Tally
    from reid.pipeline import Library

MOST_THUMBS = 160
THUMB_PX = 110


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture of a sighting's best animal."""

    sighting: str
    src: str


def report_files(
    found: Found, proposals: Proposals, tally: Tally, summary: dict[str, Any], library: Library
) -> tuple[str, str]:
    """The report as HTML and as Markdown; what is left out of a long one is said."""
    told = {
        "job": found.job,
        "source": found.source,
        "summary": summary,
        "notes": [item.name for item in found.items("notes")],
        "clocks": [item.data for item in found.items("clocks")],
        "groups": proposals.shown,
        "left_out": proposals.told - len(proposals.shown),
        "alone": proposals.alone,
        "rows": tally.rows,
        "errors": tally.errors,
        "apart": tally.apart,
        "disputed": tally.disputed,
        "bad": tally.bad,
        "percent": percent,
    }
    thumbs = _thumbs(proposals.shown, library)
    html = _templates().get_template("report.html").render(**told, thumbs=thumbs)
    return html, _templates().get_template("report.md").render(**told)


def _thumbs(groups: list[dict[str, Any]], library: Library) -> dict[str, Thumb]:
    """Pictures for the first groups; one that cannot be opened is left out."""
    siblings = Siblings(library.engine, library.catalogue, {})
    thumbs: dict[str, Thumb] = {}
    for group in groups:
        for name in group["members"][:SHOWN_MEMBERS]:
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
