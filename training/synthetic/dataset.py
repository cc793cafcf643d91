"""A training set by one command.

``python -m training.synthetic.dataset OUT --individuals 1200 --pictures 16 --seed 1 --workers 2``
writes crops with masks, ``metadata.csv`` in the columns of wildlife-datasets and ``manifest.json``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import cv2

from reid.errors import ConfigError
from reid.types.checks import require
from training.synthetic.family import Family
from training.synthetic.rows import COLUMNS, rows_file, write_animal, write_beside
from training.synthetic.survey import DEFAULT_FAMILIES, Survey, texels_for

VERSION = 5  # raised whenever equal arguments no longer give equal pictures
LICENCE = "Apache-2.0"
_TABLE_EVERY = 25  # animals
_AHEAD = 4  # animals waiting for each worker


def make_dataset(
    out: Path,
    survey: Survey,
    individuals: int,
    *,
    split: str = "train",
    workers: int = 1,
    resume: bool = False,
) -> Path:
    """Write the set below ``out`` and return its ``metadata.csv``.

    With ``resume`` animals that are complete are kept; equal arguments give equal files however
    often the run was cut off and however many workers took part.

    Raises:
        ConfigError: ``out`` is not empty and ``resume`` is off, or it was begun otherwise.
    """
    plan = {"version": VERSION, "individuals": individuals, "split": split, **_described(survey)}
    _begin(out, plan, resume)
    todo = [i for i in range(individuals) if not rows_file(out, survey, i).is_file()]
    started = time.monotonic()
    for done, _ in enumerate(_written(out, survey, todo, split, workers), 1):
        _progress(done, len(todo), survey.pictures, time.monotonic() - started)
        if done % _TABLE_EVERY == 0:
            _table(out, survey, individuals)
    return _finish(out, survey, individuals, plan)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and make the set."""
    given = _parser().parse_args(arguments)
    survey = Survey(
        seed=given.seed,
        pictures=given.pictures,
        size_px=given.size,
        texels_per_m=texels_for(given.size),
        stations=given.stations,
        families=tuple(_families(given.families)),
    )
    table = make_dataset(
        given.out,
        survey,
        given.individuals,
        split=given.split,
        workers=given.workers,
        resume=given.resume,
    )
    print(table)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, prog="training.synthetic.dataset")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--individuals", type=int, required=True)
    parser.add_argument("--pictures", type=int, default=16, help="of each animal")
    parser.add_argument("--seed", type=int, required=True, help="no two seeds share an animal")
    parser.add_argument("--size", type=int, default=256, help="pixels of a large animal")
    parser.add_argument("--stations", type=int, default=120, help="places, shared by all animals")
    parser.add_argument(
        "--families", nargs="*", default=None, metavar="NAME=SHARE", help="kinds of coats"
    )
    parser.add_argument("--split", default="train", help="written into the column split")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on where a run was cut off")
    return parser


def _families(given: Sequence[str] | None) -> Iterator[tuple[Family, float]]:
    if not given:
        yield from DEFAULT_FAMILIES.items()
    for item in given or ():
        name, _, share = item.partition("=")
        known = [str(f) for f in Family]
        require(
            name in known, f"--families: expected {', '.join(known)}, found {name}", ConfigError
        )
        yield Family(name), float(share or 1)


def _described(survey: Survey) -> dict[str, object]:
    families = {str(family): share for family, share in survey.families}
    return {**asdict(survey), "families": families}


def _begin(out: Path, plan: dict[str, object], resume: bool) -> None:
    """Check that the folder is new or was begun with the same plan."""
    file = out / "plan.json"
    text = json.dumps(plan, indent=1)
    if not file.is_file():
        empty = not out.exists() or not any(out.iterdir())
        require(empty, f"{out}: expected a new folder, found files; choose another", ConfigError)
        write_beside(file, text)
        return
    require(resume, f"{out}: a set was begun there; add --resume or choose another", ConfigError)
    begun = json.loads(file.read_text(encoding="utf-8"))
    differ = sorted(k for k in {*plan, *begun} if plan.get(k) != begun.get(k))
    found = "; ".join(f"{k} {begun.get(k)}, now {plan.get(k)}" for k in differ)
    require(not differ, f"{out}: begun with other arguments ({found}); choose another", ConfigError)


def _written(
    out: Path, survey: Survey, todo: list[int], split: str, workers: int
) -> Iterator[object]:
    """Yields once for every animal that is complete."""
    write = partial(_write, out, survey, split)
    if workers <= 1:
        yield from map(write, todo)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _quiet) as pool:
        ahead, rest = set[Future[int]](), iter(todo)
        while True:
            ahead |= {pool.submit(write, i) for i in islice(rest, _AHEAD * workers - len(ahead))}
            if not ahead:
                return
            done, ahead = wait(ahead, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def _write(out: Path, survey: Survey, split: str, index: int) -> int:
    return len(write_animal(out, survey, index, split))


def _quiet() -> None:
    cv2.setNumThreads(1)


def _finish(out: Path, survey: Survey, individuals: int, plan: dict[str, object]) -> Path:
    """The whole table, and the manifest that says so."""
    table = _table(out, survey, individuals)
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    manifest = {
        "name": f"synthetic-{survey.seed}",
        "synthetic": True,
        "licence": LICENCE,
        "use": "any",
        "pictures": individuals * survey.pictures,
        "metadata_sha256": digest,
        "made_by": "python -m training.synthetic.dataset",
        "plan": plan,
    }
    write_beside(out / "manifest.json", json.dumps(manifest, indent=1))
    return table


def _table(out: Path, survey: Survey, individuals: int) -> Path:
    """``metadata.csv`` of the animals that are complete: usable while the rest is being made."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for index in range(individuals):
        file = rows_file(out, survey, index)
        if file.is_file():
            writer.writerows(json.loads(file.read_text(encoding="utf-8")))
    table = out / "metadata.csv"
    write_beside(table, text.getvalue())
    return table


def _progress(done: int, total: int, pictures: int, seconds: float) -> None:
    each = 1000 * seconds / (done * pictures)
    print(f"\r{done}/{total} animals, {each:.0f} ms a crop", end="", file=sys.stderr, flush=True)
    if done == total:
        print(file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
