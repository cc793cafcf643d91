"""A decoded picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from reid.types.camera import CameraNote, StripReading
from reid.types.checks import require


class Light(StrEnum):
    """How the picture was lit, as far as its colours tell."""

    COLOUR = "colour"
    INFRARED = "infrared"  # or greyscale for any other reason: no colour to compare


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A picture, upright, and what its file says of itself.

    ``pixels`` is (height, width, 3) uint8 RGB with the EXIF orientation already applied; (0, 0)
    is the centre of the top-left pixel. ``sha256`` is of the file's bytes. ``captured_at`` is the
    camera's clock, without a time zone unless the file gives one. ``flags`` are short codes of
    what was odd (``"truncated"``, ``"16-bit"``, ``"gps-unset"`` ...). ``note`` is the camera's own,
    ``strip`` what was read in the strip that it burnt in. ``clock_at`` is what the clock wrote
    where a recorded correction changed ``captured_at``.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    sha256: str
    file_name: str
    format: str
    light: Light
    captured_at: datetime | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    camera_serial: str | None = None
    flags: tuple[str, ...] = ()
    note: CameraNote | None = None
    strip: StripReading | None = None
    clock_at: datetime | None = None

    def __post_init__(self) -> None:
        require(
            self.pixels.ndim == 3 and self.pixels.shape[2] == 3 and self.pixels.dtype == np.uint8,
            f"pixels: expected (height, width, 3) uint8, found {self.pixels.shape} "
            f"{self.pixels.dtype}",
        )
        require(len(self.sha256) == 64, f"sha256: expected 64 hex digits, found {self.sha256!r}")

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]
