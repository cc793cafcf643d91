"""How much one picture file may cost."""

from __future__ import annotations

from dataclasses import dataclass

from reid.errors import ConfigError
from reid.types.checks import require


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """The largest file that is opened.

    ``max_bytes`` is the size of the file, ``max_pixels`` width x height as the header states
    them, compared before anything is decoded. Both positive, else ``ConfigError``.
    """

    max_bytes: int = 60_000_000
    max_pixels: int = 120_000_000

    def __post_init__(self) -> None:
        require(
            self.max_bytes > 0 and self.max_pixels > 0,
            f"image limits: expected positive numbers, found {self}",
            ConfigError,
        )


DEFAULT_LIMITS = ImageLimits()
