"""Synthetic animals with room around them, and which pixels are the animal; kept on disk.

A scene is one PNG file: colours, and the animal as its opacity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.errors import NotFoundError
from training.synthetic.crops import Framing, framed, render_crop
from training.synthetic.survey import Frame, Survey, frames_of, texels_for

ROOM = 0.45
"""Of the animal's longer side, all around: what a window may move in."""
PICTURES = 2  # of one animal: coats and places vary more than poses then
SIZE_PX = 240  # usual length of an animal: the head sees it at about this size
CUT_CHANCE = 0.12
CUT = (0.05, 0.35)  # share of the animal beyond the frame, when it is cut


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """``pixels`` (h, w, 3) uint8 RGB; ``mask`` (h, w) bool, true where the animal is seen."""

    pixels: NDArray[np.uint8] = field(repr=False)
    mask: NDArray[np.bool_] = field(repr=False)


def scenes_of(seed: int, animal: int) -> Iterator[Scene | None]:
    """Scenes of one animal of a seed; None where nothing of it is seen.

    No two seeds share an animal or a place.
    """
    survey = Survey(seed, PICTURES, size_px=SIZE_PX, texels_per_m=texels_for(SIZE_PX))
    for frame in frames_of(survey, animal):
        made = render_crop(framed(frame.spec, with_room(frame)), frame.rng)
        yield Scene(made.pixels, made.mask) if made.box is not None else None


def with_room(frame: Frame) -> Framing:
    """The frame's animal with ``ROOM`` around it, now and then cut by one side of the picture."""
    wide, high = framed(frame.spec, Framing((0.0, 0.0, 0.0, 0.0))).picture_wh
    across, down = (ROOM * max(wide, high) / side for side in (wide, high))
    edges = [across, down, across, down]
    rng = np.random.default_rng([frame.spec.individual, frame.number, 7])
    if rng.random() < CUT_CHANCE:
        edges[int(rng.choice(4, p=(0.35, 0.1, 0.35, 0.2)))] = -float(rng.uniform(*CUT))
    left, top, right, bottom = edges
    return Framing((left, top, right, bottom))


def make_scenes(folder: Path, seed: int, animals: int, *, workers: int = 1) -> list[Path]:
    """Files of the first ``animals`` of a seed; animals that are complete are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    todo = [(folder, seed, i) for i in range(animals) if not _done(folder, seed, i).is_file()]
    if workers == 1 or len(todo) < workers:
        for one in todo:
            _make(one)
    else:
        with get_context("spawn").Pool(workers, cv2.setNumThreads, (1,)) as pool:
            pool.map(_make, todo, chunksize=4)
    return [p for i in range(animals) for p in sorted(folder.glob(f"{seed}-{i:05d}-?.png"))]


def _done(folder: Path, seed: int, animal: int) -> Path:
    return folder / f"{seed}-{animal:05d}.done"


def _make(one: tuple[Path, int, int]) -> None:
    folder, seed, animal = one
    for number, scene in enumerate(scenes_of(seed, animal)):
        if scene is not None:
            write_scene(folder / f"{seed}-{animal:05d}-{number}.png", scene)
    _done(folder, seed, animal).touch()


def write_scene(path: Path, scene: Scene) -> None:
    """Written beside, then renamed."""
    alpha = np.where(scene.mask, 255, 0).astype(np.uint8)
    content = np.dstack([scene.pixels[..., ::-1], alpha])
    made = path.with_name(f"part-{path.name}")
    cv2.imwrite(str(made), content)
    made.replace(path)


def read_scene(path: Path) -> Scene:
    """What `write_scene` wrote.

    Raises:
        NotFoundError: there is no such scene.
    """
    content = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if content is None or content.ndim != 3 or content.shape[2] != 4:
        raise NotFoundError(f"{path.name}: expected a scene with the animal as opacity, found none")
    return Scene(np.ascontiguousarray(content[..., 2::-1], np.uint8), content[..., 3] > 0)
