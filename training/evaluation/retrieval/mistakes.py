"""The worst mistakes as pictures, for eyes on this machine only: photographs are never shipped."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.image import open_image
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.ranks import ranks_of

COUNT, SIDE, LINE = 12, 260, 22
WHITE = (255, 255, 255)


def draw_mistakes(prediction: Prediction, root: Path, folder: Path) -> Path | None:
    """A sheet of the surest wrong proposals: query, proposal, and the best right picture.

    None without a mistake. ``root`` is the dataset's folder.
    """
    ranks = ranks_of(prediction)
    wrong = np.flatnonzero(ranks.known & ~prediction.unknown & ~ranks.right & (ranks.best >= 0))
    if not len(wrong):
        return None
    worst = wrong[np.argsort(-_margin(prediction, wrong, ranks.best[wrong]))][:COUNT]
    lines = [_line(prediction, int(k), int(ranks.best[k]), root) for k in worst]
    folder.mkdir(parents=True, exist_ok=True)
    about = prediction.about
    name = f"{about['dataset']}-{about['protocol']}-{about['system']}"
    path = folder / f"{re.sub(r'[^A-Za-z0-9_.@-]', '_', name)}.png"
    cv2.imwrite(str(path), np.concatenate(lines)[..., ::-1])
    return path


def _margin(
    prediction: Prediction, queries: NDArray[np.int64], best: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far the wrong proposal stands above the best right picture."""
    scores = prediction.ranking[queries].astype(np.float64)
    right = np.where(prediction.same[queries] & ~np.isnan(scores), scores, -np.inf).max(axis=1)
    above = scores[np.arange(len(queries)), best] - right
    return np.where(np.isfinite(above), above, np.nanmax(scores) - np.nanmin(scores))


def _line(prediction: Prediction, query: int, best: int, root: Path) -> NDArray[np.uint8]:
    scores = np.where(prediction.same[query], prediction.ranking[query], -np.inf)
    right = int(np.where(np.isnan(scores), -np.inf, scores).argmax())
    asked, found = prediction.queries, prediction.gallery
    cells = [
        _cell(root, asked.path[query], f"asked: {asked.flank_class[query]}"),
        _cell(root, found.path[best], f"proposed: {found.flank_class[best]}", found.id[best]),
        _cell(root, found.path[right], f"right: {found.flank_class[right]}"),
    ]
    return np.concatenate(cells, axis=1)


def _cell(root: Path, path: str, words: str, image_id: str = "") -> NDArray[np.uint8]:
    pixels = open_image(root / path).pixels
    if image_id.endswith("~mirrored"):
        pixels = pixels[:, ::-1]
    scale = min(SIDE / pixels.shape[1], (SIDE - LINE) / pixels.shape[0])
    small = cv2.resize(np.ascontiguousarray(pixels), None, fx=scale, fy=scale)
    cell = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    cell[LINE : LINE + small.shape[0], : small.shape[1]] = small[: SIDE - LINE, :SIDE]
    where = (4, LINE - 7)
    cv2.putText(cell, words, where, cv2.FONT_HERSHEY_SIMPLEX, 0.42, WHITE, 1, cv2.LINE_AA)
    return cell
