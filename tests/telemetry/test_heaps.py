"""The service keeps few heaps: asked of the C library itself, in processes of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNT = """
import ctypes, os, threading
from reid.telemetry.heaps import keep_few_heaps
asked = {asked} and keep_few_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(12)
def fill():
    together.wait()
    for _ in range(200):
        libc.malloc(4096)
    together.wait()
threads = [threading.Thread(target=fill) for _ in range(12)]
[t.start() for t in threads]
[t.join() for t in threads]
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
os._exit(7 if asked else 0)
"""
GLIBC = sys.platform == "linux" and "CS_GNU_LIBC_VERSION" in os.confstr_names


def _heaps(asked: bool, **more: str) -> tuple[int, int]:
    world = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"} | more
    done = subprocess.run(
        [sys.executable, "-c", COUNT.format(asked=asked)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=world,
        check=False,
    )
    assert done.returncode in (0, 7), done.stderr
    return len(re.findall("<heap nr=", done.stdout)), done.returncode


@pytest.mark.skipif(not GLIBC, reason="another C library than glibc")
def test_twelve_threads_share_two_heaps() -> None:
    assert _heaps(False)[0] > 2, "without being asked glibc makes more: else this test is blind"
    assert _heaps(True) == (2, 7)


@pytest.mark.skipif(not GLIBC, reason="another C library than glibc")
def test_who_chose_is_left_alone() -> None:
    heaps, asked = _heaps(True, MALLOC_ARENA_MAX="4")
    assert (heaps, asked) == (4, 0)


FREED = """
import ctypes, time
from reid.telemetry.heaps import giving_back
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4 // 1024
pieces = [libc.malloc(100_000) for _ in range(2000)]
for piece in pieces:
    ctypes.memset(piece, 1, 100_000)
for number, piece in enumerate(pieces):
    if number % 50:
        libc.free(piece)
before = held()
with giving_back(0.05):
    end = time.monotonic() + 30
    while held() > before - 100 and time.monotonic() < end:
        time.sleep(0.05)
print(before, held())
"""


@pytest.mark.skipif(not GLIBC, reason="another C library than glibc")
def test_free_pages_between_what_lives_go_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FREED], capture_output=True, text=True, cwd=ROOT, check=True
    )
    before, after = map(int, done.stdout.split())
    assert after < before - 100, f"MiB: {before} before, {after} after"


def test_another_c_library_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from reid.telemetry import heaps

    monkeypatch.delenv(heaps.CHOSEN, raising=False)
    monkeypatch.setattr(heaps.ctypes, "CDLL", lambda name: object())
    assert heaps.keep_few_heaps() is False
    with heaps.giving_back(0.01):
        pass
