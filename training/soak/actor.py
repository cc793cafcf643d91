"""The service or a worker as users start them, and a record of what they committed.

``python -m training.soak.actor service|worker [--light] [--commits FILE] -- ARGUMENTS``
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SAVE_AFTER = 20
"""Indexes are written so often here (2,000 new vectors elsewhere), to be killed while they are."""


def main() -> None:
    """Become it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("service", "worker"))
    parser.add_argument("--light", action="store_true", help="no networks")
    parser.add_argument("--commits", type=Path, help="a line for each item of a job it commits")
    ours, rest = _split(sys.argv[1:])
    asked = parser.parse_args(ours)
    if asked.light:
        _lighten()
    if asked.commits:
        _record(asked.commits)
    if asked.what == "service":
        sys.argv = ["service", *rest]
        runpy.run_module("service", run_name="__main__", alter_sys=True)
    else:
        from reid.cli import main as reid

        sys.argv = ["reid", "worker", *rest]
        reid()


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def _lighten() -> None:
    from reid.batch import re_embed
    from reid.pipeline import Engine, embedding_route, readiness, vote_route
    from training.soak.light import light_embedder, light_engine

    changes: list[tuple[Any, str, Any]] = [
        (Engine, "load", staticmethod(light_engine)),
        (readiness, "verify_loaded", lambda *_: ()),  # no file was loaded
        (re_embed, "load_embedder", light_embedder),
        (embedding_route, "LEAST_TO_SAVE", SAVE_AFTER),
        (vote_route, "LEAST_TO_SAVE", SAVE_AFTER),
    ]
    for where, name, value in changes:
        if not hasattr(where, name):
            raise AttributeError(f"{where} has no {name} any more; see who took its place")
        setattr(where, name, value)


def _record(path: Path) -> None:
    """Write down every item after it was committed: each must stand there once at most."""
    from reid.catalogue.jobs import JobStore, Outcome

    commit: Callable[..., None] = JobStore.commit_items

    def commit_items(
        self: Any, job_id: str, worker: str, stage: str, outcomes: Sequence[Outcome]
    ) -> None:
        commit(self, job_id, worker, stage, outcomes)
        lines = [json.dumps([job_id, stage, one.position]) + "\n" for one in outcomes]
        handle = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(handle, "".join(lines).encode())
        os.close(handle)

    JobStore.commit_items = commit_items  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
