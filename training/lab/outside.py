"""What a run changed for the individuals outside its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reid.labels.dealing import Part
from reid.weights import Bundle
from training.lab.features import FrozenFeatures, head_of
from training.lab.gate import RETRIEVAL, Line
from training.lab.head import Pictures, learn_head
from training.lab.measured import compared, gain_of, retrieval_lines
from training.lab.run import LabRun
from training.lab.training_set import Entry, dataset_of
from training.lab.world import World

CURVE = (4, 8, 16, 24, 32)
EVIDENCE_INDIVIDUALS = 16
"""Outside the place, of which local matches are asked: these cost most."""


def outer_lines(world: World, run: LabRun, challenger: Bundle) -> tuple[Line, ...]:
    """Champion against challenger on the individuals outside the place: found again, each by its
    own network and head, and on ``EVIDENCE_INDIVIDUALS`` of them the evidence of pairs.
    """
    entries = tuple(e for e in world.made.entries if e.identity not in world.lab)
    both = (run.champion, challenger)
    found = retrieval_lines(*((head_of(b), pictures_by(world, run, entries, b)) for b in both))
    few = sorted({e.identity for e in entries})[:EVIDENCE_INDIVIDUALS]
    judged = tuple(replace(e, part=Part.HELD_OUT) for e in entries if e.identity in few)
    outside = replace(world.made, entries=judged)
    evidence = compared(run, outside, world.folder, world.sources, challenger)
    return (*found, *(line for line in evidence if line.figure not in RETRIEVAL))


def learning_curve(
    world: World, run: LabRun, *, seed: int, draws: int = 3
) -> list[dict[str, float]]:
    """Gain in mAP on everybody outside by the number of individuals that a head learnt from."""
    parent = head_of(run.champion)
    inside, outside = (
        tuple(e for e in world.made.entries if (e.identity in world.lab) is one)
        for one in (True, False)
    )
    own = pictures_by(world, run, inside, run.champion)
    others = pictures_by(world, run, outside, run.champion)
    names = np.unique(own.identity)
    lines = []
    for count in (*(c for c in CURVE if c < len(names)), len(names)):
        for draw in range(draws):
            rng = np.random.default_rng([seed, count, draw])
            keep = np.isin(own.identity, rng.permutation(names)[:count])
            learned = learn_head(parent, own.of(keep), seed=draw)
            lines.append(
                {
                    "individuals": float(count),
                    "shrink": learned.shrink,
                    **gain_of(parent, learned.head, others),
                }
            )
            if count == len(names):
                break
    return lines


def pictures_by(world: World, run: LabRun, entries: Sequence[Entry], bundle: Bundle) -> Pictures:
    """What a bundle's network sees of entries; one run may have two networks."""
    made = replace(world.made, entries=tuple(entries))
    dataset = dataset_of(made, world.folder, world.sources.media, tuple(Part))
    return run.pictures_of(dataset, made.entries, FrozenFeatures(bundle, run.cache))
