"""The metadata table of the wildlife-datasets library, of the animals that were boxed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from reid.exporters.clock_notes import joined, time_note
from reid.exporters.contract import Writing, Written
from reid.exporters.tables import write_rows
from reid.importers.plan import wanted
from reid.survey import Media, Observation, Survey
from reid.survey.records import RelativeBox

COLUMNS = (
    *("image_id", "identity", "path", "bbox", "date", "orientation", "species"),
    *("segmentation", "encounter", "bbox_relative", "date_note"),
    "license",
)


class WildlifeTable:
    """``metadata.csv``: one row an animal in a file; "unknown" where nobody said who."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        lost = {"boxes": 0}
        rows = list_rows(survey, writing, lost)
        file = write_rows(target / "metadata.csv", COLUMNS, rows)
        notes = [
            f"{lost['boxes']} boxes are in bbox_relative (shares of the picture) alone: the size "
            "of their pictures in pixels is not known"
        ]
        return Written((file,), tuple(notes) if lost["boxes"] else ())


def list_rows(survey: Survey, writing: Writing, lost: dict[str, int]) -> Iterator[dict[str, str]]:
    """The rows; counts boxes that could not be said in pixels."""
    events = {one.event: time_note(one) for one in survey.observations() if time_note(one)}
    for one in survey.observations():
        media = survey.medium(one.media) if one.media else None
        if media is None or not wanted(one, writing.species):
            continue
        box = pixels(one, media)
        lost["boxes"] += one.box is not None and box is None
        at = media.at or one.start
        yield {
            "image_id": one.id,
            "identity": one.individual or "unknown",
            "path": media.path,
            "bbox": json.dumps(list(box)) if box else "",
            "date": at.isoformat() if at else "",
            "orientation": orientation(one),
            "species": one.species,
            "segmentation": one.extra.get("segmentation", ""),
            "encounter": one.event,
            "bbox_relative": json.dumps(list(one.box)) if one.box else "",
            "date_note": joined(time_note(one), events.get(one.event, "")),
            "license": media.licence,
        }


def pixels(one: Observation, media: Media) -> RelativeBox | None:
    """Left, top, width, height in pixels, where the picture's size is known."""
    if one.box_px or not one.box or not media.size_wh:
        return one.box_px
    width, height = media.size_wh
    x, y, w, h = one.box
    return x * width, y * height, w * width, h * height


def orientation(one: Observation) -> str:
    """The flank; what a source called otherwise stays."""
    return one.flank or one.extra.get("unread:orientation", "")
