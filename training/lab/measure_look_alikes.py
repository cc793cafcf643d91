"""What rejections among the calibration individuals do to the evidence outside the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from reid.fuse.calibration import Calibration
from reid.labels.dealing import Part
from training.data import Dataset
from training.evaluation.retrieval.bootstrap import coded, draws, mean_figure
from training.evaluation.tables import table
from training.lab.calibrating import LabelledPairs, drawn_towards, llr_under
from training.lab.features import head_of
from training.lab.judging import Contender
from training.lab.outside import EVIDENCE_INDIVIDUALS, pictures_by
from training.lab.rejected import Sides, placed, sides_of
from training.lab.rejecting import convincing
from training.lab.run import LabRun
from training.lab.training_set import Entry, dataset_of
from training.lab.world import World, place_of

INSIDE, OUTSIDE = 16, 50
"""Rejected pairs of calibration individuals; pairs that look alike among those outside."""
HEAD = ("pairs outside", "how many", "without", "with", "difference")


@dataclass(frozen=True, slots=True, eq=False)
class _Some:
    """Individuals with their pictures and the pairs of them that look most alike."""

    dataset: Dataset = field(repr=False)
    apart: Sides = field(repr=False)


def look_alikes(world: World, run: LabRun) -> str:
    """Bits lost on pairs outside by the calibration without and with rejections, in words."""
    made = place_of(world)
    place = _some(world, run, made.of(Part.CALIBRATION), INSIDE)
    start = Contender.of(run.champion, run.bench.engine.fitted()).calibration
    start = start or run.bench.engine.fitted()

    def pairs_of(apart: Sides) -> LabelledPairs:
        return run.bench.labelled_pairs("calibration", place.dataset, apart)

    without, using = (
        drawn_towards(start, pairs_of(apart), "the place", made.day) for apart in ((), place.apart)
    )
    outside = [e for e in world.made.entries if e.identity not in world.lab]
    few = sorted({e.identity for e in outside})[:EVIDENCE_INDIVIDUALS]
    judges = _some(world, run, [e for e in outside if e.identity in few], OUTSIDE)
    return f"""The calibration, with {len(place.apart)} pairs rejected among its individuals and
without, in bits that are lost on a pair of pictures of {len(few)} individuals outside (Cllr is
the mean of those on one animal and on two); *look-alikes* are the champion's most convincing wrong
candidates among these:

{table(HEAD, _rows(run, judges, without, using))}"""


def _some(world: World, run: LabRun, entries: Sequence[Entry], pairs: int) -> _Some:
    own = [replace(e, part=Part.CALIBRATION, sighting=f"group-{e.group}") for e in entries]
    said = islice(
        convincing(head_of(run.champion), pictures_by(world, run, own, run.champion), own), pairs
    )
    apart = sides_of(placed(list(said), own, ()), own, Part.CALIBRATION)
    made = replace(world.made, entries=tuple(own))
    return _Some(dataset_of(made, world.folder, world.sources.media, tuple(Part)), apart)


def _rows(
    run: LabRun, judges: _Some, without: Calibration, using: Calibration
) -> list[tuple[str, int, str, str, str]]:
    strangers = run.bench.labelled_pairs("outside", judges.dataset)
    alike = run.bench.labelled_pairs("outside", judges.dataset, judges.apart)
    rows = []
    for name, pairs, keep in (
        ("of one animal", strangers, strangers.same),
        ("of two, drawn by chance", strangers, ~strangers.same),
        ("of two, look-alikes", alike, _new(alike.raw, strangers.raw) & ~alike.same),
    ):
        sign = np.where(pairs.same[keep], -1.0, 1.0)
        before, after = (
            np.logaddexp(0, sign * llr_under(one, pairs.raw[keep])) / np.log(2)
            for one in (without, using)
        )
        who = coded(pairs.individual[keep, 0])
        figure = mean_figure(after - before, who, draws(int(who.max()) + 1))
        values = f"{before.mean():.3f}", f"{after.mean():.3f}", str(figure)
        rows.append((name, int(keep.sum()), *values))
    return rows


def _new(raw: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(k,) bool: rows of scores that stand among no others."""
    before = {row.tobytes() for row in known}
    return np.array([row.tobytes() not in before for row in raw])
