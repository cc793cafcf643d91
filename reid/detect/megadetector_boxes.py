"""Boxes that MegaDetector drew: look-up by file, and in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from reid.errors import TableError
from reid.types import Annotation, AnnotationOrigin, Box
from reid.types.checks import require

DEFAULT_CONFIDENCE = 0.2  # typical_detection_threshold of MegaDetector v5's own metadata
ANIMAL = "animal"
ROUNDING = 1e-3  # rounding of relative coordinates that may stick out of the picture
_NO_SIZE = 1e-6  # relative width or height below which there is no box


@dataclass(frozen=True, slots=True)
class Detection:
    """One box: ``category`` by name, ``bbox`` (x, y, width, height) in [0, 1] of the picture."""

    category: str
    confidence: float
    bbox: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MegaDetectorBoxes:
    """All results of one file, by the path that MegaDetector was given (``/`` between folders).

    ``failures`` holds files that MegaDetector could not read, with its words: they are no blanks.
    """

    detections: Mapping[str, tuple[Detection, ...]] = field(repr=False)
    failures: Mapping[str, str] = field(default_factory=dict)

    def find(self, file_name: str) -> str | None:
        """The entry whose path ends in ``file_name`` or in which ``file_name`` ends, or None.

        Whole path parts are compared; an entry equal to ``file_name`` wins.

        Raises:
            TableError: if several entries fit; the message names them.
        """
        wanted = path_parts(file_name)
        entries = [*self.detections, *self.failures]
        exact = [e for e in entries if path_parts(e) == wanted]
        fitting = exact or [e for e in entries if _is_suffix(wanted, path_parts(e))]
        require(
            len(fitting) <= 1,
            f"{file_name}: expected one entry in the box file, found {len(fitting)}: "
            f"{', '.join(fitting[:5])}; name it with more of its folders",
            TableError,
        )
        return fitting[0] if fitting else None

    def boxes_for(
        self,
        file_name: str,
        *,
        media_sha256: str,
        size_wh: tuple[int, int],
        min_confidence: float = DEFAULT_CONFIDENCE,
    ) -> tuple[Annotation, ...]:
        """Animals of at least ``min_confidence`` in one picture, surest first, in pixels.

        ``size_wh`` is of the upright picture. Empty means that MegaDetector looked and saw no
        animal; people and vehicles are left out.

        Raises:
            TableError: if the file is not listed, is ambiguous, or MegaDetector failed on it.
        """
        entry = self.find(file_name)
        if entry is None:
            raise TableError(
                f"{file_name}: expected an entry in the box file, found none among "
                f"{len(self.detections) + len(self.failures)}; run MegaDetector on it too"
            )
        if entry in self.failures:
            raise TableError(
                f"{file_name}: MegaDetector failed on it ({self.failures[entry]}), which is not "
                "the same as a blank; run it again or draw a box"
            )
        animals = [d for d in self.detections[entry] if d.category == ANIMAL]
        sure = [d for d in animals if d.confidence >= min_confidence and min(d.bbox[2:]) > _NO_SIZE]
        return tuple(
            _annotation(d, media_sha256, size_wh) for d in sorted(sure, key=lambda d: -d.confidence)
        )


def _annotation(found: Detection, media_sha256: str, size_wh: tuple[int, int]) -> Annotation:
    width, height = size_wh
    left, top = max(0.0, found.bbox[0]), max(0.0, found.bbox[1])
    right = min(1.0, found.bbox[0] + found.bbox[2])
    bottom = min(1.0, found.bbox[1] + found.bbox[3])
    box = Box(left * width, top * height, (right - left) * width, (bottom - top) * height)
    at_edge = left <= ROUNDING or top <= ROUNDING or right >= 1 - ROUNDING or bottom >= 1 - ROUNDING
    flags = ("touches-edge",) if at_edge else ()
    return Annotation(
        media_sha256, box, AnnotationOrigin.MEGADETECTOR, found.confidence, flags=flags
    )


def path_parts(path: str) -> tuple[str, ...]:
    """Folders and name, whichever slash the path was written with."""
    return tuple(p for p in PurePosixPath(path.replace("\\", "/")).parts if p not in ("/", "."))


def _is_suffix(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    short, long = sorted((a, b), key=len)
    return bool(short) and long[-len(short) :] == short
