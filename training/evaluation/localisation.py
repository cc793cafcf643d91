"""How well each localiser finds the animals that were labelled by hand.

``python -m training.evaluation.localisation --data DIR`` prints markdown.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import torch

from reid.detect import LOCALISERS, Localiser, load_localiser
from reid.detect.boxes import corners, iou
from reid.errors import ReidError
from reid.image import open_image
from reid.types import Annotation, Image, Light
from training.evaluation.box_labels import CATS, FrameLabels, read_labels

GROUPS = ("leopards, flash night", "leopards, day", "cats, infrared", "cats, day", "other animals")
DAY_FRAMES = ("leopard_03.jpg", "leopard_12.jpg", "leopard_20.jpg")  # seen when labelling
COPIES = ("_bw.", "_cmyk.", "_truncated", "_with_exif")  # of one frame: counted once


@dataclass(frozen=True, slots=True)
class FrameResult:
    """One frame: best IoU of every labelled animal, boxes on nothing, time."""

    group: str
    best_iou: tuple[float, ...]
    false_boxes: int
    blank: bool
    seconds: float


def localisation_report(data_dir: Path, names: Iterable[str] = tuple(LOCALISERS)) -> str:
    """Markdown: one row for each localiser, with date, commit and threads.

    ``data_dir`` holds the folders ``leopard``, ``camera-traps`` and ``ugly``.

    Raises:
        NotFoundError: the labels or every labelled picture are missing.
    """
    frames = [(labels, _open(data_dir / labels.path)) for labels in _judged(data_dir)]
    columns = [*(f"{g}: mean IoU (share >= 0.5)" for g in GROUPS), "false boxes on blanks"]
    head = "| localiser | " + " | ".join([*columns, "false boxes elsewhere", "ms"]) + " |"
    rows = [_row(load_localiser(name), frames) for name in names]
    return "\n".join([_heading(len(frames)), "", head, "|---" * (len(columns) + 3) + "|", *rows])


def judge(localiser: Localiser, labels: FrameLabels, image: Image) -> FrameResult:
    """One frame; boxes that overlap no label at all (IoU < 0.1) are false."""
    start = time.perf_counter()
    found = localiser.locate(image)
    seconds = time.perf_counter() - start
    truth = np.array([corners(b) for b in labels.boxes]).reshape(-1, 1, 4)
    overlaps = iou(truth, _rectangles(found))
    best = tuple(float(v) for v in overlaps.max(1, initial=0.0)) if labels.counted else ()
    on_nothing = int((overlaps.max(0, initial=0.0) < 0.1).sum()) if not labels.unclear else 0
    return FrameResult(_group(labels, image), best, on_nothing, labels.blank, seconds)


def _rectangles(found: list[Annotation]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([corners(a.box) for a in found]).reshape(1, -1, 4)


def _row(localiser: Localiser, frames: list[tuple[FrameLabels, Image]]) -> str:
    results = [judge(localiser, labels, image) for labels, image in frames]
    cells = [_cell(r for r in results if r.group == g) for g in GROUPS]
    blank = sum(r.false_boxes for r in results if r.blank)
    elsewhere = sum(r.false_boxes for r in results if not r.blank)
    median = 1000 * float(np.median([r.seconds for r in results]))
    return (
        f"| `{localiser.name}` | "
        + " | ".join([*cells, str(blank), str(elsewhere), f"{median:.0f}"])
        + " |"
    )


def _cell(results: Iterable[FrameResult]) -> str:
    values = np.array([v for r in results for v in r.best_iou])
    if not len(values):
        return "-"
    return f"{values.mean():.2f} ({(values >= 0.5).mean():.2f}; n = {len(values)})"


def _judged(data_dir: Path) -> Iterator[FrameLabels]:
    for labels in read_labels(data_dir):
        if not any(mark in labels.path for mark in COPIES):
            yield labels


def _open(path: Path) -> Image:
    try:
        return open_image(path, allow_truncated=True)
    except ReidError as error:
        raise type(error)(f"{path}: labelled, but it cannot be opened: {error}") from error


def _group(labels: FrameLabels, image: Image) -> str:
    if labels.dataset == "leopard":
        return GROUPS[1] if labels.path.endswith(DAY_FRAMES) else GROUPS[0]
    if labels.species in CATS:
        return GROUPS[2] if image.light is Light.INFRARED else GROUPS[3]
    return GROUPS[4]


def _heading(count: int) -> str:
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    commit = done.stdout.strip() or "unknown commit"
    threads = f"{torch.get_num_threads()} torch, {cv2.getNumThreads()} OpenCV threads"
    return f"{datetime.now(UTC):%Y-%m-%d}, {commit}, {count} frames, {threads}, CPU."


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the photographs")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=list(LOCALISERS))
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    print(localisation_report(given.data, given.only))


if __name__ == "__main__":
    main()
