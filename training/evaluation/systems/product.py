"""The product's own evidence: the calibrated log-likelihood ratio of two pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from reid.fuse import PairQuality, aligned_llr, pair_quality
from reid.pipeline import Engine
from reid.pipeline.pair_scores import measure_pair
from reid.types import Embedding, FlankEstimate, LocalFeatures, PreparedAnnotation, View
from reid.types.view import Flank
from reid.view.quality import quality
from training.calibration.pairs import SCORES
from training.evaluation.retrieval.animals import Animal
from training.evaluation.systems.contract import Entries, Floats, Task, filled
from training.evaluation.systems.features import features_of
from training.evaluation.systems.kept import Several, entry_table
from training.evaluation.systems.local import settings_of

RAW = (*SCORES, "usable", "coverage")
_PIXEL = np.zeros((1, 1, 3), dtype=np.uint8)  # measured already: hundreds must fit in memory
_NOWHERE = Embedding(np.ones(1, dtype=np.float32), "none")  # local scores know no embedding


def raw_scores(engine: Engine, task: Task, entries: Entries) -> Floats:
    """(k, 6) in the order of `RAW`: what calibration weighs, before any calibration.

    Kept by local features, matcher and verifier, so that another calibration costs nothing.
    """
    parts = (settings_of(s) for s in (engine.matcher, engine.verifier))
    method = f"raw|{engine.local.method}|{'|'.join(parts)}"

    def ready(keys: set[str]) -> Several:
        animals = list({a.key: a for a in task.animals if a.key in keys}.values())
        seen = features_of(animals, engine.local, task)
        turned = features_of(animals, engine.local, task, "mirrored")
        measured = zip(animals, seen, turned, strict=True)
        of = {a.key: _prepared(a, f, m) for a, f, m in measured}
        return lambda a, b: _row(engine, of[a], of[b])

    return entry_table(task, [f"{method}|{name}" for name in RAW], entries, ready)


def _prepared(
    animal: Animal, features: LocalFeatures, mirrored: LocalFeatures
) -> PreparedAnnotation:
    image, annotation = animal.picture()
    return PreparedAnnotation(
        id=animal.row.image_id,
        sighting_id=animal.row.image_id,
        image=replace(image, pixels=_PIXEL),
        annotation=annotation,
        view=View(FlankEstimate.known(Flank.LEFT), quality(image, annotation)),
        embedding=_NOWHERE,
        features=features,
        mirrored=mirrored,
    )


def _row(engine: Engine, a: PreparedAnnotation, b: PreparedAnnotation) -> list[float]:
    scores = measure_pair(engine, a, b)[1]
    return [*(scores[name] for name in SCORES), *pair_quality(a.view.quality, b.view.quality)]


@dataclass(frozen=True)
class ProductComparer:
    """`reid.fuse.aligned_llr` as the shipped calibration gives it, for two pictures of one flank.

    The plan keeps flanks and copies apart, so neither is asked again. Three to four times the
    cost of the plain local score.
    """

    dense: bool = field(default=False, init=False)
    llr: bool = field(default=True, init=False)
    relative: bool = field(default=False, init=False)

    @cached_property
    def engine(self) -> Engine:
        """The default engine, one thread."""
        return Engine.load(threads=1)

    @property
    def method(self) -> str:
        """Local features and calibration."""
        return f"product|{self.engine.local.method}|{self.engine.calibration_sha256}"

    def matrix(self, task: Task) -> Floats:
        """(n, m), every allowed pair: for small sets only."""
        return filled(self, task)

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) natural log-likelihood ratios; see `Comparer`."""
        calibration = self.engine.fitted()
        rows = raw_scores(self.engine, task, entries).astype(np.float64)
        named = ((dict(zip(SCORES, r, strict=False)), PairQuality(*r[-2:])) for r in rows)
        return np.array([aligned_llr(calibration, *pair) for pair in named], dtype=np.float32)
