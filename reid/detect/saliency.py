"""How much each pixel belongs to what the picture is of: a ViT-S/14 trained for saliency."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.detect.boxes import Floats, Pixels
from reid.detect.pinned import FOCUS
from reid.errors import WeightsAlteredError
from reid.weights import weights_root

Heat = NDArray[np.float32]
SIDE_PX = 224  # the network's only input size
MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet, as its authors normalise
STD = np.array([0.229, 0.224, 0.225], np.float32)
INPUT = "input_image"  # the file's own name for it


def even_light(pixels: Pixels) -> Pixels:
    """Contrast stretched between the 1st and 99th percentile, gamma towards a mean of 0.42.

    Night, fog and burnt-out frames then look alike to a network that was trained by day.
    """
    values = pixels.astype(np.float32)
    low, high = np.percentile(values, (1, 99))
    values = np.clip((values - low) / max(float(high - low), 1.0), 0.0, 1.0)
    gamma = np.log(0.42) / np.log(np.clip(values.mean(), 0.02, 0.98))
    out: Pixels = (values ** np.clip(gamma, 0.45, 1.6) * 255).astype(np.uint8)
    return out


_LOADED: dict[Path, Any] = {}
_LOCK = threading.Lock()


class Saliency:
    """The network, run by onnxruntime; safe to share between threads.

    Read at the first picture, once a process: localisers of one weights root share it. It uses
    as many threads as OpenCV was told to when it is read.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @property
    def _network(self) -> Any:
        key = (self._root or weights_root()).resolve()
        with _LOCK:  # two threads must not read it twice
            if key not in _LOADED:
                _LOADED[key] = _session(FOCUS.read(self._root))
            return _LOADED[key]

    def __call__(self, pixels: Pixels) -> Heat:
        """(h, w) in [0, 1] for (h, w, 3) RGB, which is stretched to 224 x 224 on the way."""
        how = cv2.INTER_AREA if min(pixels.shape[:2]) > SIDE_PX else cv2.INTER_LINEAR
        small: Pixels = cv2.resize(pixels, (SIDE_PX, SIDE_PX), interpolation=how).astype(np.uint8)
        x = (even_light(small).astype(np.float32) / 255 - MEAN) / STD
        (raw,) = self._network.run(None, {INPUT: x.transpose(2, 0, 1)[None]})
        heat = np.clip(raw[0, 0], 0.0, 1.0)
        size = pixels.shape[1], pixels.shape[0]
        out: Heat = cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        return out

    def inside(self, pixels: Pixels, ltrb: Floats) -> tuple[Heat, tuple[int, int]]:
        """The map of a window alone, and the window's (left, top) in the picture."""
        x0, y0 = np.floor(ltrb[:2]).astype(int)
        x1, y1 = np.ceil(ltrb[2:4]).astype(int)
        return self(pixels[y0:y1, x0:x1]), (int(x0), int(y0))


def _session(content: bytes) -> Any:
    import onnxruntime  # here, so that the catalogue's commands do not wait for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cv2.getNumThreads()
    # Threads that wait sleep: spinning ones starve whatever else the machine does.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions share no public base class
        raise WeightsAlteredError(
            f"{FOCUS.path}: onnxruntime {onnxruntime.__version__} cannot read it, though its hash "
            f"is the pinned one: install another version of onnxruntime ({error})"
        ) from error
