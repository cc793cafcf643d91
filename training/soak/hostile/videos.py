"""Video files that end early, lie, or are something else (PyAV writes the good one)."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from training.soak.hostile.files import zip_of
from training.soak.hostile.pictures import Hostile, plain

STEP = 64


@cache
def plain_video(frames: int = 6, size_wh: tuple[int, int] = (64, 48)) -> bytes:
    """A good MP4 of a few kB. Raises ImportError without PyAV."""
    av: Any = importlib.import_module("av")
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=2)
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        for number in range(frames):
            pixels = np.full((*size_wh[::-1], 3), 40 * number % 255, np.uint8)
            pixels[10 : 20 + number, 5:30] = 200
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def videos() -> Iterator[Hostile]:
    """Made videos; cut and flipped ones come from ``truncated`` and ``flipped``."""
    good = plain_video()
    yield Hostile("good.mp4", good, True)
    yield Hostile("nothing.mp4", b"", False)
    yield Hostile("zeros.mp4", bytes(5000), False)
    yield Hostile("a picture.mp4", plain(), False)
    yield Hostile("an archive.avi", zip_of(10_000), False)
    yield Hostile("a playlist.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", False)
    yield Hostile("a list of files.mkv", b"ffconcat version 1.0\nfile '/etc/passwd'\n", False)
    yield Hostile("only a name.mp4", b"\0\0\0\x18ftypisom" + bytes(12), False)
    yield Hostile("box of billions.mp4", b"\xff\xff\xff\xffftyp" + bytes(64), False)
    yield Hostile("box of nothing.mp4", b"\0\0\0\0ftyp" + bytes(64), False)
    yield Hostile("a text in avi.avi", b"RIFF\xff\xff\xff\xffAVI LIST" + b"A" * 500, False)
    yield Hostile("matroska of nothing.mkv", b"\x1aE\xdf\xa3" + b"\xff" * 200, False)
