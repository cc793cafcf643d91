"""Frames of one moment of one video are one picture."""

import cv2
import numpy as np

from training.evaluation.frames import Row
from training.evaluation.tigers import apart


def test_one_picture_of_each_group_of_near_copies(tmp_path):
    rng = np.random.default_rng(0)
    scenes = [cv2.GaussianBlur(rng.integers(0, 255, (180, 330, 3), np.uint8), (0, 0), 9)] * 2
    scenes = [cv2.normalize(s, None, 0, 255, cv2.NORM_MINMAX) for s in scenes]
    other = cv2.GaussianBlur(rng.integers(0, 255, (180, 330, 3), np.uint8), (0, 0), 9)
    scenes.append(cv2.normalize(other, None, 0, 255, cv2.NORM_MINMAX))
    scenes[1] = np.roll(scenes[1], 4, axis=1)
    rows = []
    for k, pixels in enumerate(scenes):
        path = tmp_path / f"{k}.png"
        cv2.imwrite(str(path), pixels)
        rows.append(Row(str(k), "one", path, ""))
    seen = [{row.image_id for row in apart(rows, np.random.default_rng(s))} for s in range(8)]
    assert all(len(ids) == 2 and "2" in ids for ids in seen)
    assert {"0", "2"} in seen  # which of the copies is drawn is chance
    assert {"1", "2"} in seen
