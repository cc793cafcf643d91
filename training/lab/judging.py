"""Two bundles asked the same of the same pictures: what the gate compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from reid.fuse.calibration import Calibration, parse_calibration
from reid.pipeline import Engine
from reid.weights import Bundle, read_calibration
from training.data import Dataset, Row
from training.evaluation.retrieval.plan import NobodyError
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.protocol import Protocol, load_protocol
from training.evaluation.retrieval.running import make_task, predict
from training.evaluation.systems.compose import Alone
from training.evaluation.systems.contract import Progress, Task
from training.evaluation.systems.embedding import EmbeddingComparer
from training.evaluation.systems.product import raw_scores
from training.lab.calibrating import Floats, LabelledPairs, llr_under
from training.lab.comparing import Both
from training.lab.look_alikes import with_look_alikes
from training.lab.rejected import Sides


class CannotJudgeError(InputError):
    """A set that is whole and says nothing of either bundle; ``why`` in words."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True, slots=True)
class Contender:
    """A bundle and the calibration that its evidence would have."""

    bundle: Bundle
    calibration: Calibration | None

    @classmethod
    def of(cls, bundle: Bundle, fallback: Calibration | None = None) -> Contender:
        """A bundle with its own calibration, else ``fallback``."""
        content = read_calibration(bundle)
        return cls(bundle, parse_calibration(content) if content else fallback)


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What judging takes: an engine for local matches, a cache, how many pairs of each kind."""

    engine: Engine
    cache: Path | None = None
    threads: int = 1
    same_pairs: int = 400
    different_pairs: int = 800
    seed: int = 20
    progress: Progress | None = None

    @property
    def protocol(self) -> Protocol:
        """Leave one out; nothing is fitted on who is judged, so there is one fold."""
        return replace(
            load_protocol("leave-one-out"),
            folds=1,
            same_pairs=self.same_pairs,
            different_pairs=self.different_pairs,
            seed=self.seed,
        )

    def task(self, name: str, dataset: Dataset) -> Task:
        """The pictures measured, and who may be compared with whom; ``name`` is the set's.

        Raises:
            CannotJudgeError: nobody of the set can be found again.
            InputError: a picture that cannot be used; says of which table.
        """
        try:
            task = make_task(
                dataset,
                self.protocol,
                cache=self.cache,
                threads=self.threads,
                progress=self.progress,
            )
        except NobodyError as error:
            raise CannotJudgeError(name, "it holds no labelled pictures that count") from error
        except (InputError, OSError) as error:
            raise InputError(
                f"{name}: a picture of {dataset.root} cannot be used: {error}"
            ) from error
        if not task.plan.known.any():
            raise CannotJudgeError(
                name, "nobody in it can be found again: no flank is in two of its sightings"
            )
        return task

    def both(self, name: str, dataset: Dataset, champion: Contender, challenger: Contender) -> Both:
        """Both asked.

        Raises:
            CannotJudgeError: nobody of the set can be found again.
            InputError: a picture that cannot be used; says of which table.
        """
        task = self.task(name, dataset)
        said = [self._predicted(c.bundle, task, dataset) for c in (champion, challenger)]
        llr = self._llr(task, (champion.calibration, challenger.calibration))
        stations = _stations(task.plan.query_rows), _stations(task.plan.gallery_rows)
        return Both(name, said[0], said[1], *llr, stations)

    def _predicted(self, bundle: Bundle, task: Task, dataset: Dataset) -> Prediction:
        system = Alone(EmbeddingComparer(str(bundle.directory)))
        return predict(system, bundle.name, task, dataset, self.protocol)

    def _llr(
        self, task: Task, calibrations: Sequence[Calibration | None]
    ) -> tuple[Floats | None, Floats | None]:
        first, second = calibrations
        if first is None or second is None or not len(task.plan.pairs):
            return None, None
        raw = self.raw(task)
        return llr_under(first, raw), llr_under(second, raw)

    def raw(self, task: Task) -> Floats:
        """(k, 6) raw scores of the plan's pairs; see `training.evaluation.systems.product.RAW`."""
        return raw_scores(self.engine, task, task.plan.pairs).astype(np.float64)

    def labelled_pairs(self, name: str, dataset: Dataset, apart: Sides = ()) -> LabelledPairs:
        """Scored pairs to calibrate by; the first of the different ones are those that people
        rejected (``apart``, by rows).

        Raises:
            CannotJudgeError: there are none of one animal, or none of two.
            InputError: a picture that cannot be used; says of which table.
        """
        task = self.task(name, dataset)
        plan = with_look_alikes(task.plan, dataset, apart, seed=self.seed)
        task = replace(task, plan=plan)
        same = plan.pair_same
        if not same.any() or same.all():
            lack = "different animals" if same.any() else "one animal"
            raise CannotJudgeError(name, f"no pairs of {lack}")
        who = [(plan.query_rows[a].identity, plan.gallery_rows[b].identity) for a, b in plan.pairs]
        return LabelledPairs(self.raw(task), same, np.array(who, dtype=str))


def _stations(rows: Sequence[Row]) -> NDArray[np.str_]:
    return np.array([row.extra.get("station", "") for row in rows], dtype=str)


def sighting_llr(
    bench: Bench,
    dataset: Dataset,
    sightings: Sequence[str],
    calibration: Calibration,
    pairs: Sequence[tuple[str, str]],
) -> Mapping[tuple[str, str], float]:
    """The best log-likelihood ratio of pairs of sightings, over two good pictures of each.

    ``sightings`` (len(dataset)) names each row's.
    """
    rows = dataset.rows
    # larger boxes show more, and nothing has to be opened for it
    size = [r.box.width_px * r.box.height_px if r.box else 0.0 for r in rows]
    chosen = {
        name: sorted(own, key=lambda k: -size[k])[:_PICTURES]
        for name, own in _by(sightings).items()
    }
    wanted = [(p, i, j) for p in pairs for i in chosen[p[0]] for j in chosen[p[1]]]
    if not wanted:
        return {}
    raw = _scored(bench, dataset, [(i, j) for _, i, j in wanted])
    found: dict[tuple[str, str], float] = {}
    for (pair, _, _), llr in zip(wanted, llr_under(calibration, raw), strict=True):
        found[pair] = max(found.get(pair, -np.inf), float(llr))
    return found


_PICTURES = 2


def _by(names: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for k, name in enumerate(names):
        found.setdefault(name, []).append(k)
    return found


def _scored(bench: Bench, dataset: Dataset, pairs: Sequence[tuple[int, int]]) -> Floats:
    """(k, 6) raw scores of pairs of rows."""
    from training.evaluation.retrieval.animals import measure_animals
    from training.evaluation.retrieval.outlines import Outliner
    from training.evaluation.retrieval.plan import Plan

    used = sorted({k for pair in pairs for k in pair})
    rows = tuple(dataset.rows[k] for k in used)
    place = {k: n for n, k in enumerate(used)}
    everyone = np.arange(len(rows), dtype=np.int64)
    nothing = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    entries = np.array([(place[i], place[j]) for i, j in pairs], dtype=np.int64)
    plan = Plan(rows, everyone, everyone, ~nothing, nothing, nothing[0], everyone, entries)
    outliner = Outliner(frames=dataset.rights.frames)
    animals = measure_animals(rows, outliner, bench.cache, bench.progress)
    task = Task(plan, animals, bench.cache, bench.threads, bench.progress)
    return raw_scores(bench.engine, task, entries).astype(np.float64)
