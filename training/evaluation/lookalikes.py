"""Pairs that a matcher may be fooled by: one pose and light, two animals."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from reid.image import open_image
from reid.pipeline import Engine, prepare
from reid.types import Annotation, AnnotationOrigin, Flank, Image, Sighting
from training.evaluation.frames import main_animal, read_rows
from training.evaluation.tigers import IMAGES, Tiger, sample
from training.synthetic import Difficulty, encode_jpeg, render, sample_spec

SAME = "same animal"
OTHER = "other animal, same flank"
OTHER_MIRRORED = "other animal, mirrored"
OWN_MIRRORED = "same animal, mirrored"
ONE_POSE = "two animals in one pose, light and place"
OTHER_POSE = "two animals, other pose"
HARD = "nearest other identity by the embedding"
LEOPARDS, SYNTHETIC, TIGERS_SET = "leopards", "synthetic look-alikes", "hard tigers"
SETS = (LEOPARDS, SYNTHETIC, TIGERS_SET)
FIRST_INDIVIDUAL = 50_000
GROUPS, TIGERS, PICTURES = 10, 16, 3
OWN_EVERY = 3
"""Of the pairs of a frame with a mirrored frame of the same animal, one in so many is scored."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One animal in one picture; ``unit`` is what the bootstrap draws: a frame or identity."""

    key: str
    unit: str
    image: Image = field(repr=False)
    annotation: Annotation = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures by key; ``b`` is looked at mirrored where ``mirrored``."""

    kind: str
    a: str
    b: str
    mirrored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PairSet:
    """Pictures and the pairs to score among them."""

    name: str
    pictures: dict[str, Picture]
    pairs: tuple[Pair, ...]


def make_set(name: str, engine: Engine, data: Path, seed: int) -> PairSet:
    """The set called ``name``, one of `SETS`."""
    if name == SYNTHETIC:
        return synthetic(seed)
    return leopards(engine, data) if name == LEOPARDS else tigers(engine, data, seed)


def leopards(engine: Engine, data: Path) -> PairSet:
    """Labelled frames; impostors are other animals and mirrored pictures, also of the other flank.

    A mirrored picture is made of the same annotation, so that only the coat is another.
    """
    rows = [r for r in read_rows(data / "leopard") if r.identity and r.flank]
    found: dict[str, Picture] = {}
    for row in rows:
        seen = main_animal(prepare(engine, Sighting(row.image_id, (row.media(row.flank),))))
        found[row.image_id] = Picture(row.image_id, row.image_id, seen.image, seen.annotation)
    pairs: list[Pair] = []
    for number, (a, b) in enumerate(itertools.combinations(rows, 2)):
        if a.identity == b.identity:
            pairs.append(Pair(SAME, a.image_id, b.image_id))
            if number % OWN_EVERY == 0:
                pairs.append(Pair(OWN_MIRRORED, a.image_id, b.image_id, mirrored=True))
        elif a.flank is b.flank:
            pairs.append(Pair(OTHER, a.image_id, b.image_id))
        else:
            pairs.append(Pair(OTHER_MIRRORED, a.image_id, b.image_id, mirrored=True))
    return PairSet(LEOPARDS, found, tuple(pairs))


def synthetic(seed: int, groups: int = GROUPS) -> PairSet:
    """Two animals, two views of each; in a view both stand alike, in one light at one station.

    The outline is the renderer's own.
    """
    found: dict[str, Picture] = {}
    pairs: list[Pair] = []
    for group in range(groups):
        rng = np.random.default_rng([seed, group])
        flank = (Flank.LEFT, Flank.RIGHT)[group % 2]
        one = FIRST_INDIVIDUAL + 2 * group
        keys: dict[tuple[int, int], str] = {}
        for view in range(2):
            spec = sample_spec(rng, one, Difficulty.FAIR, flank=flank)
            for animal in range(2):
                shown = replace(spec, individual=one + animal, picture=spec.picture + animal)
                rendered = render(replace(shown, strip=None))
                if rendered.box is None:
                    continue
                key = keys[view, animal] = f"synthetic-{group}-{view}-{animal}"
                image = open_image(encode_jpeg(rendered), file_name=f"{key}.jpg")
                x0, y0, x1, y1 = rendered.box.window(image.size_wh)
                outline = rendered.mask[y0:y1, x0:x1].copy()
                drawn = Annotation(image.sha256, rendered.box, AnnotationOrigin.USER, mask=outline)
                found[key] = Picture(key, f"group-{group}", image, drawn)
        wanted = (
            (SAME, (0, 0), (1, 0)),
            (SAME, (0, 1), (1, 1)),
            (ONE_POSE, (0, 0), (0, 1)),
            (ONE_POSE, (1, 0), (1, 1)),
            (OTHER_POSE, (0, 0), (1, 1)),
        )
        pairs += [Pair(k, keys[a], keys[b]) for k, a, b in wanted if a in keys and b in keys]
    return PairSet(SYNTHETIC, found, tuple(pairs))


def tigers(engine: Engine, data: Path, seed: int) -> PairSet:
    """Pictures of one identity, and each picture's nearest of another identity."""
    rows = read_rows(data / "amur-tiger")
    count = Counter(row.identity for row in rows)
    rng = np.random.default_rng(seed)
    names = rng.choice(sorted(n for n in count if count[n] >= IMAGES), TIGERS, replace=False)
    chosen = sample(engine, [r for r in rows if r.identity in names], rng)
    few = [t for n in sorted(names) for t in [c for c in chosen if c.identity == n][:PICTURES]]
    found = {
        t.animal.id: Picture(t.animal.id, t.identity, t.animal.image, t.animal.annotation)
        for t in few
    }
    same = [
        Pair(SAME, a.animal.id, b.animal.id)
        for a, b in itertools.combinations(few, 2)
        if a.identity == b.identity
    ]
    return PairSet(TIGERS_SET, found, (*same, *_nearest(few)))


def _nearest(tigers: Sequence[Tiger]) -> Iterator[Pair]:
    vectors = np.stack([t.animal.embedding.vector for t in tigers])
    likeness = vectors @ vectors.T
    done: set[tuple[str, str]] = set()
    for row, tiger in zip(likeness, tigers, strict=True):
        others = [k for k, t in enumerate(tigers) if t.identity != tiger.identity]
        best = tigers[max(others, key=lambda k: row[k])]
        key = (min(tiger.animal.id, best.animal.id), max(tiger.animal.id, best.animal.id))
        if key not in done:
            done.add(key)
            yield Pair(HARD, *key)
