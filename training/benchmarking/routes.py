"""How early two routes put a true picture: ``python -m training.benchmarking.routes DATASET``.

A dataset's folder as `reid evaluate` takes it, leave one out; what `reid.pipeline.proposing` makes
of both shortlists is what an identification looks at, in that order.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.index.lnbnn import DescriptorIndex
from reid.local.load import load_extractor
from reid.pipeline.proposing import RouteUsed, proposals
from reid.pipeline.vote_route import VOTES
from training.data import read_dataset
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.running import default_cache, make_task
from training.evaluation.systems.contract import Task
from training.evaluation.systems.features import features_of
from training.evaluation.systems.load import load_comparer
from training.evaluation.tables import table

EACH = 10
PLACES = (1, 3, 5, 10, 20)
NOWHERE = 1 << 30


def first_places(task: Task, bundle: str, queries: int) -> NDArray[np.int64]:
    """(n, 3): the first true picture's place by embedding, by votes, and in both shortlists."""
    plan = task.plan
    cosines = load_comparer(bundle).matrix(task)
    features = features_of(task.animals, load_extractor("rootsift"), task)
    index = DescriptorIndex(((n, features[k]) for n, k in enumerate(plan.gallery)), VOTES)
    drawn = np.random.default_rng(0).permutation(np.flatnonzero(plan.known))[:queries]
    found = []
    for query in drawn:
        allowed = np.flatnonzero(plan.allowed[query])
        hidden = np.flatnonzero(~plan.allowed[query]).tolist()
        votes = index.votes(features[plan.queries[query]], exclude=hidden)
        near = allowed[np.argsort(-cosines[query][allowed], kind="stable")]
        voted = votes.ids[np.argsort(-votes.scores, kind="stable")]
        true = set(allowed[plan.same[query][allowed]].tolist())
        found.append([_first(near, true), _first(voted, true), _first(_both(near, voted), true)])
    return np.array(found)


def _both(near: NDArray[np.int64], voted: NDArray[np.int64]) -> NDArray[np.int64]:
    ranks = {
        name: {str(k): place for place, k in enumerate(order.tolist(), start=1)}
        for name, order in (("embedding", near), ("votes", voted))
    }
    told = [RouteUsed(name, len(near), len(found)) for name, found in ranks.items()]
    return np.array(proposals(ranks, sorted(ranks["embedding"]), told, EACH).order, dtype=np.int64)


def _first(order: NDArray[np.int64], true: set[int]) -> int:
    return next((k for k, one in enumerate(order.tolist(), start=1) if one in true), NOWHERE)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--bundle", default="lite1")
    parser.add_argument("--queries", type=int, default=250)
    parser.add_argument("--cache", type=Path, default=default_cache())
    asked = parser.parse_args()
    task = make_task(read_dataset(asked.data), load_protocol("leave-one-out"), cache=asked.cache)
    found = first_places(task, asked.bundle, asked.queries)
    rows = [
        (f"{place}", *(f"{share:.3f}" for share in (found <= place).mean(axis=0)))
        for place in PLACES
    ]
    print(table(("among the first", "embedding", "votes", "both shortlists"), rows))


if __name__ == "__main__":
    main()
