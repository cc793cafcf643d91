"""The page that the benchmark writes: every section by itself, and how busy the machine was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from training.benchmarking.others import others_said

HEAD = """# Benchmark

Written by `make bench` (`python -m training.benchmark`, one section with `--only NAME`); do not
edit. CPU only, one thread of BLAS, synthetic pictures. Seconds depend on the machine and on what
else it does; ratios are of one run. Every section says when and on what it was taken.
"""
_TITLE = re.compile(r"^## (.+)$", re.MULTILINE)


def put(page: str, title: str, body: str, order: Sequence[str]) -> str:
    """The page with one section replaced or added, sections in the given order.

    Sections that ``order`` does not know are left out: nobody writes them any more.
    """
    found = {**sections(page), title: body.strip()}
    parts = [f"## {name}\n\n{found[name]}\n" for name in order if name in found]
    return "\n".join([HEAD, *parts])


def sections(page: str) -> dict[str, str]:
    """The bodies by title."""
    pieces = _TITLE.split(page)[1:]
    return {title: body.strip() for title, body in zip(pieces[::2], pieces[1::2], strict=True)}


def taken(others: float, *, threads: int, commit: str, small: bool = False) -> str:
    """When and on what a section was taken."""
    rehearsal = "**A rehearsal on little: these figures say nothing.** " if small else ""
    return (
        f"{rehearsal}{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {threads} threads. "
        f"{others_said(others)}"
    )
