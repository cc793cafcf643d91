"""Verified local matches of two pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, is_dataclass
from functools import cached_property

import numpy as np

from reid.pipeline.methods import LocalMethod, load_method
from training.evaluation.systems.contract import Entries, Floats, Task, filled
from training.evaluation.systems.features import features_of
from training.evaluation.systems.kept import Compare, entry_scores


@dataclass(frozen=True)
class LocalComparer:
    """log(1 + ``pattern``) of verified matches: the same order, without the long tail that would
    rule a linear fit. Symmetric: a pair is compared once, in one order.
    """

    name: str = "rootsift"
    score: str = "pattern"
    dense: bool = field(default=False, init=False)
    llr: bool = field(default=False, init=False)
    relative: bool = field(default=False, init=False)

    @cached_property
    def stages(self) -> LocalMethod:
        """Extractor, matcher and verifier."""
        return load_method(self.name)

    @property
    def method(self) -> str:
        """Features, matcher, verifier and their settings."""
        local, matcher, verifier = self.stages
        return f"{local.method}|{settings_of(matcher)}|{settings_of(verifier)}|{self.score}"

    def matrix(self, task: Task) -> Floats:
        """(n, m), every allowed pair: for small sets only."""
        return filled(self, task)

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) log(1 + score); see `Comparer`."""

        def ready(keys: set[str]) -> Compare:
            animals = list({a.key: a for a in task.animals if a.key in keys}.values())
            features = features_of(animals, self.stages.local, task)
            of = dict(zip((a.key for a in animals), features, strict=True))

            def compare(a: str, b: str) -> float:
                matches = self.stages.matcher.match(of[a], of[b])
                return self.stages.verifier.verify(of[a], of[b], matches).scores[self.score]

            return compare

        return np.log1p(entry_scores(task, self.method, entries, ready))


def settings_of(stage: object) -> str:
    """A dataclass says its settings; what wraps a network is named by its class."""
    return repr(stage) if is_dataclass(stage) else type(stage).__name__
