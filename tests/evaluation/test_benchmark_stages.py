"""The benchmark's clocks: own time only, and every name that they stand on exists."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, fields
from pkgutil import resolve_name

import numpy as np
import psutil
import pytest

from reid.index import StoreSettings
from reid.types import LocalFeatures
from training.benchmark import SECTIONS, bench
from training.benchmarking.effort import Asked, effort_table
from training.benchmarking.ground import Ground
from training.benchmarking.known import _moved, _strange
from training.benchmarking.memory import CLEAR, MemoryWatch, peak_gib
from training.benchmarking.others import BUSY, Others, _machine, _ours, others_said
from training.benchmarking.over_http import processor_s
from training.benchmarking.overhead import Overhead, overheads
from training.benchmarking.overhead import as_table as overhead_table
from training.benchmarking.page import HEAD, put, sections
from training.benchmarking.scale import Kind, as_table, grown
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
from training.benchmarking.whole import Timing


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


def test_strange_coats_match_nothing_and_lie_as_before():
    rng = np.random.default_rng(2)
    rows = np.abs(rng.standard_normal((300, 128))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    none = np.zeros(300, np.float32)
    points = LocalFeatures(np.zeros((300, 2), np.float32), none + 1, none, rows, none + 1, "m")
    strange = _strange(points, rng).descriptors
    assert np.allclose(np.linalg.norm(strange, axis=1), 1, atol=1e-5)
    assert np.allclose(strange.mean(axis=0), rows.mean(axis=0), atol=0.01)
    nearest = (strange @ rows.T).max(axis=1)
    assert nearest.max() < 0.95


def test_jittered_rows_keep_their_length():
    rng = np.random.default_rng(1)
    rows = rng.random((20, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    moved = _moved(rows, rng)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert 0.85 < float((rows * moved).sum(axis=1).mean()) < 0.99


@pytest.mark.parametrize("share", [1.0, 0.01])
def test_growing_through_sizes_is_measured_against_brute_force(share):
    store = StoreSettings(exact_up_to=1500, probed_share=share, least_probes=1, byte_codes=False)
    kind = Kind("small", 16, 1, 5, store, 8, 0.5, positive=True)
    rows = list(grown(kind, (500, 1200, 25_000)))
    assert [(row.size, row.store) for row in rows] == [
        (500, "exact"),
        (1200, "exact"),
        (25_000, "ivf"),
    ]
    assert [row.recall for row in rows[:2]] == [1.0, 1.0]
    assert rows[2].held_bytes > 25_000 * (4 * 16 + 8)
    assert (rows[2].recall == 1) is (share == 1)
    assert rows[0].build_s <= rows[1].build_s <= rows[2].build_s
    assert "| small | 25,000 | ivf |" in as_table(rows)


@pytest.mark.slow
def test_a_stage_s_memory_is_seen():
    watch = MemoryWatch()
    held = watch.around("big", lambda: np.ones(20_000_000))()
    watch.around("small", lambda: None)()
    assert peak_gib() > 0.1
    if not watch.added_mb:
        pytest.skip("this system keeps no peak that can be begun anew")
    assert 100 < watch.added_mb["big"] < 400
    assert watch.added_mb["small"] < 20
    assert len(held)


def test_questions_asked_twice_stand_side_by_side():
    rows = [
        Asked("b", 4, "Ada", 3, 9, 1.0),
        Asked("a", 4, "x", 3, 9, 1),
        Asked("b", 0, "Ada", 9, 9, 2),
    ]
    lines = effort_table(rows).splitlines()
    assert [line.split("|")[1:3] for line in lines[2:]] == [
        [" a ", " early "],
        [" b ", " never "],
        [" b ", " early "],
    ]


@pytest.mark.slow
def test_importing_the_benchmark_leaves_torch_to_the_engine():
    code = "import sys, training.benchmark; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


PEAK = "from training.benchmarking.memory import peak_gib; print(peak_gib())"


@pytest.mark.slow
def test_a_peak_is_of_the_program_and_not_of_the_one_that_started_it():
    held = np.ones(800 << 20, np.uint8)
    told = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    assert 0.005 < float(told.stdout) < held.nbytes / 2**30


@pytest.mark.skipif(not CLEAR.exists(), reason="the system keeps no peak that can be cleared")
@pytest.mark.slow
def test_a_peak_outlives_a_watch():
    np.ones(300 << 20, np.uint8)
    before = peak_gib()
    MemoryWatch().around("a", lambda: None)()
    assert peak_gib() >= before


def test_a_busy_machine_is_said():
    assert "quiet machine" not in others_said(BUSY)
    assert "quiet machine" in others_said(BUSY + 0.1)


SPIN = "import time; end = time.process_time() + 1.5\nwhile time.process_time() < end: pass"


@pytest.mark.slow
def test_the_work_of_our_own_children_is_not_that_of_others():
    """The children of children too, whether they have ended or not."""
    others = Others()
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SPIN!r}])"
    subprocess.run([sys.executable, "-c", nested], check=True)
    with subprocess.Popen(
        [sys.executable, "-c", SPIN + "\ninput()"], stdin=subprocess.PIPE
    ) as left:
        while sum(psutil.Process(left.pid).cpu_times()[:2]) < 1.5:
            time.sleep(0.05)
        ours = 3.0
        counted = _ours()
        left.communicate(b"\n")
    assert counted >= ours
    assert others.cores() >= 0
    assert _ours() == pytest.approx(counted, abs=0.5)


def test_work_that_is_not_ours_is_counted(monkeypatch):
    others = Others()
    machine = _machine() + 100
    monkeypatch.setattr("training.benchmarking.others._machine", lambda: machine)
    assert others.cores() > BUSY


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


def test_a_section_taken_alone_leaves_the_others_as_they_are():
    order = ["One", "Two", "Three"]
    page = put(put("", "Three", "c\n", order), "One", "a", order)
    assert page == f"{HEAD}\n## One\n\na\n\n## Three\n\nc\n"
    page = put(put(page, "Two", "b", order), "One", "new", order)
    assert sections(page) == {"One": "new", "Two": "b", "Three": "c"}
    assert list(sections(page)) == order
    assert "Two" not in sections(put(page, "One", "x", ["One", "Three"])), "nobody writes it"


def test_each_section_is_written_as_soon_as_it_is_known(tmp_path, monkeypatch):
    def fails(_):
        raise RuntimeError("out of luck")

    monkeypatch.setitem(SECTIONS, "stages", ("First", lambda ground: f"{ground.threads} threads"))
    monkeypatch.setitem(SECTIONS, "effort", ("Second", fails))
    out = tmp_path / "page.md"
    with Ground(threads=3, small=True) as ground, pytest.raises(RuntimeError):
        bench(["stages", "effort"], ground, out)
    (body,) = sections(out.read_text()).values()
    assert body.startswith("3 threads\n\n**A rehearsal on little: these figures say nothing.**")


def test_our_index_is_asked_beside_bare_faiss():
    rows = overheads(32, (500, 1200))
    assert [(row.size, row.store) for row in rows] == [(500, "exact"), (1200, "exact")]
    assert all(row.ours_ms > 0 and row.bare_ms > 0 for row in rows)
    assert "| 1,200 | ivf | 1.10 | 1.00 | **1.100** |" in overhead_table(
        [Overhead(1200, "ivf", 1.1, 1.0)]
    )


def test_processor_time_of_a_process():
    before = processor_s(os.getpid())
    if before != before:
        pytest.skip("this system does not tell it")
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    assert 0.1 < processor_s(os.getpid()) - before < 5
