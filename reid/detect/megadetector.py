"""Boxes that MegaDetector drew, from its batch JSON.

Format: the "MegaDetector output format", versions 1.0 to 1.6 (lila.science/megadetector-output-
format): ``images[].file``, ``.detections[]`` with ``category``, ``conf`` and ``bbox``
[x, y, width, height] relative to the picture; ``.failure`` where a file could not be read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reid.detect.megadetector_boxes import (
    ANIMAL,
    DEFAULT_CONFIDENCE,
    ROUNDING,
    Detection,
    MegaDetectorBoxes,
    path_parts,
)
from reid.errors import TableError
from reid.types.checks import require

__all__ = ["DEFAULT_CONFIDENCE", "Detection", "MegaDetectorBoxes", "read_megadetector"]

_VIDEO_FIELDS = {"frame_rate", "frames_processed"}


def read_megadetector(path: Path) -> MegaDetectorBoxes:
    """Read MegaDetector's batch results (format 1.0 to 1.6).

    Raises:
        TableError: if the file cannot be read, is of another format, or holds video frames or
            an impossible box; the message names the entry.
    """
    data = _load(path)
    categories = data.get("detection_categories", {"1": ANIMAL, "2": "person", "3": "vehicle"})
    require(
        isinstance(categories, dict),
        f"{path.name}: detection_categories: expected names by number, found {categories!r}",
        TableError,
    )
    detections: dict[str, tuple[Detection, ...]] = {}
    failures: dict[str, str] = {}
    for number, image in enumerate(data["images"]):
        file, where = _file_of(image, f"{path.name}: images[{number}]")
        require(
            file not in detections and file not in failures,
            f"{where}: expected each file once, found it twice; merge the results again",
            TableError,
        )
        if _failed(image):
            failures[file] = str(image.get("failure") or "no detections stored")
        else:
            detections[file] = _detections(image["detections"], categories, where)
    return MegaDetectorBoxes(detections, failures)


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise TableError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise TableError(
            f"{path.name}: expected MegaDetector's JSON, found no valid JSON: {error}"
        ) from error
    known = isinstance(data, dict) and isinstance(data.get("images"), list)
    require(
        known,
        f"{path.name}: expected MegaDetector batch results (an object with a list images), found "
        f"{_looks_like(data)}; use run_detector_batch of the megadetector package",
        TableError,
    )
    _check_version(data, path.name)
    return dict(data)


def _check_version(data: dict[str, Any], name: str) -> None:
    info = data.get("info")
    version = str(info.get("format_version", "1.0")) if isinstance(info, dict) else "1.0"
    require(
        version.split(".")[0] == "1",
        f"{name}: expected format version 1.0 to 1.6, found {version!r}; convert it to 1.x",
        TableError,
    )


def _looks_like(data: object) -> str:
    if isinstance(data, dict):
        return f"an object with {', '.join(sorted(map(str, data))[:6]) or 'nothing'}"
    return "a bare list" if isinstance(data, list) else type(data).__name__


def _file_of(image: object, where: str) -> tuple[str, str]:
    file = image.get("file") if isinstance(image, dict) else None
    if not isinstance(image, dict) or not isinstance(file, str) or not path_parts(file):
        raise TableError(f"{where}: expected an object with the path in file, found {image!r:.80}")
    require(
        not _VIDEO_FIELDS & image.keys(),
        f"{where} ({file}): expected a still picture, found a video; extract frames and run "
        "MegaDetector on them",
        TableError,
    )
    return "/".join(path_parts(file)), f"{where} ({file})"


def _failed(image: dict[str, Any]) -> bool:
    """``failure`` says so; older versions store no list of detections instead."""
    return bool(image.get("failure")) or image.get("detections") is None


def _detections(stored: object, categories: Mapping[str, Any], where: str) -> tuple[Detection, ...]:
    if not isinstance(stored, list):
        raise TableError(f"{where}: expected a list of detections, found {stored!r:.80}")
    return tuple(
        _detection(d, categories, f"{where} detections[{i}]") for i, d in enumerate(stored)
    )


def _detection(stored: object, categories: Mapping[str, Any], where: str) -> Detection:
    if not isinstance(stored, dict):
        raise TableError(f"{where}: expected an object, found {stored!r:.80}")
    require(
        "frame_number" not in stored,
        f"{where}: expected a still picture, found a video frame (frame_number "
        f"{stored.get('frame_number')}); extract frames and run MegaDetector on them",
        TableError,
    )
    category = str(categories.get(str(stored.get("category")), ""))
    require(
        bool(category),
        f"{where}: category {stored.get('category')!r} is not in detection_categories "
        f"({', '.join(f'{k} {v}' for k, v in categories.items())})",
        TableError,
    )
    return Detection(category.lower(), _confidence(stored, where), _bbox(stored, where))


def _confidence(stored: Mapping[str, Any], where: str) -> float:
    value = stored.get("conf")
    if not _is_number(value) or not 0 <= float(value) <= 1:  # type: ignore[arg-type]
        raise TableError(f"{where}: conf: expected 0 to 1, found {value!r}")
    return float(value)  # type: ignore[arg-type]


def _bbox(stored: Mapping[str, Any], where: str) -> tuple[float, float, float, float]:
    box = stored.get("bbox")
    if isinstance(box, list) and len(box) == 4 and all(_is_number(v) for v in box):
        x, y, width, height = map(float, box)
        inside = min(x, y) >= -ROUNDING and max(x + width, y + height) <= 1 + ROUNDING
        if inside and width >= 0 and height >= 0:
            return x, y, width, height
    raise TableError(
        f"{where}: bbox: expected [x, y, width, height] relative to the picture and inside "
        f"it, found {box!r:.80}"
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
