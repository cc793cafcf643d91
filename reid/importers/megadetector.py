"""MegaDetector's batch results, format 1.0 to 1.6, stills and video frames.

Format: lila.science/megadetector-output-format. A file that failed is a failure, never a blank:
blank is only what was looked at and where nothing was found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from reid.errors import ImageError, TableError
from reid.image import probe
from reid.importers.camtrap_rows import inside, prefixed
from reid.importers.contract import Reading
from reid.importers.deployments import read_deployments
from reid.importers.files import Files, parts_of
from reid.survey import Deployment, Media, Observation, Problems, Survey
from reid.survey.moments import read_time
from reid.survey.records import RelativeBox
from reid.survey.survey import Added

TYPES = {"animal": "animal", "person": "human", "vehicle": "vehicle"}
_USUAL = {"1": "animal", "2": "person", "3": "vehicle"}
_OWN = {"file", "detections", "failure", "datetime"}


class MegaDetectorResults:
    """Boxes with their confidences; the first folder of a path is taken for the station."""

    def matches(self, path: Path) -> bool:
        """A JSON file whose beginning or end names what only these results have."""
        if path.suffix.lower() != ".json" or not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(1 << 16)
        return b'"images"' in start and (b'"detections"' in start or b'"failure"' in start)

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`."""
        data = _load(path)
        survey.set_meta("megadetector", {k: v for k, v in data.items() if k != "images"})
        reader = _Reader(path, data, problems, reading)
        if reader.deployments is not None:
            for one in reader.deployments.all:
                survey.add(one)
        for number, image in enumerate(data["images"], start=1):
            reader.image(number, image, survey)
        return path.parent


