"""COCO Camera Traps (lila.science/coco-camera-traps), as its datasets write it: JSON, streamed.

Beside the format's own fields, those of re-identification sets in COCO are read: ``name`` or
``individual_id``, and ``viewpoint`` of an annotation.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from reid.errors import TableError
from reid.importers.camtrap_rows import inside, prefixed
from reid.importers.contract import Reading
from reid.importers.documents import Document, ends
from reid.importers.files import parts_of
from reid.importers.licences import licence_of
from reid.importers.vocabulary import flank_of, individual_of, seen_as
from reid.survey import Deployment, Media, Observation, Problems, Survey
from reid.survey.moments import read_time
from reid.survey.records import RelativeBox
from reid.survey.survey import Added

SEQUENCE_LEVEL = "sequenceLevelAnnotation"
"""The tag of what was said of a whole sequence: its animal may be in another frame."""
_IMAGE = {"id", "file_name", "width", "height", "datetime", "location", "seq_id"}
_SEEN = {
    *("id", "image_id", "category_id", "bbox", "bbox_relative", "count"),
    *("sequence_level_annotation", "name", "individual_id", "viewpoint"),
}


class CocoCameraTraps:
    """Images by location and sequence, annotations with categories; ``empty`` is a blank."""

    def matches(self, path: Path) -> bool:
        """A JSON file that begins or ends as only this does."""
        if path.suffix.lower() != ".json" or not path.is_file():
            return False
        told = ends(path)
        return b'"detections"' not in told and (
            b'"file_name"' in told or b'"category_id"' in told or b'"image_id"' in told
        )

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`."""
        document = Document(path)
        survey.set_meta("coco-camera-traps", document.value("info") or {})
        reader = _Reader(path.name, survey, problems, reading)
        for number, one in enumerate(document.items("categories"), start=1):
            reader.category(number, one)
        for one in document.items("licenses"):
            reader.license(one)
        images = 0
        for images, one in enumerate(document.items("images"), start=1):
            reader.image(images, one)
        if not images:
            raise TableError(f"{path.name}: expected an object with a list images")
        for number, one in enumerate(document.items("annotations"), start=1):
            reader.annotation(number, one)
        return path.parent


