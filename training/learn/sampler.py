"""P x K batches. Step ``t`` of a seed is always the same batch: resuming needs only ``t``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from training.learn.examples import Example, FlankClass
from training.learn.recipe import Batches

ClassPair = tuple[FlankClass, FlankClass]
_DRAW = 1  # which stream of random numbers: batches have their own


@dataclass(frozen=True, slots=True)
class Show:
    """One picture of a batch: which example, flipped or not, its class, and its random stream."""

    example: int
    label: int
    mirrored: bool
    seed: tuple[int, int, int]


class BatchSampler:
    """Batches of ``classes`` flank classes with ``pictures`` each, drawn from a seed and a step.

    ``rejected``: pairs of classes that people called two animals, because they look alike. Those
    of which one does not train are left out.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        batches: Batches,
        *,
        seed: int,
        rejected: Sequence[ClassPair] = (),
    ) -> None:
        self._batches, self._seed = batches, seed
        members: dict[FlankClass, list[int]] = defaultdict(list)
        families: dict[str, list[FlankClass]] = defaultdict(list)
        for k, example in enumerate(examples):
            if example.of not in members:
                families[example.family].append(example.of)
            members[example.of].append(k)
        self._members = dict(members)
        self._groups = [example.group for example in examples]
        self._plain = tuple(members)
        self._rejected = [pair for pair in rejected if set(pair) <= members.keys()]
        self._families = {k: v for k, v in families.items() if len(v) >= batches.classes}
        both = [c for plain in self._plain for c in (plain, plain.flipped)]
        self.label_of = {of: k for k, of in enumerate(both)}

    @property
    def classes(self) -> int:
        """Number of labels: every flank as it is and mirrored."""
        return len(self.label_of)

    def batch(self, step: int) -> list[Show]:
        """The batch of a step."""
        rng = np.random.default_rng([self._seed, _DRAW, step])
        pairs = self._pairs(rng)
        pool = self._pool(rng) if not pairs else [c for c in self._plain if c not in pairs]
        count = min(self._batches.classes - len(pairs), len(pool))
        chosen = [pool[k] for k in rng.choice(len(pool), count, replace=False)]
        shows: list[Show] = []
        for of in (*pairs, *chosen):
            # one flipped, the other not, a rejected pair is not the one that looked alike
            mirrored = pairs[of] if of in pairs else bool(rng.random() < self._batches.mirrored)
            label = self.label_of[of.flipped if mirrored else of]
            for example in self._pictures(rng, self._members[of]):
                shows.append(Show(example, label, mirrored, (self._seed, step, len(shows))))
        return shows

    def batches(self, start: int, stop: int) -> Iterator[list[Show]]:
        """The batches of steps ``start`` to ``stop`` - 1."""
        return (self.batch(step) for step in range(start, stop))

    def _pairs(self, rng: np.random.Generator) -> dict[FlankClass, bool]:
        """Classes of rejected pairs, each with whether it is shown flipped; mostly none."""
        if not self._rejected or rng.random() >= self._batches.rejected:
            return {}
        found: dict[FlankClass, bool] = {}
        for k in rng.permutation(len(self._rejected)):
            mirrored = bool(rng.random() < self._batches.mirrored)
            both = [of for of in self._rejected[k] if of not in found]
            if found and (len(both) < 2 or len(found) + 2 > self._batches.classes // 2):
                continue
            found |= dict.fromkeys(both, mirrored)
        return found

    def _pool(self, rng: np.random.Generator) -> Sequence[FlankClass]:
        if self._families and rng.random() < self._batches.alike:
            names = sorted(self._families)
            sizes = np.array([len(self._families[n]) for n in names], dtype=float)
            return self._families[names[int(rng.choice(len(names), p=sizes / sizes.sum()))]]
        return self._plain

    def _pictures(self, rng: np.random.Generator, members: Sequence[int]) -> list[int]:
        """``pictures`` of a class: of different sightings while there are any, twice only when
        there are too few.
        """
        order = [members[k] for k in rng.permutation(len(members))]
        seen: set[str] = set()
        first: list[int] = []
        later: list[int] = []
        for k in order:
            group = self._groups[k]
            (later if group and group in seen else first).append(k)
            seen.add(group)
        line = first + later
        return [line[k % len(line)] for k in range(self._batches.pictures)]
