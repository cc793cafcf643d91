"""A tiny world: coats of random spots, each flank its own, on 56-pixel pictures."""

import csv
import json

import cv2
import numpy as np
import pytest

from training.learn.recipe import Recipe

TINY = {
    "network": {
        "architecture": "test_efficientnet",
        "input_px": 48,
        "dim": 16,
        "train_from": "",
        "keep_norm": False,
    },
    "losses": {"arcface": 1.0, "arcface_scale": 8.0},
    "batches": {"classes": 6, "pictures": 2},
    "schedule": {"steps": 6, "epochs": 2, "head_rate": 5e-3, "backbone_rate": 5e-3},
    "held_out": {"share": 0.34, "pictures": 40},
}


def coat(individual, flank):
    rng = np.random.default_rng([individual, flank])
    picture = np.full((44, 56, 3), (190, 150, 90), np.uint8)
    for _ in range(9):
        centre = int(rng.integers(8, 48)), int(rng.integers(8, 36))
        cv2.circle(picture, centre, int(rng.integers(2, 5)), (30, 25, 20), -1)
    return picture


def write_world(folder, *, individuals=6, pictures=3, licence="Apache-2.0", use="any"):
    """A table, its pictures and masks; rows of individual k are 2 flanks x pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((44, 56), np.uint8)
    cv2.ellipse(mask, (28, 22), (24, 17), 0, 0, 360, 255, -1)
    cv2.imwrite(str(folder / "mask.png"), mask)
    rows = []
    for k in range(individuals):
        for flank, side in enumerate(("left", "right")):
            for n in range(pictures):
                noise = np.random.default_rng([k, flank, n]).integers(0, 25, (44, 56, 3))
                name = f"{k}-{side}-{n}"
                picture = np.clip(coat(k, flank) + noise, 0, 255).astype(np.uint8)
                cv2.imwrite(str(folder / f"{name}.png"), picture)
                rows.append((name, f"a{k}", f"{name}.png", side, f"s{k}-{n}", "mask.png"))
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image_id", "identity", "path", "orientation", "sighting", "mask_path"])
        writer.writerows(rows)
    (folder / "dataset.json").write_text(json.dumps({"licence": licence, "use": use}))
    return folder / "metadata.csv"


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def recipe():
    return Recipe.model_validate({"name": "tiny"} | TINY)


class Silent:
    """Is told, says nothing, remembers."""

    def __init__(self):
        self.steps, self.epochs = [], []

    def outlines(self, done, of):
        pass

    def step(self, step, of, loss):
        self.steps.append((step, loss))

    def epoch(self, line):
        self.epochs.append(line)


@pytest.fixture
def silent():
    return Silent()
