"""A small dataset of drawn coats: every animal has its own spots, every picture its own light."""

import csv

import cv2
import numpy as np
import pytest

from training.data import read_dataset
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.running import make_task

SIZE_WH = (220, 150)
ANIMALS, SIGHTINGS = 4, 3


def coat(rng):
    """(150, 220) float: dark irregular spots on a light ground."""
    width, height = SIZE_WH
    noise = cv2.GaussianBlur(rng.normal(size=(height, width)), (0, 0), 6.0)
    return 200 - 150 * (noise > 0.6 * noise.std()).astype(np.float64)


def photograph(pattern, rng):
    """The coat on an ellipse, moved a little, in another light, before another background."""
    width, height = SIZE_WH
    turn = cv2.getRotationMatrix2D((110, 75), rng.uniform(-4, 4), rng.uniform(0.95, 1.05))
    moved = cv2.warpAffine(pattern, turn, SIZE_WH, borderMode=cv2.BORDER_REFLECT)
    moved = moved * rng.uniform(0.7, 1.0) + rng.normal(0, 1, moved.shape)
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (110, 75), (95, 60), 0, 0, 360, 255, -1)
    behind = cv2.GaussianBlur(rng.normal(120, 120, moved.shape), (0, 0), 3)
    grey = np.where(mask > 0, moved, behind)
    return np.clip(grey, 0, 255).astype(np.uint8), mask


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """The dataset; its folder is ``drawn.root``."""
    root, rng = tmp_path_factory.mktemp("coats"), np.random.default_rng(8)
    head = ["image_id", "identity", "path", "mask_path", "orientation", "sighting", "light"]
    with (root / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(head)
        for animal in range(ANIMALS):
            pattern = coat(rng)
            for sighting in range(SIGHTINGS):
                name = f"{animal}-{sighting}"
                grey, mask = photograph(pattern, rng)
                cv2.imwrite(str(root / f"{name}.png"), cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
                cv2.imwrite(str(root / f"{name}-mask.png"), mask)
                words = [f"{name}.png", f"{name}-mask.png", "left", name, "colour"]
                lines.writerow([name, f"animal-{animal}", *words])
    return read_dataset(root)


@pytest.fixture(scope="session")
def task(drawn, tmp_path_factory):
    """The drawn animals measured, each to be found among all others."""
    return make_task(drawn, load_protocol("leave-one-out"), cache=tmp_path_factory.mktemp("cache"))
