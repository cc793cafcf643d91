"""The real stages, loaded once, and small synthetic pictures, rendered and measured once."""

import io

import numpy as np
import pytest
from PIL import Image as Pil
from PIL import ImageOps

from reid.pipeline import Engine, prepare
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Embedding,
    Flank,
    FlankEstimate,
    Image,
    Light,
    LocalFeatures,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)
from training.synthetic import RenderSpec, encode_jpeg, render


@pytest.fixture(scope="session")
def engine():
    return Engine.load(threads=2)


@pytest.fixture(scope="session")
def picture():
    """``picture(individual, flank, station, **changes)``: JPEG bytes, each rendered once."""
    made = {}

    def make(individual, flank=Flank.LEFT, station=1, **changes):
        base = {"size_px": 560.0, "picture_wh": (1000, 700), "noise": 0.05, "picture": station}
        spec = RenderSpec(individual=individual, flank=flank, station=station, **base | changes)
        if spec not in made:
            made[spec] = encode_jpeg(render(spec))
        return made[spec]

    return make


@pytest.fixture(scope="session")
def changed():
    """``changed(content, how)``: a picture opened, changed and encoded again."""

    def make(content, how=lambda image: image, quality=70):
        out = io.BytesIO()
        how(Pil.open(io.BytesIO(content)).convert("RGB")).save(out, "JPEG", quality=quality)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def mirrored(changed):
    return lambda content: changed(content, ImageOps.mirror, 90)


@pytest.fixture(scope="session")
def sighting():
    """``sighting(id, *contents, flank=..., boxes=())``: synthetic media, named so."""

    def make(name, *contents, flank=Flank.LEFT, boxes=()):
        media = (
            SightingMedia(f"SYNTHETIC-{name}-{k}.jpg", c, flank=flank, boxes=boxes)
            for k, c in enumerate(contents)
        )
        return Sighting(name, tuple(media))

    return make


@pytest.fixture(scope="session")
def seen(engine, sighting):
    """``seen(id, *contents, flank=...)``: a prepared sighting, each measured once."""
    made = {}

    def make(name, *contents, flank=Flank.LEFT):
        key = (name, contents, flank)
        if key not in made:
            made[key] = prepare(engine, sighting(name, *contents, flank=flank))
        return made[key]

    return make


@pytest.fixture(scope="session")
def animal():
    """``animal(id, ...)``: a prepared annotation made by hand, without a picture worth seeing."""
    none = LocalFeatures(
        xy_px=np.zeros((0, 2), np.float32),
        scale_px=np.zeros(0, np.float32),
        angle_rad=np.zeros(0, np.float32),
        descriptors=np.zeros((0, 128), np.float32),
        weight=np.zeros(0, np.float32),
        method="none",
    )

    def make(
        name,
        flank=Flank.LEFT,
        *,
        usable=0.9,
        flags=(),
        origin=AnnotationOrigin.LOCALISER,
        file=None,
        camera=None,
        at=None,
    ):
        sha = f"{abs(hash(file or name)):064x}"[-64:]
        image = Image(
            np.zeros((9, 9, 3), np.uint8), sha, file or name, "JPEG", Light.COLOUR, captured_at=at
        )
        quality = Quality(usable, 1.0, 1.0, 1.0, 1.0, usable, 300)
        return PreparedAnnotation(
            id=name,
            sighting_id=name.split("/")[0],
            image=image,
            annotation=Annotation(sha, Box(0, 0, 9, 9), origin, flags=flags),
            view=View(FlankEstimate.known(flank), quality),
            embedding=Embedding(np.array([1.0], np.float32), "made-by-hand"),
            features=none,
            mirrored=none,
            camera=camera,
        )

    return make
