"""A catalogue of synthetic leopards, measured with the real local features."""

import io
from datetime import datetime

import numpy as np
import pytest
from PIL import Image as PillowImage

from reid.catalogue import Catalogue
from reid.image import open_image
from reid.pipeline.methods import load_method
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    CandidateTime,
    Embedding,
    Flank,
    FlankEstimate,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)
from training.synthetic import RenderSpec, encode_jpeg, render

PLACE = (43.51234, 55.01234)
HERE = {1: "N", 2: (43.0, 30.0, 44.4), 3: "E", 4: (55.0, 0.0, 44.4)}
NAMES = "Aidar <b>", "Bota"
SEEN = {
    "a1": (7, Flank.LEFT, (datetime(2018, 9, 29, 22, 57),)),
    "a2": (7, Flank.LEFT, (datetime(2018, 11, 11, 6, 57), datetime(2018, 11, 6, 6, 57))),
    "b1": (8, Flank.RIGHT, (datetime(2018, 12, 7, 16, 27),)),
    "u1": (9, Flank.RIGHT, ()),
}


def photograph(individual, flank, picture):
    """A JPEG with a time, a camera and a position, and the outline of the animal."""
    found = render(
        RenderSpec(
            individual, flank, size_px=300, picture_wh=(480, 320), picture=picture, noise=0.1
        )
    )
    at = datetime(2018, 9, 29, 22, 57, picture)
    plain = encode_jpeg(found, captured_at=at, camera_model="trap-1")
    with PillowImage.open(io.BytesIO(plain)) as opened:
        exif, stream = opened.getexif(), io.BytesIO()
        exif.get_ifd(0x8825).update(HERE)
        exif.get_ifd(0x8769)[0xA431] = "serial-42"
        opened.save(stream, "JPEG", quality=95, exif=exif)
    return stream.getvalue(), found.mask


def measured(sighting, mask, flank):
    """The one picture's annotation with real local features and a random embedding."""
    media, local = sighting.media[0], load_method("rootsift").local
    image = open_image(media.content, file_name=media.file_name)
    ys, xs = np.nonzero(mask)
    x0, y0, x1, y1 = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
    box = Box(float(x0), float(y0), float(x1 - x0), float(y1 - y0))
    cut = mask[y0:y1, x0:x1]
    found = Annotation(image.sha256, box, AnnotationOrigin.USER, 1.0, cut)
    parts = dict.fromkeys(("sharpness", "exposure", "contrast", "size", "coverage", "usable"), 0.8)
    vector = np.random.default_rng(1).standard_normal(8)
    return PreparedAnnotation(
        id=f"{sighting.id}/0",
        sighting_id=sighting.id,
        image=image,
        annotation=found,
        view=View(FlankEstimate.known(flank), Quality(**parts, animal_px=300)),
        embedding=Embedding((vector / np.linalg.norm(vector)).astype(np.float32), "fp"),
        features=local.animal(image, found),
        mirrored=local.mirrored(image, found),
        camera="c1",
        flags=("synthetic",),
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """The folder of a catalogue: Aidar seen twice from the left, Bota once from the right."""
    folder = tmp_path_factory.mktemp("paper") / "data"
    with Catalogue.open(folder) as catalogue:
        for number, (name, (animal, flank, times)) in enumerate(SEEN.items()):
            content, mask = photograph(animal, flank, number)
            media = (SightingMedia(f"IMG_{number}.JPG", content, "c1", flank),)
            when = tuple(CandidateTime(at, f"source {i}") for i, at in enumerate(times))
            sighting = Sighting(name, media, f"station {name[0]}", when, PLACE)
            catalogue.save_sighting(sighting, [measured(sighting, mask, flank)])
        for name, who in {"a1": NAMES[0], "a2": NAMES[0], "b1": NAMES[1]}.items():
            catalogue.enrol(name, who, by="Asel", why="rosettes & tail")
    return folder


@pytest.fixture
def catalogue(filled):
    with Catalogue.open(filled) as opened:
        yield opened
