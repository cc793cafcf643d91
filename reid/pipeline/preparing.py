"""From a sighting's files to animals that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from reid.detect import outline_given, whole_image, with_species
from reid.detect.megadetector_boxes import MegaDetectorBoxes
from reid.errors import InputError
from reid.image import open_image
from reid.pipeline.engine import Engine
from reid.pipeline.screening import screen
from reid.telemetry import timed
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Embedding,
    FlankEstimate,
    Image,
    PreparedAnnotation,
    Sighting,
    SightingMedia,
    View,
)
from reid.types.checks import require
from reid.types.view import Flank
from reid.view.quality import quality

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedSighting:
    """A sighting with its animals; ``rejected`` are (sighting id, file name, reason)."""

    sighting: Sighting
    annotations: tuple[PreparedAnnotation, ...] = field(repr=False)
    rejected: tuple[tuple[str, str, str], ...] = ()
    flags: tuple[str, ...] = ()


def prepare(
    engine: Engine,
    sighting: Sighting,
    *,
    boxes: MegaDetectorBoxes | None = None,
    progress: Progress | None = None,
) -> PreparedSighting:
    """Open, find, look at and measure every animal of ``sighting``.

    One bad file is a rejection and the rest goes on; the same file twice is used once.
    """
    animals: list[PreparedAnnotation] = []
    rejected: list[tuple[str, str, str]] = []
    for number, media in enumerate(sighting.media):
        if progress:
            progress(f"looking at {sighting.id}", number, len(sighting.media))
        try:
            with timed("decode"):
                image = open_image(media.content, file_name=media.file_name)
            if engine.strips is not None:
                with timed("strip"):
                    image = replace(image, strip=engine.strips.read(image))
            first = _kept(animals, image)
            require(first is None, f"the same picture as {first}: a copy is no evidence")
            with timed("locate"):
                found = _annotations(engine, image, media, boxes)
            animals += [
                _measure(engine, sighting, media, image, a, number, k) for k, a in enumerate(found)
            ]
        except InputError as error:
            rejected.append((sighting.id, media.file_name, str(error)))
    if progress:
        progress(f"looking at {sighting.id}", len(sighting.media), len(sighting.media))
    flags = tuple(sorted({f for a in animals for f in a.annotation.flags}))
    return PreparedSighting(sighting, tuple(animals), tuple(rejected), flags)


def _kept(animals: list[PreparedAnnotation], image: Image) -> str | None:
    """The name under which this picture is used already; a refused one is no original."""
    same = (a.image.file_name for a in animals if a.image.sha256 == image.sha256)
    return next(same, None)


def _annotations(
    engine: Engine, image: Image, media: SightingMedia, boxes: MegaDetectorBoxes | None
) -> list[Annotation]:
    if media.boxes:
        drawn = [Annotation(image.sha256, b, AnnotationOrigin.USER) for b in media.boxes]
        return _outlined(engine, image, drawn)
    if boxes is not None and boxes.find(media.file_name) is not None:
        listed = boxes.boxes_for(
            media.file_name,
            media_sha256=image.sha256,
            size_wh=image.size_wh,
            min_confidence=engine.config.min_box_confidence,
        )
        if listed:
            return _outlined(engine, image, listed)
    found = engine.localiser.locate(image) or _second_look(engine, image)
    return found or [whole_image(image)]


SECOND_LOOK_LIKENESS = 0.15
"""Twice the screen's own limit: what only stands out must also look like a leopard to count."""


def _second_look(engine: Engine, image: Image) -> list[Annotation]:
    """What stands out in the picture, if the screen lets it speak: the detector saw no animal."""
    found = []
    for annotation in engine.second_look.locate(image)[:2]:
        crop = engine.screener.crop(image, annotation)
        logits = engine.screener.forward([crop], feature_map=False).logits
        if logits is None:
            continue
        if screen(engine, crop, logits, min_likeness=SECOND_LOOK_LIKENESS).speaks:
            keep = tuple(f for f in annotation.flags if f != "several-animals")
            found.append(replace(annotation, flags=(*keep, "second-look")))
    return found[:1]


def _outlined(engine: Engine, image: Image, given: Sequence[Annotation]) -> list[Annotation]:
    """Given boxes with the outlines of what the localiser finds in them, where it finds it."""
    for annotation in given:
        annotation.box.window(image.size_wh)  # refuses a box outside the picture
    found = engine.localiser.locate(image)
    return [outline_given(annotation, found) for annotation in given]


def _measure(
    engine: Engine,
    sighting: Sighting,
    media: SightingMedia,
    image: Image,
    annotation: Annotation,
    number: int,
    animal: int,
) -> PreparedAnnotation:
    crop = engine.screener.crop(image, annotation)
    with timed("embed"):
        seen = engine.screener.forward([crop])
        vector = seen.vectors[0]
        if engine.embedder is not engine.screener:
            vector = engine.embedder.embed([engine.embedder.crop(image, annotation)])[0]
    if seen.logits is not None:
        annotation = with_species(annotation, screen(engine, crop, seen.logits))
    if "synthetic" in media.file_name.lower():
        annotation = replace(annotation, flags=(*annotation.flags, "synthetic"))
    flank = FlankEstimate.known(media.flank or Flank.UNKNOWN)
    if media.flank is None and engine.flank_head and seen.feature_map is not None:
        flank = engine.flank_head.estimate(seen.feature_map[0])
    with timed("describe"):
        features = engine.local.animal(image, annotation)
        mirrored = engine.local.mirrored(image, annotation)
    return PreparedAnnotation(
        id=f"{sighting.id}/{number + 1}-{animal + 1}",
        sighting_id=sighting.id,
        image=image,
        annotation=annotation,
        view=View(flank, quality(image, annotation)),
        embedding=Embedding(vector, engine.embedder.fingerprint),
        features=features,
        mirrored=mirrored,
        camera=media.camera,
    )
