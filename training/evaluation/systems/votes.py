"""LNBNN: votes of all descriptors over the gallery at once."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from reid.index.lnbnn import DescriptorIndex, LnbnnSettings
from reid.local.contract import LocalExtractor
from reid.local.load import load_extractor
from training.data.beside import written_whole
from training.evaluation.systems.contract import Entries, Floats, Task
from training.evaluation.systems.features import Look, features_of

DEFAULT = LnbnnSettings()


@dataclass(frozen=True)
class VoteComparer:
    """log(1 + votes) for each gallery picture (`reid.index.lnbnn`), from the query's descriptors.

    Votes grow as the gallery shrinks (its background is farther away), hence ``relative``. What
    the plan does not allow is neither found nor background. ``by_individual`` gives every
    picture of a class the votes of the class, of which each descriptor has one. ``look``
    ``"background"`` is a control: it must not find anybody.
    """

    extractor_name: str = "rootsift"
    settings: LnbnnSettings = DEFAULT
    by_individual: bool = False
    look: Look = "animal"
    dense: bool = field(default=True, init=False)
    llr: bool = field(default=False, init=False)
    relative: bool = field(default=True, init=False)

    @cached_property
    def extractor(self) -> LocalExtractor:
        """Finds and describes points."""
        return load_extractor(self.extractor_name)

    @property
    def method(self) -> str:
        """Features and settings."""
        voters = "classes" if self.by_individual else "pictures"
        look = "" if self.look == "animal" else f" of the {self.look}"
        return f"lnbnn {voters}{look}|{self.extractor.method}|{self.settings!r}"

    def matrix(self, task: Task) -> Floats:
        """(n, m) log(1 + votes); see `Comparer`."""
        name = hashlib.sha256(f"{self.method}|{task.fingerprint()}".encode()).hexdigest()[:24]
        path = task.cache / "votes" / f"{name}.npy" if task.cache else None
        if path is not None and path.is_file():
            return np.asarray(np.log1p(np.load(path)), dtype=np.float32)
        found = self._votes(task)
        if path is not None:
            with written_whole(path) as beside:
                np.save(beside, found)
        return np.log1p(found)

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) log(1 + votes); see `Comparer`."""
        return np.asarray(self.matrix(task)[entries[:, 0], entries[:, 1]])

    def _votes(self, task: Task) -> Floats:
        plan = task.plan
        features = features_of(task.animals, self.extractor, task, self.look)
        index = DescriptorIndex(
            ((n, features[k]) for n, k in enumerate(plan.gallery)), self.settings
        )
        names = {n: row.flank_class for n, row in enumerate(plan.gallery_rows)}
        classes = np.array(list(names.values()), dtype=object)
        out = np.zeros(plan.allowed.shape, dtype=np.float32)

        def ask(number: int) -> None:
            query = features[plan.queries[number]]
            hidden = np.flatnonzero(~plan.allowed[number]).tolist()
            if self.by_individual:
                for name, votes in index.individual_votes(query, names, exclude=hidden).items():
                    out[number, classes == name] = votes
            else:
                found = index.votes(query, exclude=hidden)
                out[number, found.ids] = found.scores
            task.told("votes", number + 1, len(plan.queries))

        with ThreadPoolExecutor(task.threads) as pool:
            list(pool.map(ask, range(len(plan.queries))))
        return out
