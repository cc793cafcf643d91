"""Local methods judged on look-alikes: which one deserves to be the default.

``python -m training.evaluation.results --only "Matchers on look-alikes"`` writes the section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from reid.config import PipelineConfig
from reid.local.pinned import ALIKED, XFEAT
from reid.match.pinned import LIGHTERGLUE, LIGHTGLUE
from reid.pipeline import Engine
from reid.pipeline.methods import METHODS
from reid.weights import weights_root
from training.evaluation.lookalikes import SETS, SYNTHETIC, make_set
from training.evaluation.scored import EVERY, Clock, Floats, Scored, score
from training.evaluation.tables import table

DEFAULT = PipelineConfig().local
FILES = {
    "xfeat": (XFEAT,),
    "aliked": (ALIKED,),
    "xfeat-lighterglue": (XFEAT, LIGHTERGLUE),
    "aliked-lightglue": (ALIKED, LIGHTGLUE),
}
"""Weights that each learned method reads; RootSIFT has none."""


def matchers_report(data: Path, *, seed: int) -> str:
    """All methods on all sets, told; two processes of one thread each measure."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return told(list(pool.map(measured, SETS, repeat(data), repeat(seed))))


def measured(name: str, data: Path, seed: int) -> tuple[Scored, Clock]:
    """One of `SETS` scored by every method, and what that cost."""
    clock = Clock()
    pairs = make_set(name, Engine.load(threads=1), data, seed)  # the engine is let go: memory
    return score(pairs, clock), clock


def told(done: Sequence[tuple[Scored, Clock]]) -> str:
    """Order of the pairs by every method, what each costs, what a second opinion gives."""
    sets, clock = [one for one, _ in done], Clock.sum(c for _, c in done)
    parts = [text for one in sets for text in _one(one)]
    return "\n\n".join([*parts, "**What each costs**", _costs(clock), _verdict(sets)])


def _one(one: Scored) -> Iterator[str]:
    kinds = ", ".join(f"{int((one.kinds == k).sum())} {k}" for k in dict.fromkeys(one.kinds))
    yield f"**{one.name.capitalize()}**: {kinds}."
    others = one.others()
    columns = [EVERY, *others] if len(others) > 1 else [EVERY]
    rows = [
        (name, *(one.order(value, kind) for kind in columns), one.above(value))
        for name, value in one.pattern.items()
    ]
    head = ("method", *(f"AUC, {c}" for c in columns), "same above every different")
    yield table(head, rows)


def second_opinion(sets: Sequence[Scored], learned: str) -> list[Floats]:
    """The default and a learned method together, for each set: log-odds of "same".

    A logistic regression on the two log patterns, fitted on the synthetic set alone.
    """
    fitted = sets[SETS.index(SYNTHETIC)]
    model = LogisticRegression(C=1.0, class_weight="balanced")
    model.fit(_two(fitted, learned), fitted.same)
    return [np.asarray(model.decision_function(_two(one, learned))) for one in sets]


def _two(one: Scored, learned: str) -> Floats:
    return np.log1p(np.stack([one.pattern[DEFAULT], one.pattern[learned]], axis=1))


def _verdict(sets: Sequence[Scored]) -> str:
    """Which method orders best on every set, and whether a second opinion helps."""
    both = {n: second_opinion(sets, n) for n in METHODS if n != DEFAULT}
    rows = []
    for place, one in enumerate(sets):
        alone = {n: one.order(value).value for n, value in one.pattern.items()}
        best = max(alone, key=lambda n: alone[n])
        rows.append((one.name, best, DEFAULT, one.order(one.pattern[DEFAULT]), "-"))
        for name, values in both.items():
            together = one.order(values[place])
            gain = together.value - alone[DEFAULT]
            rows.append((one.name, best, f"{DEFAULT} and {name}", together, f"{gain:+.3f}"))
    head = ("set", "best alone", "score", "AUC, all pairs", "against the default alone")
    words = (
        f"**A second opinion** ({DEFAULT} with one learned method; weights fitted on the synthetic "
        "set, so only the other two sets judge it, and weakly where one method alone separates "
        "the synthetic pairs):"
    )
    return f"{words}\n\n{table(head, rows)}"


def _costs(clock: Clock) -> str:
    rows = []
    for name, (extractor, _) in METHODS.items():
        files = FILES.get(name, ())
        size = sum((weights_root() / f.path).stat().st_size for f in files) / 1e6
        licences = " and ".join(dict.fromkeys(f.license for f in files)) or "-"
        extract, pair = np.median(clock.extract[extractor]), np.median(clock.pair[name])
        rows.append((name, f"{extract:.0f}", f"{pair:.0f}", f"{size:.1f}", licences))
    head = ("method", "ms a picture", "ms a pair", "MB of weights", "licence of the weights")
    return table(head, rows)
