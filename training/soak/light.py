"""Stages that stand in for the networks, so that processes start and measure in no time.

Everything else is the real thing: decoding, local features, matching, verification, calibration,
storing, jobs, indexes. What these networks see of an animal is the colours of its box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.config import PipelineConfig
from reid.detect.contract import full_mask
from reid.embed import EmbedderOutput
from reid.fuse import parse_calibration
from reid.pipeline.engine import Engine
from reid.pipeline.methods import load_method
from reid.types import Annotation, AnnotationOrigin, Box, Image
from reid.weights import Bundle, fingerprint, load_bundle, read_calibration

FINGERPRINT = "50a650a650a650a6"
GRID = 4
MARGIN = 0.1
FLAT = 1e-3


@dataclass(frozen=True, slots=True)
class Middle:
    """A localiser: there is one animal, in the middle of the picture."""

    name: str = "middle"
    fingerprint: str = "middle"
    license: str = "Apache-2.0"

    def locate(self, image: Image) -> list[Annotation]:
        """One annotation."""
        width, height = image.size_wh
        if min(width, height) < 32:
            return []
        x, y = round(MARGIN * width), round(MARGIN * height)
        box = Box(float(x), float(y), float(width - 2 * x), float(height - 2 * y))
        mask = full_mask(box, image.size_wh)
        return [Annotation(image.sha256, box, AnnotationOrigin.LOCALISER, 0.9, mask, ())]


@dataclass(frozen=True, slots=True)
class Colours:
    """An embedder: the colours of a coarse grid, in an order that ``fingerprint`` tells."""

    fingerprint: str = FINGERPRINT
    dim: int = 3 * GRID * GRID

    def crop(self, image: Image, annotation: Annotation) -> NDArray[np.uint8]:
        """The box."""
        x0, y0, x1, y1 = annotation.box.window(image.size_wh)
        return image.pixels[y0:y1, x0:x1]

    def embed(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) unit rows."""
        return self.forward(crops).vectors

    def forward(
        self,
        crops: Sequence[NDArray[np.uint8]],
        *,
        feature_map: bool = True,  # noqa: ARG002 - the contract's
    ) -> EmbedderOutput:
        """Vectors alone: there is no classifier."""
        rows = [cv2.resize(c, (GRID, GRID), interpolation=cv2.INTER_AREA) for c in crops]
        flat = np.array(rows, np.float32).reshape(len(rows), self.dim)
        flat = np.roll(flat, int(self.fingerprint[:4], 16) % self.dim, axis=1)
        flat -= flat.mean(axis=1, keepdims=True)
        flat[:, 0] += FLAT  # a picture of one colour has a direction, too
        vectors = flat / np.linalg.norm(flat, axis=1, keepdims=True)
        return EmbedderOutput(np.asarray(vectors, np.float32))


def light_engine(
    config: PipelineConfig | None = None, *, bundle: Bundle | None = None, **_choices: Any
) -> Engine:
    """An engine without networks, with the default bundle's calibration; ``bundle`` has its own
    fingerprint, and so its own vectors.
    """
    config = config or PipelineConfig()
    method, embedder = load_method(config.local), light_embedder(bundle)
    content = read_calibration(load_bundle(config.bundle))
    cv2.setNumThreads(1)
    return Engine(
        config=config,
        localiser=Middle(),
        second_look=Middle(),
        embedder=embedder,
        screener=embedder,
        local=method.local,
        matcher=method.matcher,
        verifier=method.verifier,
        flank_head=None,
        calibration=parse_calibration(content) if content else None,
        calibration_sha256="light",
        bundle=bundle,
    )


def light_embedder(bundle: Bundle | None = None) -> Colours:
    """What stands in for a bundle's network."""
    return Colours() if bundle is None else Colours(fingerprint=fingerprint(bundle))
