"""Sightings and annotations made of noise, for the catalogue's tests and their subprocesses."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import numpy as np

from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    CandidateTime,
    Comparison,
    Embedding,
    Flank,
    FlankEstimate,
    Image,
    Light,
    LocalFeatures,
    PairVerdict,
    PreparedAnnotation,
    PriorPoint,
    Quality,
    Sighting,
    SightingMedia,
    VerdictKind,
    View,
)

WIDTH, HEIGHT, DIM = 40, 30, 16


def content(seed, size=2000):
    """Bytes of a file, the same for the same seed."""
    return np.random.default_rng(seed).bytes(size)


def open_image(data, file_name):
    """Stands in for the image door: pixels follow from the bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    pixels = np.random.default_rng(int(sha256[:8], 16)).integers(0, 256, (HEIGHT, WIDTH, 3))
    return Image(
        pixels=pixels.astype(np.uint8),
        sha256=sha256,
        file_name=file_name,
        format="JPEG",
        light=Light.INFRARED,
        captured_at=datetime(2018, 9, 29, 22, 57, 3),
        camera_make="Maker",
        camera_serial="42",
        flags=("gps-unset",),
    )


def sighting(name="september", *, seed=1, files=2, size=2000, station="north"):
    """A sighting of ``files`` files of noise, its time disputed."""
    media = tuple(
        SightingMedia(
            f"IMG_{i}.JPG",
            content(seed * 1000 + i, size),
            camera=f"c{i}",
            flank=Flank.RIGHT if i == 0 else None,
            boxes=(Box(1.5, 2, 20.25, 15),) if i == 0 else (),
        )
        for i in range(files)
    )
    times = (
        CandidateTime(datetime(2018, 11, 11, 6, 57), "text"),
        CandidateTime(datetime(2018, 11, 6, 6, 57, tzinfo=UTC), "caption"),
    )
    return Sighting(name, media, station=station, times=times, position=(43.5, 55.0))


def features(rng, count, method="sift-1"):
    """Local features of noise."""
    return LocalFeatures(
        xy_px=rng.random((count, 2), np.float32),
        scale_px=rng.random(count, np.float32),
        angle_rad=rng.random(count, np.float32),
        descriptors=rng.random((count, 8), np.float32),
        weight=rng.random(count, np.float32),
        method=method,
    )


def unit(rng, dim=DIM):
    """A random direction (dim,) float32."""
    vector = rng.standard_normal(dim)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def annotation(owner, index=0, *, flank=Flank.RIGHT, fingerprint="fp-1", method="sift-1", salt=0):
    """One annotation on file ``index`` of a sighting."""
    media = owner.media[index % len(owner.media)]
    image = open_image(media.content, media.file_name)
    rng = np.random.default_rng([index, salt])
    parts = dict.fromkeys(("sharpness", "exposure", "contrast", "size", "coverage", "usable"), 0.5)
    return PreparedAnnotation(
        id=f"{owner.id}/{index}",
        sighting_id=owner.id,
        image=image,
        annotation=Annotation(
            media_sha256=image.sha256,
            box=Box(1.5, 2.0, 20.25, 15.0),
            origin=AnnotationOrigin.LOCALISER,
            confidence=0.75,
            mask=rng.random((15, 21)) > 0.5,
            flags=("touches-edge",),
        ),
        view=View(
            FlankEstimate.known(flank), Quality(**parts, animal_px=300, reasons=("motion blur",))
        ),
        embedding=Embedding(unit(rng), fingerprint),
        features=features(rng, 12, method),
        mirrored=features(rng, 11, method),
        camera=media.camera,
        flags=("synthetic",),
    )


def prepared(owner, **choices):
    """One annotation a file."""
    return [annotation(owner, i, **choices) for i in range(len(owner.media))]


def comparison(sightings, *, name="cmp-1", provenance=None):
    """An answer about sightings: the first two are the same."""
    a, b = sightings[0].id, sightings[1].id
    verdict = PairVerdict(a, b, VerdictKind.SAME, 0.995, 5.25, (PriorPoint(0.1, 0.9),), ("spots",))
    return Comparison(
        id=name,
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        sightings=tuple(sightings),
        annotations=tuple(p for s in sightings for p in prepared(s)),
        pairs=(),
        groupings=(),
        exact=True,
        prior_same=0.5,
        max_error=0.01,
        verdicts=(verdict,),
        journeys=(),
        summary="the same animal",
        provenance={"configuration": {"max_error": 0.01}, "code_version": "0.1.0+abc"}
        if provenance is None
        else provenance,
    )
