"""A season of new animals: a table of labelled pictures, enough to train on by the real measure."""

import csv

import cv2
import numpy as np

from reid.image import open_image
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Flank,
    FlankEstimate,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)
from tests.catalogue import making
from tests.learn.conftest import coat
from training.synthetic import RenderSpec, encode_jpeg, render

QUICK = """
note = "Nothing synthetic, few pairs: seconds where lab-head takes minutes."
synthetic_individuals = 0
reference_individuals = 0
verify_labels = false
same_pairs = 12
different_pairs = 16
"""
"""A recipe."""


def write_season(folder, *, individuals=36, sightings=3):
    """``metadata.csv`` beside small pictures of left flanks; a sighting each."""
    folder.mkdir(parents=True)
    rows = []
    for k in range(individuals):
        for n in range(sightings):
            look = {"size_px": 200.0, "picture_wh": (320, 240), "station": n, "picture": n}
            name = f"{k}-{n}"
            made = render(RenderSpec(100 + k, Flank.LEFT, **look))
            (folder / f"{name}.jpg").write_bytes(encode_jpeg(made))
            rows.append((name, f"L{k}", f"{name}.jpg", "left"))
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image_id", "identity", "path", "orientation"), *rows])
    return folder / "metadata.csv"


def confirm_coats(catalogue, *, individuals, sightings=3):
    """Animals of random spots, one flank each, all confirmed by Asel, without asking any model."""
    for k in range(individuals):
        for n in range(sightings):
            noise = np.random.default_rng([k, n]).integers(0, 25, (44, 56, 3))
            pixels = np.clip(coat(k, 0) + noise, 0, 255).astype(np.uint8)
            file, content = f"{k}-{n}.png", cv2.imencode(".png", pixels)[1].tobytes()
            sighting = Sighting(f"s{k}-{n}", (SightingMedia(file, content),))
            catalogue.save_sighting(sighting, [measured_coat(sighting, n)])
            catalogue.enrol(sighting.id, f"A{k}", by="Asel")


def measured_coat(sighting, n):
    """Its only picture as if it had been measured: a left flank, features of noise."""
    image = open_image(sighting.media[0].content, file_name=sighting.media[0].file_name)
    mask = np.zeros((44, 56), bool)
    mask[6:38, 4:52] = True
    rng = np.random.default_rng(n)
    parts = dict.fromkeys(("sharpness", "exposure", "contrast", "size", "coverage", "usable"), 0.5)
    return PreparedAnnotation(
        id=f"{sighting.id}-0",
        sighting_id=sighting.id,
        image=image,
        annotation=Annotation(image.sha256, Box(0, 0, 56, 44), AnnotationOrigin.USER, mask=mask),
        view=View(FlankEstimate.known(Flank.LEFT), Quality(**parts, animal_px=50, reasons=())),
        embedding=making.annotation(making.sighting()).embedding,
        features=making.features(rng, 4),
        mirrored=making.features(rng, 4),
    )