class _Reader:
    """One file's results; ``row`` in problems is the place in ``images``, from 1."""

    def __init__(
        self, path: Path, data: Mapping[str, Any], problems: Problems, reading: Reading
    ) -> None:
        self.file, self.problems, self.reading = path.name, problems, reading
        self.files = Files(*([reading.files] if reading.files else []), path.parent)
        table = reading.deployments
        self.deployments = read_deployments(table, problems, reading) if table else None
        self.categories = _names(data.get("detection_categories"), _USUAL)
        self.classes = _names(data.get("classification_categories"), {})
        self.described = _names(data.get("classification_category_descriptions"), {})
        info = data.get("info")
        info = info if isinstance(info, dict) else {}
        self.by = str(info.get("detector", "")) or "MegaDetector"
        self.at = self._time(0, "info", info.get("detection_completion_time"))

    def image(self, number: int, image: Any, survey: Survey) -> None:
        """A file with what was found in it."""
        path = image.get("file") if isinstance(image, dict) else None
        parts = parts_of(path) if isinstance(path, str) else None
        if not isinstance(path, str) or parts is None:
            self.problems.add(self.file, number, "file", "expected a path", f"{image!r:.80}")
            return
        name = prefixed(self.reading.prefix, "/".join(parts))
        at = self._time(number, "datetime", image.get("datetime"))
        failure = image.get("failure")
        stored = image.get("detections")
        if at is None and (self.deployments is not None or self._shows_animal(stored)):
            at = self._clock(path)
        deployment = self._deployment(number, parts, at, survey)
        extra = {k: json.dumps(v) for k, v in image.items() if k not in _OWN}
        if failure or not isinstance(stored, list):
            extra["failure"] = str(failure or "no detections stored")
            expected = f"MegaDetector failed on {path}; it is no blank"
            self.problems.add(self.file, number, "failure", expected, extra["failure"])
        media = Media(name, deployment, path, at, extra=extra)
        if survey.add(media) is not Added.NEW:
            expected = "expected each file once; the first counts"
            self.problems.add(self.file, number, "file", expected, path)
        elif "failure" not in extra and isinstance(stored, list):
            for one in self._observations(number, media, stored):
                survey.add(one)

    def _deployment(
        self, number: int, parts: tuple[str, ...], at: datetime | None, survey: Survey
    ) -> str:
        """Its id: of the table's, else a deployment of unknown effort called as the folder."""
        if self.deployments is not None:
            found = self.deployments.of(parts[:-1], at)
            if isinstance(found, Deployment):
                return found.id
            self.problems.add(self.file, number, "file", found, "/".join(parts))
        station = parts[0] if len(parts) > 1 else ""
        name = prefixed(self.reading.prefix, station or "unknown")
        if not survey.has(Deployment, name):
            survey.add(Deployment(name, station))
        return name

    def _shows_animal(self, stored: Any) -> bool:
        """Whether events are cut by its time: others need none."""
        return any(
            isinstance(one, dict)
            and self.categories.get(str(one.get("category"))) == "animal"
            and _is_share(one.get("conf"))
            and one["conf"] >= self.reading.least
            for one in (stored if isinstance(stored, list) else ())
        )

    def _clock(self, path: str) -> datetime | None:
        """The camera's clock in the file, where it lies there: effort and events need it."""
        content = self.files.beginning(path)
        if isinstance(content, str):
            return None
        try:
            return probe(content, file_name=path).capture.captured_at
        except ImageError:
            return None

    def _observations(self, number: int, media: Media, stored: list[Any]) -> Iterator[Observation]:
        for place, detection in enumerate(stored):
            one = self._detection(number, place, media, detection)
            if one is not None:
                yield one
        if not stored:
            yield self._seen(media, "blank", f"{media.id}#0")

    def _detection(
        self, number: int, place: int, media: Media, detection: Any
    ) -> Observation | None:
        if not isinstance(detection, dict):
            self.problems.add(self.file, number, f"detections[{place}]", "expected an object")
            return None
        category = self.categories.get(str(detection.get("category")), "")
        conf, box = detection.get("conf"), _box(detection.get("bbox"))
        where = f"detections[{place}]"
        if not category:
            expected = "expected a category of detection_categories"
            self.problems.add(
                self.file, number, f"{where}.category", expected, str(detection.get("category"))
            )
        if conf is None or not _is_share(conf):
            self.problems.add(
                self.file, number, f"{where}.conf", "expected 0 to 1", f"{conf!r:.40}"
            )
            return None
        if box is None:
            expected = "expected [x, y, width, height] inside the picture, in shares of it"
            found = f"{detection.get('bbox')!r:.80}"
            self.problems.add(self.file, number, f"{where}.bbox", expected, found)
        sure = conf >= self.reading.least
        kind = TYPES.get(category.lower(), "unknown") if sure else "unclassified"
        extra = {k: json.dumps(v) for k, v in detection.items() if k not in ("conf", "bbox")}
        species, tags = self._species(detection.get("classifications"))
        return self._seen(
            media, kind, f"{media.id}#{place + 1}", box, float(conf), species, tags, extra
        )

    def _seen(
        self,
        media: Media,
        kind: str,
        name: str,
        box: RelativeBox | None = None,
        conf: float | None = None,
        species: str = "",
        tags: tuple[str, ...] = (),
        extra: Mapping[str, str] | None = None,
    ) -> Observation:
        return Observation(
            name,
            media.deployment,
            media.id,
            start=media.at,
            end=media.at,
            type=kind,
            species=species if kind == "animal" else "",
            box=box,
            method="machine",
            by=self.by,
            at=self.at,
            probability=conf,
            tags=tags,
            extra=extra or {},
        )

    def _species(self, stored: Any) -> tuple[str, tuple[str, ...]]:
        """The likeliest class: as a species where its description gives genus and species."""
        pairs = [p for p in stored or [] if isinstance(p, list) and len(p) == 2 and _is_share(p[1])]
        if not pairs:
            return "", ()
        key, share = max(pairs, key=lambda pair: pair[1])
        parts = self.described.get(str(key), "").split(";")
        species = f"{parts[4]} {parts[5]}".strip().capitalize() if len(parts) > 6 else ""
        named = self.classes.get(str(key), str(key)).replace("|", "/")
        return species, (f"classification:{named}={share:g}",)

    def _time(self, number: int, column: str, written: Any) -> datetime | None:
        if not written:
            return None
        try:
            return read_time(str(written), day_first=self.reading.day_first)
        except ValueError as error:
            self.problems.add(self.file, number, column, str(error), str(written))
            return None


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise TableError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path.name}: expected MegaDetector's JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("images"), list):
        raise TableError(f"{path.name}: expected an object with a list images")
    info = data.get("info")
    version = str(info.get("format_version", "1.0")) if isinstance(info, dict) else "1.0"
    if version.split(".")[0] != "1":
        raise TableError(f"{path.name}: expected format version 1.0 to 1.6, found {version!r}")
    return data


def _names(stored: Any, usual: dict[str, str]) -> dict[str, str]:
    return {str(k): str(v) for k, v in stored.items()} if isinstance(stored, dict) else usual


def _is_share(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 1


def _box(stored: Any) -> RelativeBox | None:
    if not isinstance(stored, list) or len(stored) != 4:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in stored):
        return None
    return inside(*map(float, stored))
