"""The frames of a video in which the animal is sharp and visible.

Two passes over the file, so that memory does not grow with its length. The first looks at small
grey copies, a few a second: what differs from the median of all of them moves, and a frame is
worth as much as what moves in it is large and sharp. The second opens the best ones whole, and
``look``, where given, says how surely an animal is seen.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil

from reid.errors import ImageDamagedError
from reid.image.guard import guarded
from reid.video.probe import VideoHeader, header_of, opened

MOST_FRAMES = 8
LOOKED_AT = 2
"""So many times ``MOST_FRAMES`` are opened whole; ``look`` chooses among them."""
PER_SECOND = 4.0
MOST_SMALL = 240
SMALL_PX = 320
MOVING = 14  # grey levels: above what a codec leaves of a background that stands still
LEAST_SHARE = 0.25
"""Frames worth less than this share of the best one are left out."""
LEAST_APART_S = 0.5
QUALITY = 95

Look = Callable[[NDArray[np.uint8]], float]
Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as a JPEG file: ``at_s`` seconds from the start, ``worth`` against its fellows."""

    at_s: float
    worth: float
    content: bytes = field(repr=False)


def sample_frames(path: Path, *, most: int = MOST_FRAMES, look: Look | None = None) -> list[Frame]:
    """At most ``most`` frames in the order of time; at least one of any video that can be read.

    ``look(pixels)`` gets (height, width, 3) uint8 RGB and returns 0 to 1. Each frame's EXIF time
    is the video's with the seconds added. The same file gives the same bytes again.

    Raises:
        ImageError: not a video, damaged before its first frame, or beyond the limits.
        ConfigError: PyAV is not installed.
    """
    header, times, small = _small_frames(path)
    worth = _worth(small)
    apart = max(LEAST_APART_S, header.seconds / (3 * most))
    wanted = _choose(times, worth, most * (LOOKED_AT if look else 1), apart)
    seen = {}
    for number, pixels in _whole_frames(path, {times[k]: k for k in wanted}):
        visible = look(pixels) if look else 1.0
        seen[number] = (worth[number] * (0.2 + visible), _jpeg(pixels, header, times[number]))
    if not seen:
        raise _no_frame(path)
    best = max(value for value, _ in seen.values())
    kept = [k for k, (value, _) in seen.items() if value >= LEAST_SHARE * best]
    kept = sorted(kept, key=lambda k: -seen[k][0])[:most]
    top = best or 1.0
    return [Frame(times[k], seen[k][0] / top, seen[k][1]) for k in sorted(kept)]


def _small_frames(path: Path) -> tuple[VideoHeader, list[float], list[Grey]]:
    times: list[float] = []
    small: list[Grey] = []
    with opened(path) as (container, stream):
        header = header_of(path, container, stream)
        step = max(1 / PER_SECOND, header.seconds / MOST_SMALL)
        height = max(16, round(SMALL_PX * header.size_wh[1] / header.size_wh[0]))
        due = -math.inf
        for frame in _decoded(container, stream):
            at = _at(frame, len(times), header)
            if at < due or len(times) >= 2 * MOST_SMALL:
                continue
            due = at + step
            times.append(at)
            small.append(frame.to_ndarray(width=SMALL_PX, height=height, format="gray"))
    if not small:
        raise _no_frame(path)
    return header, times, small


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Frames until the end, or until where a cut-off file breaks."""
    frames = container.decode(stream)
    first = True
    while True:
        try:
            yield next(frames)
            first = False
        except StopIteration:
            return
        except Exception as error:
            if first or type(error).__module__.split(".")[0] != "av":
                raise
            return  # what came before the break is worth looking at


def _at(frame: Any, count: int, header: VideoHeader) -> float:
    return float(frame.time) if frame.time is not None else count / header.frame_rate


def _worth(small: Sequence[Grey]) -> list[float]:
    """How large and how sharp what moves is, one number a frame."""
    still = np.median(np.stack(small), axis=0).astype(np.float32)
    return [_worth_of(frame.astype(np.float32), still) for frame in small]


def _worth_of(frame: NDArray[np.float32], still: NDArray[np.float32]) -> float:
    light = float(np.median(frame - still))  # the camera's exposure changed
    moved = cv2.GaussianBlur(np.abs(frame - still - light), (0, 0), 2.0) > MOVING
    detail = np.abs(cv2.Laplacian(frame, cv2.CV_32F))
    share = float(moved.mean())
    if share < 0.002:  # nothing moves, or the animal never does: the sharpest frame may show it
        return 0.02 * float(detail.mean())
    return math.sqrt(min(share, 0.35)) * float(detail[moved].mean())


def _choose(times: Sequence[float], worth: Sequence[float], most: int, apart_s: float) -> list[int]:
    """The best frames that lie apart, best first."""
    chosen: list[int] = []
    for k in sorted(range(len(times)), key=lambda k: (-worth[k], k)):
        if all(abs(times[k] - times[other]) >= apart_s for other in chosen):
            chosen.append(k)
        if len(chosen) == most:
            break
    return chosen


def _whole_frames(path: Path, wanted: dict[float, int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    left, last = dict(wanted), max(wanted)
    with opened(path) as (container, stream):
        header = header_of(path, container, stream)
        for count, frame in enumerate(_decoded(container, stream)):
            at = _at(frame, count, header)
            if at in left:
                yield left.pop(at), frame.to_ndarray(format="rgb24")
            if at >= last:
                return


def _jpeg(pixels: NDArray[np.uint8], header: VideoHeader, at_s: float) -> bytes:
    exif = Pil.Exif()
    if header.camera_make:
        exif[0x010F] = header.camera_make
    if header.camera_model:
        exif[0x0110] = header.camera_model
    if header.captured_at is not None:
        exif.get_ifd(0x8769)[0x9003] = _written(header.captured_at + timedelta(seconds=at_s))
    out = io.BytesIO()
    with guarded("frame", "encoding"):
        Pil.fromarray(pixels).save(out, "JPEG", quality=QUALITY, exif=exif.tobytes())
    return out.getvalue()


def _written(at: datetime) -> str:
    return at.strftime("%Y:%m:%d %H:%M:%S")


def _no_frame(path: Path) -> ImageDamagedError:
    return ImageDamagedError(
        f"{path.name}: expected a video, found no frame that can be decoded; copy it again"
    )
