"""What a video file says of itself; the one place that opens one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reid.errors import (
    ConfigError,
    ImageDamagedError,
    ImageError,
    ImageFormatError,
    ImageLimitError,
)

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".mpg", ".mpeg"})
MAX_BYTES = 4_000_000_000
MAX_SECONDS = 900.0
MAX_PIXELS = 40_000_000
_STREAMING = {"protocol_whitelist": "file"}  # a file may not make us read others


@dataclass(frozen=True, slots=True)
class VideoHeader:
    """``captured_at`` is the recording's start by the camera's clock, without a zone, or None.

    Containers say that this time is UTC; camera traps write their local time into it.
    """

    size_wh: tuple[int, int]
    seconds: float
    frame_rate: float
    captured_at: datetime | None = None
    camera_make: str | None = None
    camera_model: str | None = None


def is_video(path: Path) -> bool:
    """Whether the name says that this is a video."""
    return path.suffix.lower() in VIDEO_SUFFIXES


def probe_video(path: Path) -> VideoHeader:
    """Size, length and time of a video, without decoding it.

    Raises:
        ImageError: no such file, not a video, damaged, or larger or longer than allowed.
        ConfigError: PyAV is not installed.
    """
    with opened(path) as (container, stream):
        return header_of(path, container, stream)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The container and its first video stream; what PyAV raises inside is ours outside."""
    av = _pyav()
    _check_file(path)
    try:
        with av.open(str(path), options=_STREAMING, metadata_errors="replace") as container:
            if not container.streams.video:
                raise ImageFormatError(f"{path.name}: expected a video, found no moving pictures")
            stream = container.streams.video[0]
            if stream.codec_context is None:  # PyAV's way to say that nothing can decode it
                raise ImageDamagedError(
                    f"{path.name}: expected a video, found one that no decoder knows or that ends "
                    "in its header; copy the file again from its card"
                )
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = 2
            yield container, stream
    except av.FFmpegError as error:
        raise ImageDamagedError(
            f"{path.name}: the video cannot be read ({error.strerror or error}); copy the file "
            "again from its card"
        ) from error


def header_of(path: Path, container: Any, stream: Any) -> VideoHeader:
    """What an opened video says of itself, checked against the limits."""
    size = int(stream.codec_context.width), int(stream.codec_context.height)
    if min(size) < 16:
        raise ImageDamagedError(f"{path.name}: expected a video, found frames of {size} pixels")
    if size[0] * size[1] > MAX_PIXELS:
        raise ImageLimitError(
            f"{path.name}: expected at most {MAX_PIXELS / 1e6:g} million pixels a frame, found "
            f"{size[0]} x {size[1]}"
        )
    seconds = _seconds(container, stream)
    if seconds > MAX_SECONDS:
        raise ImageLimitError(
            f"{path.name}: expected at most {MAX_SECONDS / 60:g} minutes, found "
            f"{seconds / 60:.0f}; cut it"
        )
    told = {key.lower(): value for key, value in {**container.metadata, **stream.metadata}.items()}
    return VideoHeader(
        size,
        seconds,
        float(stream.average_rate or 25),
        _time(told.get("creation_time", "")),
        told.get("make") or told.get("com.apple.quicktime.make"),
        told.get("model") or told.get("com.apple.quicktime.model"),
    )


def _pyav() -> Any:
    try:
        return importlib.import_module("av")
    except ImportError as error:
        raise ConfigError(
            "reading videos needs PyAV, which is not installed: pip install 'leopard-reid[video]'"
        ) from error


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise ImageError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    if not size:
        raise ImageDamagedError(f"{path.name}: expected a video, found 0 bytes; copy it again")
    if size > MAX_BYTES:
        raise ImageLimitError(f"{path.name}: expected at most {MAX_BYTES:,} bytes, found {size:,}")
    if not _looks_like_video(head):
        raise ImageFormatError(
            f"{path.name}: expected a video (MP4, MOV, AVI, MKV or MPEG), found something else"
        )


def _looks_like_video(head: bytes) -> bool:
    """By the first bytes, so that no playlist or script in a video's clothes is opened."""
    boxes = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
    return (
        head[4:8] in boxes
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[:4] in (b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")
    )


def _seconds(container: Any, stream: Any) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return float(container.duration or 0) / 1_000_000


def _time(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written.replace("Z", "+00:00")).replace(tzinfo=None)
    except ValueError:
        return None
    reset = at.year < 1990 or (at.year, at.month, at.day) in ((2000, 1, 1), (1970, 1, 1))
    future = at > datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=14)
    return None if reset or future else at
