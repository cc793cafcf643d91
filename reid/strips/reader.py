"""Reading strips with RapidOCR (Apache-2.0; its models are in its wheel, nothing is fetched)."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.errors import ConfigError
from reid.strips.parse import Line, reading_of
from reid.types import Image, StripReading

TOP, BOTTOM = 0.10, 0.12
"""Shares of the height in which cameras burn strips in."""

LONGEST_PX = 1280
"""A band is read at this width: more costs seconds, and strips are printed large."""

NEEDED = "reading strips needs the extra 'ocr': pip install 'leopard-reid[ocr]'"


class StripReader:
    """Reads strips; ``day_first`` is how dates such as 04/12/2015 are meant, None: as EXIF tells.

    Raises:
        ConfigError: the extra is not installed.
    """

    def __init__(self, *, day_first: bool | None = None, threads: int = 1) -> None:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise ConfigError(NEEDED) from error
        self.day_first = day_first
        self._turn = threading.Lock()  # its sessions keep state between their steps
        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "error",
                "Det.limit_type": "max",
                "Det.limit_side_len": LONGEST_PX,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            }
        )

    def read(self, image: Image) -> StripReading | None:
        """What the strips at top and bottom say; None where there is none that can be read."""
        height = image.size_wh[1]
        bands = image.pixels[: round(TOP * height)], image.pixels[height - round(BOTTOM * height) :]
        lines = [line for band in bands if band.size for line in self._lines(band)]
        return reading_of(lines, near=image.captured_at, day_first=self.day_first)

    def _lines(self, band: NDArray[np.uint8]) -> list[Line]:
        with self._turn:
            found = self._engine(np.ascontiguousarray(band[:, :, ::-1]), use_cls=False)
        texts, scores = found.txts or (), found.scores or ()
        return [Line(str(t), float(s)) for t, s in zip(texts, scores, strict=True)]
