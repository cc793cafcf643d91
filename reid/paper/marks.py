"""The part of a coat by which an animal is known again: where its own sightings agree most.

Stored local features of confirmed sightings are matched and verified as in a comparison
(`reid.pipeline.pair_scores`); no model is loaded and no picture measured anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame
from reid.catalogue.individual_pages import Seen
from reid.errors import NotFoundError
from reid.evidence import ink
from reid.image import open_image
from reid.paper.words import shown
from reid.pipeline.methods import LocalMethod, load_method
from reid.pipeline.pair_scores import verified
from reid.types import Flank, PreparedAnnotation, VerifiedMatches

METHOD = "rootsift"
MOST_FRAMES = 5
"""Of a flank, of as many sightings, best first: ten pairs are enough, and take seconds."""
REACH = 30.0
"""Radius of a mark in pixels of the common body size (about 240 long): a few rosettes."""
LEAST_POINTS = 6
LEAST_PATTERN = 1.5
"""Of `pattern`, and the factor by which it must beat a mirrored picture of the same animal: what
geometry and this coat's statistics give by chance is no mark."""
BEATS = 2.0
LEAST_SIDE_PX = 420

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on one flank: close-ups (RGB) in two sightings, and how many matches agree there."""

    flank: Flank
    sightings: tuple[str, str]
    points: int
    partners: int
    pictures: tuple[PillowImage.Image, PillowImage.Image]


@dataclass(frozen=True, slots=True, eq=False)
class _Agreement:
    a: PreparedAnnotation
    b: PreparedAnnotation
    found: VerifiedMatches


def marks_of(catalogue: Catalogue, seen: Sequence[Seen]) -> list[Mark]:
    """The mark of each flank on which sightings agree; none of one that shows no agreement."""
    method = load_method(METHOD)
    found = []
    for flank in (Flank.LEFT, Flank.RIGHT):
        animals = _animals(catalogue, seen, flank, method.local.method)
        mark = _mark(catalogue, flank, _agreements(method, animals))
        found += [] if mark is None else [mark]
    return found


def _animals(
    catalogue: Catalogue, seen: Sequence[Seen], flank: Flank, method: str
) -> list[PreparedAnnotation]:
    """The best measured frame of each of the best sightings, with its stored features."""
    best = [max(frames, key=lambda f: f.usable) for one in seen if (frames := _on(one, flank))]
    found = []
    for frame in sorted(best, key=lambda f: -f.usable)[:MOST_FRAMES]:
        try:
            stored = catalogue.load_prepared(frame.sighting_id, method=method)
        except NotFoundError:
            continue  # not measured, or by another method
        found += [one for one in stored if one.id == frame.annotation_id]
    return found


def _on(one: Seen, flank: Flank) -> list[Frame]:
    return [f for f in shown(one.frames) if f.flank is flank and f.usable > 0]


def _agreements(method: LocalMethod, animals: Sequence[PreparedAnnotation]) -> list[_Agreement]:
    found = []
    for a, b in itertools.combinations(animals, 2):
        if a.image.sha256 == b.image.sha256:
            continue
        matches, _ = verified(method, a.features, b.features)
        if matches.scores["pattern"] < LEAST_PATTERN:
            continue
        impostor, _ = verified(method, a.features, b.mirrored)
        if matches.scores["pattern"] >= BEATS * impostor.scores["pattern"]:
            found.append(_Agreement(a, b, matches))
    return found


def _mark(catalogue: Catalogue, flank: Flank, found: Sequence[_Agreement]) -> Mark | None:
    """On the frame that agrees with most others, the place that they agree on most."""
    if not found:
        return None
    sides = {id(x): x for one in found for x in (one.a, one.b)}
    chosen = max(sides.values(), key=lambda x: sum(_weight(o) for o in found if x in (o.a, o.b)))
    turned = [_from(one, chosen) for one in found if chosen in (one.a, one.b)]
    xy = np.concatenate([one.found.a_xy_px for one in turned])
    weight = np.concatenate([one.found.distinctiveness for one in turned])
    reach = REACH * chosen.features.unit_px
    near = np.linalg.norm(xy[:, None] - xy[None], axis=2) <= reach
    inside = near[int((near * weight).sum(axis=1).argmax())]
    if inside.sum() < LEAST_POINTS:
        return None
    owner = np.repeat(np.arange(len(turned)), [len(one.found) for one in turned])
    counts = np.bincount(owner[inside], minlength=len(turned))
    best = turned[int(counts.argmax())]
    there = inside[owner == int(counts.argmax())]
    first = _close_up(catalogue, chosen, xy[inside], reach)
    other = _close_up(catalogue, best.b, best.found.b_xy_px[there], REACH * best.b.features.unit_px)
    names = chosen.sighting_id, best.b.sighting_id
    return Mark(flank, names, int(inside.sum()), int((counts > 0).sum()), (first, other))


def _weight(one: _Agreement) -> float:
    return one.found.scores["pattern"]


def _from(one: _Agreement, chosen: PreparedAnnotation) -> _Agreement:
    """The agreement as seen from ``chosen``."""
    if one.a is chosen:
        return one
    f = one.found
    swapped = VerifiedMatches(f.b_xy_px, f.a_xy_px, f.distinctiveness, f.group, f.scores)
    return _Agreement(one.b, one.a, swapped)


def _close_up(
    catalogue: Catalogue, animal: PreparedAnnotation, points: Points, reach: float
) -> PillowImage.Image:
    """The neighbourhood of the points with an outline drawn around them."""
    content = catalogue.read_media(animal.image.sha256)
    name = animal.image.file_name
    pixels = open_image(content, file_name=name, allow_truncated=True).pixels
    height, width = pixels.shape[:2]
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    half = max(1.9 * reach, float(np.ptp(points, axis=0).max()) * 0.8)
    x0, y0 = (max(0, round(float(v - half))) for v in middle)
    x1 = min(width, round(float(middle[0] + half)))
    y1 = min(height, round(float(middle[1] + half)))
    scale = max(1.0, LEAST_SIDE_PX / max(1, min(x1 - x0, y1 - y0)))
    size = round((x1 - x0) * scale), round((y1 - y0) * scale)
    canvas = np.asarray(
        cv2.resize(pixels[y0:y1, x0:x1], size, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    here = (points - np.array([x0, y0], np.float32) + 0.5) * scale - 0.5
    ink.draw_outline(canvas, _around(here, 0.3 * reach * scale), width_px=3)
    return PillowImage.fromarray(canvas)


def _around(points: Points, margin: float) -> Points:
    """A rounded outline of the points' hull, ``margin`` away."""
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = margin * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    fat = (points[:, None] + ring[None]).reshape(-1, 2).astype(np.float32)
    return np.asarray(cv2.convexHull(fat)[:, 0], dtype=np.float32)
