"""The real identification on random libraries of made-up coats: stopping changes no verdict."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from reid.catalogue import Catalogue
from reid.image import open_image
from reid.pipeline import Library
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Embedding,
    Flank,
    FlankEstimate,
    LocalFeatures,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)

pytestmark = pytest.mark.slow
SIDE, POINTS = 320, 220


def coat(animal, flank, rng, method, moved):
    """Points and descriptors of one flank of one animal, as another picture shows them."""
    own = np.random.default_rng([animal, flank is Flank.LEFT])
    xy = own.random((POINTS, 2)) * (SIDE, SIDE / 2)
    rows = own.random((POINTS, 128)) ** 4
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.abs(rows + rng.normal(size=rows.shape) * moved / 128**0.5)
    seen = rng.random(POINTS) < 0.8
    bend = 1 + 0.05 * rng.normal(size=2)
    n = int(seen.sum())
    return LocalFeatures(
        xy_px=(xy[seen] * bend + rng.normal(size=(n, 2))).astype(np.float32),
        scale_px=(4 + 8 * own.random(POINTS)[seen]).astype(np.float32),
        angle_rad=(6 * own.random(POINTS)[seen]).astype(np.float32),
        descriptors=(rows / np.linalg.norm(rows, axis=1, keepdims=True))[seen].astype(np.float32),
        weight=np.ones(n, np.float32),
        method=method,
    )


def picture(rng):
    return cv2.imencode(".png", rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))[1].tobytes()


def sighting(name, animal, flanks, rng, engine, moved):
    """Media and what would have been measured on them."""
    media = tuple(SightingMedia(f"{name}-{k}.png", picture(rng)) for k in range(len(flanks)))
    direction = np.random.default_rng([animal, 3]).normal(size=engine.embedder.dim)
    animals = []
    for k, flank in enumerate(flanks):
        image = open_image(media[k].content, file_name=media[k].file_name)
        vector = direction + 1.2 * rng.normal(size=len(direction))
        features = coat(animal, flank, rng, engine.local.method, moved)
        mirrored = coat(10_000 + animal, flank, rng, engine.local.method, moved)
        animals.append(
            PreparedAnnotation(
                id=f"{name}/{k}",
                sighting_id=name,
                image=image,
                annotation=Annotation(image.sha256, Box(0, 0, 64, 48), AnnotationOrigin.USER),
                view=View(FlankEstimate.known(flank), Quality(0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 300)),
                embedding=Embedding(
                    (vector / np.linalg.norm(vector)).astype(np.float32),
                    engine.embedder.fingerprint,
                ),
                features=features,
                mirrored=mirrored,
            )
        )
    return Sighting(name, media), animals


def some_flanks(rng):
    return [(Flank.LEFT,), (Flank.RIGHT,), (Flank.LEFT, Flank.RIGHT)][int(rng.integers(3))]


def filled(catalogue, engine, seed):
    """A random library, and what is asked: (sighting, the animal in it or None)."""
    rng = np.random.default_rng([seed, 9])
    count = int(rng.integers(6, 13))
    for animal in range(count):
        for n in range(int(rng.integers(1, 4))):
            name = f"known-{animal}-{n}"
            stored = sighting(name, animal, some_flanks(rng), rng, engine, 0.2)
            catalogue.save_sighting(*stored)
            catalogue.enrol(name, f"animal-{animal}", by="test")
    asked = []
    for n in range(3):
        animal = int(rng.integers(count)) if n < 2 else 500
        moved = float(rng.choice([0.1, 0.3, 0.8]))
        flanks = (Flank.LEFT, Flank.RIGHT) if n != 1 else some_flanks(rng)
        catalogue.save_sighting(*sighting(f"asked-{n}", animal, flanks, rng, engine, moved))
        asked.append((f"asked-{n}", f"animal-{animal}" if animal < count else None))
    return asked


def test_stopping_early_changes_no_verdict_and_saves_work(engine, tmp_path):
    verified = {0: 0, engine.config.patience: 0}
    kinds = set()
    for seed in range(2):
        with Catalogue.open(tmp_path / f"{seed}") as catalogue:
            asked = filled(catalogue, engine, seed)
        answers = {}
        for patience in verified:
            chosen = replace(engine, config=replace(engine.config, patience=patience))
            with Library.open(chosen, tmp_path / f"{seed}") as library:
                for name, _ in asked:
                    found = answers[name, patience] = library.identify(name)
                    verified[patience] += found.verified
                    assert found.verified <= found.proposed
        for name, animal in asked:
            whole, early = (answers[name, patience] for patience in verified)
            assert whole.verified == whole.proposed
            assert (early.kind, early.individual) == (whole.kind, whole.individual)
            assert early.individual in (None, animal)
            kinds.add(early.kind)
            if early.kind == "individual":
                assert early.probability <= whole.probability + 1e-9
    assert {"individual"} < kinds
    assert verified[engine.config.patience] < verified[0]
