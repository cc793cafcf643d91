"""From a table to predictions: measure, plan, ask a system."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from reid.errors import InputError
from training.data import Dataset, Row
from training.data.copies import frame_groups
from training.evaluation.retrieval.animals import Animal, measure_animals
from training.evaluation.retrieval.outlines import Outliner
from training.evaluation.retrieval.plan import Plan, make_plan
from training.evaluation.retrieval.predictions import Pictures, Prediction
from training.evaluation.retrieval.protocol import Protocol
from training.evaluation.systems.compose import Scores, System
from training.evaluation.systems.contract import Progress, Task
from training.evaluation.systems.fusion import Weights, mean_of


def default_cache() -> Path:
    """The user's cache folder for evaluations."""
    return Path(platformdirs.user_cache_dir("leopard-reid")) / "evaluation"


def make_task(
    dataset: Dataset,
    protocol: Protocol,
    *,
    cache: Path | None = None,
    threads: int = 1,
    outliner: Outliner | None = None,
    progress: Progress | None = None,
) -> Task:
    """The plan of a protocol on a dataset, with every animal measured.

    Raises:
        InputError: nobody to ask or to find; or a picture, box or outline that cannot be used.
    """
    rows = dataset.labelled()
    group = frame_groups(rows.rows, cache, least_alike=protocol.near_copies)
    plan = make_plan(rows, group, protocol)
    finder = outliner or Outliner(frames=dataset.rights.frames)
    animals = measure_animals(plan.rows, finder, cache, progress)
    return Task(plan, animals, cache, threads, progress)


def fitted_weights(prediction: Prediction) -> Weights:
    """Mean of the folds' weights of a fusion, to be used on another dataset.

    Raises:
        InputError: nothing was fitted.
    """
    folds = [
        Weights(tuple(w["ranking"]), tuple(w["evidence"]), w["lowest"], w["highest"])
        for w in prediction.about["fitted"].values()
    ]
    if not folds:
        raise InputError(f"expected a fusion, found {prediction.about['system']!r}, not fitted")
    return mean_of(folds)


def predict(
    system: System, name: str, task: Task, dataset: Dataset, protocol: Protocol
) -> Prediction:
    """Ask a system; ``about`` says what was asked, of whom, and how long it took."""
    began = time.monotonic()
    scores = system.predict(task)
    seconds = time.monotonic() - began
    about = _about(system, name, task, dataset, protocol, scores)
    plan = task.plan
    return Prediction(
        pictures(plan, plan.queries, task.animals, dataset.root),
        pictures(plan, plan.gallery, task.animals, dataset.root),
        scores.ranking.astype(np.float32),
        plan.allowed,
        plan.unknown,
        plan.pairs,
        scores.pairs.astype(np.float32),
        {**about, "seconds": round(seconds, 1)},
    )


def _about(
    system: System,
    name: str,
    task: Task,
    dataset: Dataset,
    protocol: Protocol,
    scores: Scores,
) -> dict[str, Any]:
    return {
        "system": name,
        "method": system.method,
        "is_llr": system.llr,
        "fitted": scores.fitted,
        "protocol": protocol.name,
        "protocol_about": protocol.about,
        "seed": protocol.seed,
        "dataset": dataset.name,
        "licence": dataset.rights.licence,
        "table_sha256": dataset.sha256,
        "task": task.fingerprint(),
        "threads": task.threads,
        "date": datetime.now(UTC).date().isoformat(),
    }


def pictures(
    plan: Plan, chosen: Sequence[int] | np.ndarray[Any, Any], animals: Sequence[Animal], root: Path
) -> Pictures:
    """The chosen rows' facts as arrays."""
    rows = [plan.rows[k] for k in chosen]
    return Pictures(
        id=np.array([r.image_id for r in rows], dtype=str),
        path=np.array([_relative(r, root) for r in rows], dtype=str),
        individual=np.array([r.identity for r in rows], dtype=str),
        flank_class=np.array([r.flank_class for r in rows], dtype=str),
        fold=plan.fold[np.asarray(chosen, dtype=np.int64)],
        usable=np.array([animals[k].usable for k in chosen], dtype=np.float32),
        light=np.array([str(animals[k].light) for k in chosen], dtype=str),
    )


def _relative(row: Row, root: Path) -> str:
    inside = row.path.is_relative_to(root)
    return (row.path.relative_to(root) if inside else row.path).as_posix()