@dataclass(slots=True)
class _Reader:
    """``row`` in problems is the place in the list that the column names, from 1."""

    file: str
    survey: Survey
    problems: Problems
    reading: Reading
    categories: dict[str, str] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)

    def category(self, number: int, one: Any) -> None:
        """A class, by its number."""
        if not isinstance(one, dict) or not isinstance(one.get("name"), str) or "id" not in one:
            self._note(number, "categories", "expected an id and a name", one)
        else:
            self.categories.setdefault(str(one["id"]), one["name"])

    def license(self, one: Any) -> None:
        """A licence, by its number."""
        number = _id(one.get("id")) if isinstance(one, dict) else ""
        self.licences.setdefault(number, licence_of(one, self.file, self.problems))

    def image(self, number: int, one: Any) -> None:
        """A file, and the location that stands for its camera."""
        path = one.get("file_name") if isinstance(one, dict) else None
        name = _id(one.get("id")) if isinstance(one, dict) else ""
        if not isinstance(path, str) or not path or not name:
            self._note(number, "images", "expected an id and a file_name", one)
            return
        if "://" not in path and parts_of(path) is None:
            self._note(number, "images.file_name", "expected a path that stays below", path)
        location = _id(one.get("location"))
        deployment = prefixed(self.reading.prefix, location)
        if deployment:
            self.survey.add(Deployment(deployment, location))
        if one.get("corrupt") is True:
            self._note(number, "images.corrupt", "said to be a broken file", path)
        record = Media(
            prefixed(self.reading.prefix, name),
            deployment,
            path,
            self._time(number, one.get("datetime")),
            size_wh=_size(one),
            extra=_extra(one, _IMAGE) | _sequence(one),
            licence=self.licences.get(_id(one.get("license")), ""),
        )
        if self.survey.add(record) is not Added.NEW:
            self._note(number, "images.id", "expected each id once; the first counts", name)

    def annotation(self, number: int, one: Any) -> None:
        """What was seen in a file, or said of its whole sequence."""
        media = self._media(one)
        if media is None:
            self._note(number, "annotations.image_id", "expected an id of the list images", one)
            return
        record = self._seen(number, one, media)
        if self.survey.add(record) is not Added.NEW:
            expected = "expected each id once; the first counts"
            self._note(number, "annotations.id", expected, one.get("id"))

    def _media(self, one: Any) -> Media | None:
        name = _id(one.get("image_id")) if isinstance(one, dict) else ""
        return self.survey.medium(prefixed(self.reading.prefix, name)) if name else None

    def _seen(self, number: int, one: Mapping[str, Any], media: Media) -> Observation:
        named = self.categories.get(_id(one.get("category_id")))
        if named is None:
            expected = "expected an id of the list categories"
            self._note(number, "annotations.category_id", expected, one.get("category_id"))
        kind, species = seen_as(named or "unknown")
        box, box_px = self._box(number, one, media)
        prefix = self.reading.prefix
        event = prefixed(prefix, media.extra.get("seq_id", ""))
        flank, told = flank_of(str(one.get("viewpoint") or ""))
        whole = one.get("sequence_level_annotation") is True
        extra = _extra(one, _SEEN) | ({"viewpoint": told} if told else {})
        return Observation(
            prefixed(prefix, _id(one.get("id")) or f"{media.id}#{number}"),
            media.deployment,
            media.id,
            event,
            media.at,
            media.at,
            type=kind,
            species=species,
            count=self._count(number, one.get("count")),
            individual=prefixed(
                prefix, individual_of(_id(one.get("name")) or _id(one.get("individual_id")))
            ),
            flank=flank,
            box=box,
            box_px=box_px,
            tags=(SEQUENCE_LEVEL,) if whole else (),
            extra=extra,
        )

    def _box(
        self, number: int, one: Mapping[str, Any], media: Media
    ) -> tuple[RelativeBox | None, RelativeBox | None]:
        """In shares of the picture where its size is told, else in pixels."""
        for column in ("bbox_relative", "bbox"):
            stored = one.get(column)
            if stored is None:
                continue
            values = _four(stored)
            if values is None:
                self._note(
                    number, f"annotations.{column}", "expected [x, y, width, height]", stored
                )
                return None, None
            if column == "bbox" and media.size_wh is None:
                return None, self._pixels(number, values)
            width, height = media.size_wh or (1, 1)
            scale = (1, 1) if column == "bbox_relative" else (width, height)
            x, y, w, h = values
            found = inside(x / scale[0], y / scale[1], w / scale[0], h / scale[1])
            if found is None:
                place = "shares from 0 to 1" if scale == (1, 1) else f"of {width} x {height} pixels"
                expected = f"expected a box inside the picture, {place}"
                self._note(number, f"annotations.{column}", expected, stored)
            return found, None
        return None, None

    def _pixels(self, number: int, values: RelativeBox) -> RelativeBox | None:
        x, y, width, height = values
        if min(width, height) > 0 and min(x + width, y + height) > 0:
            return values
        self._note(number, "annotations.bbox", "expected a box in the picture, with a size", values)
        return None

    def _count(self, number: int, stored: Any) -> int | None:
        if stored is None or stored == "":
            return None
        try:
            count = int(stored)
        except (TypeError, ValueError, OverflowError):
            count = 0
        if count < 1:
            self._note(number, "annotations.count", "expected a number from 1", stored)
        return count if count >= 1 else None

    def _time(self, number: int, stored: Any) -> datetime | None:
        if stored in (None, ""):
            return None
        try:
            at = read_time(str(stored), day_first=self.reading.day_first)
        except ValueError as error:
            self._note(number, "images.datetime", str(error), stored)
            return None
        if at.tzinfo is None:
            told = "no time zone; taken as local time"
            self.problems.add(self.file, number, "images.datetime", told)
        return at

    def _note(self, number: int, column: str, expected: str, found: Any) -> None:
        told = found if isinstance(found, str) else f"{found!r:.80}"
        self.problems.add(self.file, number, column, expected, told)


def _id(value: Any) -> str:
    """Ids and locations are text or numbers; nothing else, and no NaN."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() else str(value)) if value == value else ""
    return str(value).strip()


def _size(one: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = one.get("width"), one.get("height")
    if isinstance(width, int) and isinstance(height, int) and min(width, height) > 0:
        return width, height
    return None


def _sequence(one: Mapping[str, Any]) -> dict[str, str]:
    name = _id(one.get("seq_id"))
    return {"seq_id": name} if name else {}


def _extra(one: Mapping[str, Any], own: set[str]) -> dict[str, str]:
    left = {k: v for k, v in one.items() if k not in own and v not in (None, "")}
    return {str(k): v if isinstance(v, str) else json.dumps(v) for k, v in left.items()}


def _four(stored: Any) -> RelativeBox | None:
    if not isinstance(stored, list) or len(stored) != 4:
        return None
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in stored):
        return None
    x, y, width, height = map(float, stored)
    return (x, y, width, height) if math.isfinite(x + y + width + height) else None
