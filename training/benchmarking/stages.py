"""Clocks around the stages of the real pipeline; the pipeline itself carries none."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pkgutil import resolve_name
from typing import Any, Protocol, cast
from unittest.mock import patch

from reid.pipeline import Engine

DECODE, LOCALISE, FORWARD = "decode", "localise", "embed (forward)"
ANIMAL, CONTROL_FEATURES = "features of the animal", "features of the controls"
FUNCTIONS = {
    "reid.pipeline.preparing.open_image": DECODE,
    "reid.pipeline.stored.open_image": DECODE,
    "reid.pipeline.preparing.quality": "quality",
    "reid.pipeline.screening.species_crops": "crop",
    "reid.pipeline.pairs.near_copies": "copies",
    "reid.pipeline.comparing.decide": "decide",
    "reid.pipeline.identifying.name_from": "decide",
    "reid.evidence.report_html": "report",
    "reid.pipeline.embedding_route.EmbeddingRoute.ranked": "search by embedding",
    "reid.pipeline.vote_route.VoteRoute.sync": "votes, taking in",
    "reid.pipeline.vote_route.VoteRoute.ranked": "search by votes",
    "reid.catalogue.Catalogue.load_prepared": "catalogue, reading",
    "reid.catalogue.Catalogue.save_sighting": "catalogue, writing",
    "reid.pipeline.search.CandidateSearch.__init__": "index, loading",
}
"""What the pipeline calls by name, and the stage that it is."""


class Watch(Protocol):
    """Looks at a piece of work while it runs."""

    def around(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work``, watched under the name ``stage``."""


@dataclass(eq=False)
class Clock:
    """Own time of each stage: what a stage spends in another stage is the other's."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _inner: list[float] = field(default_factory=lambda: [0.0])

    def around(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work`` with its time kept under ``stage``."""

        def clocked(*given: Any, **named: Any) -> Any:
            start = time.perf_counter()
            self._inner.append(0.0)
            try:
                return work(*given, **named)
            finally:
                took = time.perf_counter() - start
                self.seconds[stage] += took - self._inner.pop()
                self.calls[stage] += 1
                self._inner[-1] += took

        return clocked


class Timed:
    """An object whose named methods are timed; all else is the object's own."""

    def __init__(self, inner: object, clock: Watch, stages: Mapping[str, str]) -> None:
        self._inner, self._clock, self._stages = inner, clock, stages

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return self._clock.around(self._stages[name], value) if name in self._stages else value


def timed_engine(engine: Engine, clock: Watch) -> Engine:
    """The engine with a clock around every stage."""

    def watch(inner: object, **stages: str) -> Any:
        return cast(Any, Timed(inner, clock, stages))

    controls = CONTROL_FEATURES
    # One clock where one network does both: the pipeline asks whether they are the same object.
    embedder = watch(engine.embedder, crop="crop", forward=FORWARD, embed=FORWARD)
    one = engine.screener is engine.embedder
    screener = embedder if one else watch(engine.screener, crop="crop", forward=FORWARD)
    return replace(
        engine,
        localiser=watch(engine.localiser, locate=LOCALISE),
        second_look=watch(engine.second_look, locate=LOCALISE),
        embedder=embedder,
        screener=screener,
        local=watch(
            engine.local, animal=ANIMAL, mirrored=controls, background=controls, erased=controls
        ),
        matcher=watch(engine.matcher, match="matching"),
        verifier=watch(engine.verifier, verify="verifying"),
    )


@contextmanager
def timed(engine: Engine, clock: Watch) -> Iterator[Engine]:
    """An engine with clocks, and clocks around what the pipeline calls by name."""
    with ExitStack() as stack:
        for name, stage in FUNCTIONS.items():
            stack.enter_context(_patched(name, stage, clock))
        yield timed_engine(engine, clock)


def _patched(name: str, stage: str, clock: Watch) -> Any:
    return patch(name, clock.around(stage, resolve_name(name)))
