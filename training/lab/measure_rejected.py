"""What rejections teach: ``python -m training.lab.measure_rejected --data FOLDER --out DIR``.

Half of the tigers are a place's catalogue, as in `training.lab.measure`. A reviewer rejects the
champion's most convincing wrong candidates among the place's training individuals; the head that
learns from them is held against the one that does not, on the individuals outside the place and on
later sightings of the place's own. As many pairs drawn by chance show what is due to their being
look-alikes. The calibration is drawn by rejections among its own individuals. With ``--page`` its
section of docs/retraining.md is written.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from reid.labels.dealing import Part
from training.evaluation.tables import table
from training.lab.features import FrozenFeatures, Head, head_of
from training.lab.head import Learned, Pictures, learn_head
from training.lab.measure_look_alikes import look_alikes
from training.lab.measured import each, line_words, lines_of
from training.lab.outside import pictures_by
from training.lab.page import write_section
from training.lab.recipe import read_lab_recipe
from training.lab.rejecting import convincing, found_again, second_half
from training.lab.run import LabRun
from training.lab.synthetic import synthetic_set
from training.lab.training_set import Entry
from training.lab.world import World, lab_run, place_of, world_of

TITLE = "What rejections teach"
COMMAND = "python -m training.lab.measure_rejected --data FOLDER --page docs/retraining.md"
COUNTS = (4, 16, 64)
BY_CHANCE = 64
OUTSIDE, AGAIN = "outside", "own, sighted again"
HEAD = ("rejected", "taken up", "where", "figure", "without", "with", "difference", "so")


def main(words: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds amur-tiger/")
    parser.add_argument("--out", type=Path, default=Path("build") / "rejections")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=int, default=0, help="the first so many; 0: all")
    parser.add_argument("--no-evidence", action="store_true", help="leave local matches out")
    parser.add_argument("--page", type=Path, help="its section is written there, as docs have it")
    asked = parser.parse_args(words)
    began, cache = time.monotonic(), asked.cache or asked.out / "cache"
    world = world_of(asked.data, asked.out, cache, seed=asked.seed, pictures=asked.pictures)
    run = lab_run(world, place_of(world), asked.out / "place", read_lab_recipe("lab-head"), cache)
    found = measure(world, run, seed=asked.seed)
    if not asked.no_evidence:
        found["look_alikes"] = look_alikes(world, run)
    found["seconds"] = round(time.monotonic() - began)
    (asked.out / "rejections.json").write_text(json.dumps(found, indent=1), "utf-8")
    text = told(found)
    if asked.page:
        write_section(asked.page, TITLE, COMMAND, text)
    print(text)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What a head learns from, ``entries`` and what is seen of them (``own``), and who judges it:
    ``figures`` of a head (n, 2), ``who`` (n,) the queries are.
    """

    where: str
    entries: tuple[Entry, ...] = field(repr=False)
    own: Pictures = field(repr=False)
    figures: Callable[[Head], np.ndarray] = field(repr=False)
    who: np.ndarray = field(repr=False)


def measure(world: World, run: LabRun, *, seed: int) -> dict[str, Any]:
    """Both comparisons, for every number of rejections, and the pairs drawn by chance."""
    champion = head_of(run.champion)
    features = FrozenFeatures(run.champion, run.cache)
    synthetic = synthetic_set(run.ask.recipe, run.cache, features, run.hooks)

    def learn(own: Pictures) -> Learned:
        return learn_head(champion, own, synthetic, seed=seed)

    grounds = _grounds(world, run, seed)
    return {
        "individuals": len({e.identity for e in grounds[0].entries}),
        "outside": len(np.unique(grounds[0].who)),
        "lines": [line for g in grounds for line in _lines(world, g, champion, learn, seed)],
    }


def _grounds(world: World, run: LabRun, seed: int) -> tuple[_Ground, _Ground]:
    train = place_of(world).of(Part.TRAIN)
    outside = [e for e in world.made.entries if e.identity not in world.lab]
    own, others = (pictures_by(world, run, some, run.champion) for some in (train, outside))
    later = second_half(own, seed=seed)
    earlier = tuple(e for e, after in zip(train, later, strict=True) if not after)

    def found_outside(head: Head) -> np.ndarray:
        return each(head(others.pooled), others)

    def again(head: Head) -> np.ndarray:
        return found_again(head, own, later)

    return (
        _Ground(OUTSIDE, train, own, found_outside, others.identity),
        _Ground(AGAIN, earlier, own.of(~later), again, own.identity[later]),
    )


def _lines(
    world: World, ground: _Ground, champion: Head, learn: Callable[[Pictures], Learned], seed: int
) -> Iterator[dict[str, Any]]:
    listed = list(convincing(champion, ground.own, ground.entries))
    order = np.random.default_rng([seed, 43]).permutation(len(listed))[:BY_CHANCE]
    said = {str(count): listed[:count] for count in COUNTS}
    said[f"{BY_CHANCE} by chance"] = [listed[k] for k in order]
    before = ground.figures(learn(ground.own).head)
    for name, rejected in said.items():
        made = replace(place_of(world, rejected=rejected), entries=ground.entries)
        learned = learn(replace(ground.own, apart=made.sides(Part.TRAIN)))
        taken = learned.pushed is not None and learned.pushed.used
        for line in lines_of(before, ground.figures(learned.head), ground.who, ground.where):
            print(name, line.where, line.figure, line.difference, flush=True)
            yield {"rejected": name, "taken": taken, **line_words(line)}


def told(found: dict[str, Any]) -> str:
    """The measurement in words and tables."""
    rows = [
        (
            one["rejected"],
            "yes" if one["taken"] else "no",
            one["where"],
            *(one[key] for key in ("figure", "before", "after", "difference", "so")),
        )
        for one in found["lines"]
    ]
    words = f"""The place of *How far it carries*: {found["individuals"]} training individuals,
{found["outside"]} outside. A reviewer rejects the champion's most convincing wrong candidates, each
two individuals once; pairs by chance are what is due to any two animals. *{AGAIN.capitalize()}*:
half of each individual's sightings train and are rejected, the other half are found among these.
Differences to the same head without rejections, 95 % over individuals. The bound of the stretch was
chosen with these tigers (this place and four other deals), so elsewhere it may gain less:

{table(HEAD, rows)}
"""
    if "look_alikes" in found:
        text = found["look_alikes"]
        words += f"\n{text}\n"
    return f"{words}\nMeasured in {found['seconds'] / 60:.0f} minutes with features kept."


if __name__ == "__main__":
    main()
