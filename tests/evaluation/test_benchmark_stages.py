"""The benchmark's clocks: own time only, and every name that they stand on exists."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, fields
from pkgutil import resolve_name

import numpy as np
import pytest

from training.benchmark import Timing
from training.benchmarking.known import _moved
from training.benchmarking.page import load_average, load_said
from training.benchmarking.service import memory_of
from training.benchmarking.stages import (
    ANIMAL,
    DECODE,
    FORWARD,
    FUNCTIONS,
    LOCALISE,
    Clock,
    Timed,
    timed_engine,
)


class Inner:
    def work(self):
        time.sleep(0.02)
        return "done"

    def other(self):
        return 7


def test_inner_stage_is_not_counted_twice():
    clock = Clock()
    inner = Timed(Inner(), clock, {"work": "inner"})

    def outer():
        time.sleep(0.01)
        return inner.work()

    start = time.perf_counter()
    assert clock.around("outer", outer)() == "done"
    total = time.perf_counter() - start
    assert clock.seconds["inner"] >= 0.02
    assert clock.seconds["outer"] >= 0.01
    assert clock.seconds["inner"] + clock.seconds["outer"] <= total
    assert inner.other() == 7
    assert dict(clock.calls) == {"inner": 1, "outer": 1}


def test_a_stage_that_fails_is_counted_too():
    clock = Clock()

    def broken():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        clock.around("stage", broken)()
    assert clock.calls["stage"] == 1


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_timed_exists(name):
    assert callable(resolve_name(name))


def test_jittered_rows_keep_their_length():
    rng = np.random.default_rng(1)
    rows = rng.random((20, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    moved = _moved(rows, rng)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert 0.85 < float((rows * moved).sum(axis=1).mean()) < 0.99


def test_importing_the_benchmark_leaves_torch_to_the_engine():
    code = "import sys, training.benchmark; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_busy_machine_is_said():
    assert load_said(3.2, 4) == "Load average 3.2 on 4 cores."
    assert "run it again on a quiet one" in load_said(4.4, 4)
    assert load_average() >= 0


def test_memory_of_a_process_with_and_without_proc(monkeypatch):
    here = memory_of(os.getpid())
    assert here.peak is None or here.peak >= here.now > 0.01
    monkeypatch.setattr("training.benchmarking.service.Path.is_file", lambda _: False)
    told = memory_of(os.getpid())
    assert told.peak is None
    assert told.now == pytest.approx(here.now, rel=0.2)


def test_one_pass_an_animal_is_unavoidable_and_the_screen_is_not():
    clock = Clock()
    clock.seconds.update({DECODE: 1.0, FORWARD: 3.0, ANIMAL: 2.0, LOCALISE: 4.0})
    clock.calls.update({FORWARD: 6, ANIMAL: 4})
    strict, wide, found = Timing(clock, 20.0, 0.5).ratios()
    assert (strict, wide, found) == pytest.approx((5 / 20, 6 / 20, 10 / 20))


@dataclass(frozen=True)
class Staged:
    localiser: Inner
    second_look: Inner
    embedder: Inner
    screener: Inner
    local: Inner
    matcher: Inner
    verifier: Inner


@pytest.mark.parametrize("one", [True, False])
def test_one_network_for_both_stays_one(one):
    network = Inner()
    parts = {f.name: Inner() for f in fields(Staged)}
    parts |= {"embedder": network, "screener": network if one else Inner()}
    watched = timed_engine(Staged(**parts), Clock())
    assert (watched.screener is watched.embedder) is one
