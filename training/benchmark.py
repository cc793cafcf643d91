"""Time, memory and ratios: ``python -m training.benchmark`` (``make bench``).

Synthetic pictures, all in one run; ``--only NAME ...`` takes some sections alone and leaves the
others of ``docs/benchmark.md`` as they are. Seconds depend on the machine; the ratios are of one
run. Every section stands in `SECTIONS`: a title and a function of the `Ground`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from training.benchmarking.archive import archive_section
from training.benchmarking.bundles import bundles_section
from training.benchmarking.catalogue import catalogue_section
from training.benchmarking.formats import formats_section
from training.benchmarking.ground import Ground
from training.benchmarking.heaps import heaps_section
from training.benchmarking.others import Others
from training.benchmarking.over_http import http_section
from training.benchmarking.overhead import overhead_section
from training.benchmarking.page import put, taken
from training.benchmarking.scale import scale_section
from training.benchmarking.throughput import throughput_section
from training.benchmarking.two_workers import workers_section
from training.benchmarking.whole import (
    effort_section,
    memory_section,
    picture_section,
    stages_section,
)

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmark.md"

SECTIONS: dict[str, tuple[str, Callable[[Ground], str]]] = {
    "stages": ("Comparing and identifying, by stage", stages_section),
    "effort": ("Stopping early", effort_section),
    "picture": ("One picture", picture_section),
    "throughput": ("Embedding in batches", throughput_section),
    "http": ("HTTP over Python", http_section),
    "workers": ("Two workers over one", workers_section),
    "overhead": ("Our index over bare FAISS", overhead_section),
    "scale": ("Search against the size of the catalogue", scale_section),
    "catalogue": ("What pages ask of a large catalogue", catalogue_section),
    "memory": ("Memory", memory_section),
    "heaps": ("Memory of many threads", heaps_section),
    "formats": ("A large package in and out", formats_section),
    "archive": ("A large archive, apart from its pictures", archive_section),
    "bundles": ("Another bundle", bundles_section),
}
"""By name, in the order of the page."""


def bench(names: Sequence[str], ground: Ground, out: Path) -> None:
    """Take the sections one after another; each is written as soon as it is known."""
    order = [title for title, _ in SECTIONS.values()]
    for name in names:
        title, section = SECTIONS[name]
        others = Others()
        body = section(ground)
        when = _taken(others.cores(), ground)
        page = out.read_text(encoding="utf-8") if out.exists() else ""
        out.write_text(put(page, title, f"{body.strip()}\n\n{when}", order), encoding="utf-8")
        print(f"## {title}\n\n{body}\n{when}\n", flush=True)


def _taken(others: float, ground: Ground) -> str:
    from training.evaluation.results import commit  # imports torch, which the engine does first

    return taken(others, threads=ground.threads, commit=commit(), small=ground.small)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="processes that render pictures")
    parser.add_argument("--small", action="store_true", help="a rehearsal: figures say nothing")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    with Ground(asked.threads, asked.workers, asked.small) as ground:
        bench(asked.only, ground, asked.out)


if __name__ == "__main__":
    main()
