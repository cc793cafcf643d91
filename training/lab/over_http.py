"""Retraining as a place does it, over HTTP: ``python -m training.lab.over_http --data FOLDER``.

A real server with its worker takes tigers in, trains (``lab-head``) on what is enrolled, says what
would change, promotes and rolls back; everything through `reid.client`. Individuals outside say
what it gained. ``--page`` writes the section of docs/retraining.md. About 25 minutes on two quiet
cores. Weights that saw tigers are CC BY-NC-SA 4.0 and stay in ``--out``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import cv2

from reid.batch.brought import GROUP
from reid.client import Client
from reid.registry.archive import unpack
from reid.weights import Bundle, load_bundle
from training.data import Row
from training.demo.server import started
from training.lab.hooks import Hooks
from training.lab.measured import line_words
from training.lab.outside import outer_lines
from training.lab.over_http_judged import (
    TOLERANCE,
    answered,
    checked,
    counted,
    named_rightly,
    one_bundle,
    place_of,
)
from training.lab.over_http_told import COMMAND, TITLE, told
from training.lab.page import write_section
from training.lab.recipe import read_lab_recipe
from training.lab.run import Ask, LabRun
from training.lab.sources import Sources
from training.lab.tiger_place import Place, Size, individual_of, make_place, sighting_of
from training.lab.world import World

WHO = "the table of the tigers"
LICENCE = "CC-BY-NC-SA-4.0"
SETTINGS = {
    "LEOPARD_REID_SPECIES": "any",
    "LEOPARD_REID_WORKERS": "1",
    "LEOPARD_REID_UPLOADS_PER_MINUTE": "0",
    "LEOPARD_REID_SEARCHES_PER_MINUTE": "0",
}
LONGEST_S = 3600.0


@dataclass(slots=True)
class Walk:
    """The steps of one place against one service; ``found`` is everything that was measured."""

    service: Client
    place: Place
    out: Path
    found: dict[str, Any] = field(default_factory=lambda: {"seconds": {}})

    def all(self) -> dict[str, Any]:
        """From the first picture to the roll-back."""
        with self._timed("loading the catalogue"):
            self._load()
        before = self._answers("asking before")
        run = self._trained()
        bundle = self.service.bundle(run["bundle"])
        self.found |= {"bundle": bundle.name, "gate_lines": (bundle.gate or {}).get("lines", [])}
        (self.out / "challenger.reidbundle").write_bytes(self.service.bundle_file(bundle.sha256))
        changes = self._consequences(bundle.sha256)
        with self._timed("re-embedding"):
            job = self.service.re_embed(bundle.sha256)
            self._done(job.id)
        with self._timed("promoting, to the first answer"):
            why = "measured on tigers"
            self.service.promote_bundle(bundle.sha256, why, override=not run["passed"])
            self._until(bundle.sha256)
        after = self._answers("asking after")
        with self._timed("rolling back, to the first answer"):
            self.service.roll_back("measured on tigers")
            self._until(before["bundle"])
        back = self._answers("asking after the roll-back")
        self._judge(before, after, back, changes)
        return self.found

    def _load(self) -> None:
        place = self.place
        for row in (*place.enrolled, *place.known, *place.strangers):
            height, width = cv2.imread(str(row.path)).shape[:2]
            box = {"x_px": 0, "y_px": 0, "width_px": width, "height_px": height}
            # an identity of this table is one flank of one animal: which, nobody says
            media = [{"file_name": row.path.name, "flank": "left", "boxes": [box]}]
            self.service.submit(sighting_of(row), [row.path], media=media)
        for row in place.enrolled:
            name, sighting = individual_of(row), sighting_of(row)
            self.service.enrol(name, sighting, by=WHO, why="its column identity", accept_flags=True)

    def _answers(self, step: str) -> dict[str, Any]:
        """Every question: who are those asked about, and are these two the same?"""
        with self._timed(step):
            named = {sighting_of(row): self._identified(row) for row in self._asked()}
            verdicts = {f"{a}|{b}": self._compared(a, b) for a, b, _ in self._pairs()}
        bundles = {one.pop("bundle") for one in (*named.values(), *verdicts.values())}
        return {"named": named, "verdicts": verdicts, "bundle": one_bundle(bundles)}

    def _asked(self) -> tuple[Row, ...]:
        return (*self.place.known, *self.place.strangers)

    def _identified(self, row: Row) -> dict[str, Any]:
        answer = self.service.identify(sighting_of(row))
        return {
            **answered(answer),
            "place": place_of(answer, individual_of(row)),
            "bundle": (answer.bundle or {}).get("sha256"),
        }

    def _compared(self, a: str, b: str) -> dict[str, Any]:
        answer = self.service.compare([a, b])
        (verdict,) = answer.verdicts
        used = (answer.bundle or {}).get("sha256")
        return {k: verdict[k] for k in ("verdict", "probability")} | {"bundle": used}

    def _pairs(self) -> Iterator[tuple[str, str, bool]]:
        """Of each individual two enrolled sightings, and one with one of the next individual."""
        first: dict[str, list[str]] = {}
        for row in self.place.enrolled:
            first.setdefault(row.identity, []).append(sighting_of(row))
        own = list(first.values())
        for one, other in zip(own, [*own[1:], own[0]], strict=True):
            yield one[0], one[1], True
            yield one[0], other[1], False

    def _trained(self) -> dict[str, Any]:
        with self._timed("training run"):
            run = self.service.start_training(recipe="lab-head", licence=LICENCE, by=WHO)
            self._done(run.job.id)
        run = self.service.training_run(run.job.id)
        told = {"bundle": run.bundle, "passed": bool(run.passed), "reasons": list(run.reasons)}
        self.found["run"] = told
        return told

    def _consequences(self, bundle: str) -> dict[str, Any]:
        with self._timed("consequences"):
            job = self.service.start_job("replay-bundle", bundle=bundle, tolerance=TOLERANCE)
            self._done(job.id)
        content: dict[str, Any] = json.loads(self.service.job_file(job.id, "consequences.json"))
        html = self.service.job_file(job.id, "consequences.html")
        (self.out / "consequences.html").write_bytes(html)
        (self.out / "consequences.json").write_text(json.dumps(content, indent=1), "utf-8")
        self.found["consequences"] = content["counts"]
        return content

    def _judge(
        self,
        before: dict[str, Any],
        after: dict[str, Any],
        back: dict[str, Any],
        changes: dict[str, Any],
    ) -> None:
        truth = {f"{a}|{b}": same for a, b, same in self._pairs()}
        known = {sighting_of(row): individual_of(row) for row in self.place.known}
        stages = {"before": before, "after": after, "rolled back": back}
        self.found["verdicts"] = {
            name: counted(answers["verdicts"], truth) for name, answers in stages.items()
        }
        self.found["named"] = {
            name: named_rightly(answers["named"], known) for name, answers in stages.items()
        }
        self.found["back_as_before"] = back == before
        self.found["consequences_wrong"] = checked(changes, before, after)
        (self.out / "answers.json").write_text(json.dumps(stages, indent=1), encoding="utf-8")

    def _until(self, bundle: str) -> None:
        """Ask until another bundle answers; requests go on meanwhile."""
        row, end = self.place.known[0], time.monotonic() + LONGEST_S
        while self._identified(row)["bundle"] != bundle:
            if time.monotonic() > end:
                raise RuntimeError(f"bundle {bundle} was promoted and does not answer")

    def _done(self, job_id: str) -> None:
        job = self.service.wait_for_job(job_id, timeout_s=LONGEST_S)
        if job.state != "done":
            raise RuntimeError(f"job {job_id} ({job.kind}) {job.state}: {job.problem}")

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        print(step, flush=True)
        began = time.monotonic()
        yield
        self.found["seconds"][step] = round(time.monotonic() - began, 1)
        print(f"{step}: {self.found['seconds'][step]} s", flush=True)


def outside_lines(place: Place, challenger: Bundle, out: Path, cache: Path, seed: int) -> Any:
    """Before and after on individuals that no part of the run has seen; see `outer_lines`."""
    sources = Sources(None, (place.outside,))
    made = sources.freeze(out / "outside", seed=seed, cache=cache, told=_say)
    world = World(made, out / "outside", sources, frozenset())
    ask = Ask(read_lab_recipe("lab-head"), cache=cache)
    run = LabRun(made, out / "outside", sources.media, load_bundle(), ask, Hooks(told=_say))
    return [line_words(line) for line in outer_lines(world, run, challenger)]


def _say(stage: str, done: int, of: int) -> None:
    if done == of:
        print(f"{stage} {done}", flush=True)


def measure(place: Place, out: Path, cache: Path, threads: int, seed: int) -> dict[str, Any]:
    """The walk against a service that begins empty, then those outside."""
    shutil.rmtree(out / "data", ignore_errors=True)
    where = out / "data", out / "address.txt", out / "service.log"
    with started(*where, threads=threads, settings=SETTINGS) as service, Client(service.url) as c:
        found = Walk(c, place, out).all()
    shutil.rmtree(out / "challenger", ignore_errors=True)
    (out / "challenger").mkdir()
    unpack(out / "challenger.reidbundle", out / "challenger")
    began = time.monotonic()
    found["outside"] = outside_lines(place, load_bundle(out / "challenger"), out, cache, seed)
    found["seconds"]["judging those outside"] = round(time.monotonic() - began, 1)
    return found


def main(words: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds amur-tiger/")
    parser.add_argument("--out", type=Path, default=Path("build") / "retraining-over-http")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--page", type=Path, help="its section is written there, as docs have it")
    for one in fields(Size):
        name = f"--{one.name.replace('_', '-')}"
        parser.add_argument(name, type=int, default=one.default, help="see Size")
    asked = vars(parser.parse_args(words))
    size = Size(**{one.name: asked[one.name] for one in fields(Size)})
    out = asked["out"].resolve()
    out.mkdir(parents=True, exist_ok=True)
    cache = asked["cache"] or out / "cache"
    if not any(one.name == "training" for one in entry_points(group=GROUP)):
        parser.error("workers here know no training runs: install the project (`make setup`) first")
    place = make_place(asked["data"], cache, size, seed=asked["seed"])
    found = measure(place, out, cache, asked["threads"], asked["seed"])
    found["size"] = asdict(size) | {"enrolled": len(place.enrolled)}
    (out / "over-http.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    text = told(found)
    print(text)
    if asked["page"]:
        write_section(asked["page"], TITLE, COMMAND, text)


if __name__ == "__main__":
    main()
