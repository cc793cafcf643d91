"""Boxes from YOLOX-tiny trained on camera-trap frames; masks are the boxes."""

from __future__ import annotations

import io
import pickle
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from reid.detect.boxes import Floats, Pixels, as_box, keep_best, letterbox
from reid.detect.contract import MASK_IS_BOX, finish, full_mask
from reid.detect.pinned import YOLOX_TINY
from reid.detect.yolox import folded
from reid.detect.yolox_head import YoloxTiny
from reid.errors import WeightsAlteredError
from reid.types import Annotation, AnnotationOrigin, Image

SIDE_PX = 416  # 320 loses far animals, 640 cuts near ones in two and costs twice as much
SECOND_SIDE_PX = 320  # a second look where the first is in doubt: soft or odd colours
DOUBT = 0.3  # best score below which the second look is worth 70 ms
MIN_SCORE = 0.25  # hand-labelled frames: see the localisation table in docs/results.md
MAX_IOU = 0.45  # of the published post-processing
MAX_COVERED = 0.7  # a tail or the gap between legs, found apart inside the whole


def load_yolox(root: Path | None = None) -> YoloxTiny:
    """The network with the pinned weights, in inference mode, its batch norms folded away.

    Raises:
        WeightsMissingError, WeightsAlteredError: see ``PinnedFile.read``.
    """
    content = YOLOX_TINY.read(root)
    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)["model"]
    except (pickle.UnpicklingError, RuntimeError, KeyError) as error:
        raise WeightsAlteredError(f"{YOLOX_TINY.path}: not a safe checkpoint: {error}") from error
    model = YoloxTiny()
    model.load_state_dict(state, strict=True)
    return folded(model.eval())


class YoloxBoxes:
    """The detector without annotations around it: pixels in, rectangles and scores out."""

    def __init__(
        self, root: Path | None = None, *, side_px: int = SIDE_PX, min_score: float = MIN_SCORE
    ) -> None:
        self._root, self._side_px, self._min_score = root, side_px, min_score

    @cached_property
    def _model(self) -> YoloxTiny:
        return load_yolox(self._root)

    @property
    def settings(self) -> str:
        """For fingerprints."""
        parts = (
            YOLOX_TINY.sha256[:12],
            self._side_px,
            SECOND_SIDE_PX,
            self._min_score,
            MAX_IOU,
            MAX_COVERED,
        )
        return "yolox-tiny:" + ":".join(map(str, parts))

    def __call__(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """(n, 4) left, top, right, bottom in pixels and (n,) scores, best first.

        ``pixels`` (h, w, 3) RGB. The network takes RGB: BGR, as published for COCO, finds fewer
        of the labelled cats.
        """
        rows = self._look(pixels, self._side_px)
        if rows[:, 4].max(initial=0.0) < DOUBT:
            rows = np.concatenate((rows, self._look(pixels, SECOND_SIDE_PX)))
        rows = rows[rows[:, 4] >= self._min_score]
        ltrb, score = rows[:, :4], np.clip(rows[:, 4], 0.0, 1.0)
        kept = keep_best(ltrb, score, max_iou=MAX_IOU, max_covered=MAX_COVERED)
        return ltrb[kept], score[kept]

    @torch.inference_mode()
    def _look(self, pixels: Pixels, side_px: int) -> Floats:
        canvas, scale = letterbox(pixels, side_px)
        x = torch.from_numpy(canvas)[None].permute(0, 3, 1, 2).float()  # stays channels-last
        rows = self._model(x)[0].numpy().astype(np.float64)
        height, width = pixels.shape[:2]
        rows[:, :4] = np.clip(rows[:, :4] / scale, 0.0, [width, height, width, height])
        wide = (rows[:, 2:4] - rows[:, :2]).min(1, initial=np.inf) >= 1.0
        found: Floats = rows[wide & (rows[:, 4] > 0.01)]
        return found


class YoloxLocaliser:
    """``Localiser`` of boxes alone: every mask is its whole box (flag ``mask-is-box``)."""

    name = "yolox-tiny"
    license = YOLOX_TINY.license

    def __init__(self, root: Path | None = None, *, min_score: float = MIN_SCORE) -> None:
        self._boxes = YoloxBoxes(root, min_score=min_score)

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""
        return self._boxes.settings

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations, surest first; see ``Localiser``."""
        ltrb, score = self._boxes(image.pixels)
        found = [_annotation(image, b, s) for b, s in zip(ltrb, score, strict=True)]
        return finish(found, image.size_wh)


def _annotation(image: Image, ltrb: Floats, score: float) -> Annotation:
    box = as_box(ltrb)
    mask = full_mask(box, image.size_wh)
    origin = AnnotationOrigin.LOCALISER
    return Annotation(image.sha256, box, origin, float(score), mask, (MASK_IS_BOX,))
