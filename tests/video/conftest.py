"""Small videos made here: an animal-like patch that crosses a still scene."""

import cv2
import numpy as np
import pytest

av = pytest.importorskip("av", reason="PyAV is not installed: pip install 'leopard-reid[video]'")

WIDTH, HEIGHT, RATE = 320, 180, 10


def scene(rng):
    grey = cv2.GaussianBlur(rng.integers(60, 160, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 3)
    return np.repeat(grey[..., None], 3, axis=2)


def frames(seconds, *, come=1.0, go=4.0, blurred=(), still=False):
    """The patch is there from ``come`` to ``go``, and out of focus within ``blurred``."""
    rng = np.random.default_rng(5)
    background = scene(rng)
    coat = rng.integers(0, 255, (60, 90)).astype(np.float32)
    coat = np.repeat(cv2.GaussianBlur(coat, (0, 0), 1.0)[..., None], 3, axis=2)
    for n in range(round(seconds * RATE)):
        at, picture = n / RATE, background.copy()
        if come <= at < go and not still:
            x = round((WIDTH - 90) * (at - come) / (go - come))
            patch = coat
            if blurred and blurred[0] <= at < blurred[1]:
                patch = cv2.GaussianBlur(coat, (0, 0), 6.0)
            picture[60:120, x : x + 90] = patch
        yield picture.clip(0, 255).astype(np.uint8)


@pytest.fixture
def video(tmp_path):
    """Write a video; returns its path."""

    def write(name="clip.mp4", *, seconds=5.0, created="2018-12-07T16:27:00Z", **what):
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            if created:
                container.metadata["creation_time"] = created
            stream = container.add_stream("mpeg4", rate=RATE)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.bit_rate = 4_000_000
            for picture in frames(seconds, **what):
                for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
        return path

    return write
