"""The product's own evidence: the calibrated log-likelihood ratio of two pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from reid.fuse import aligned_llr, pair_quality
from reid.pipeline import Engine
from reid.pipeline.pair_scores import measure_pair
from reid.types import Embedding, FlankEstimate, LocalFeatures, PreparedAnnotation, View
from reid.types.view import Flank
from reid.view.quality import quality
from training.evaluation.retrieval.animals import Animal
from training.evaluation.systems.contract import Entries, Floats, Task, filled
from training.evaluation.systems.features import features_of
from training.evaluation.systems.kept import Compare, entry_scores

_PIXEL = np.zeros((1, 1, 3), dtype=np.uint8)  # measured already: hundreds must fit in memory


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
        """Local features, embedding and calibration."""
        engine = self.engine
        parts = (engine.local.method, engine.embedder.fingerprint, engine.calibration_sha256)
        return f"product|{'|'.join(parts)}"

    def matrix(self, task: Task) -> Floats:
        """(n, m), every allowed pair: for small sets only."""
        return filled(self, task)

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) natural log-likelihood ratios; see `Comparer`."""

        def ready(keys: set[str]) -> Compare:
            animals = list({a.key: a for a in task.animals if a.key in keys}.values())
            seen = features_of(animals, self.engine.local, task)
            turned = features_of(animals, self.engine.local, task, "mirrored")
            of = {
                a.key: self._prepared(a, f, m)
                for a, f, m in zip(animals, seen, turned, strict=True)
            }
            return lambda a, b: self._llr(of[a], of[b])

        return entry_scores(task, self.method, entries, ready)

    def _prepared(
        self, animal: Animal, features: LocalFeatures, mirrored: LocalFeatures
    ) -> PreparedAnnotation:
        image, annotation = animal.picture()
        engine = self.engine
        vector = engine.embedder.embed([engine.embedder.crop(image, annotation)])[0]
        return PreparedAnnotation(
            id=animal.row.image_id,
            sighting_id=animal.row.image_id,
            image=replace(image, pixels=_PIXEL),
            annotation=annotation,
            view=View(FlankEstimate.known(Flank.LEFT), quality(image, annotation)),
            embedding=Embedding(vector, engine.embedder.fingerprint),
            features=features,
            mirrored=mirrored,
        )

    def _llr(self, a: PreparedAnnotation, b: PreparedAnnotation) -> float:
        scores = measure_pair(self.engine, a, b)[1]
        return aligned_llr(
            self.engine.fitted(), scores, pair_quality(a.view.quality, b.view.quality)
        )
