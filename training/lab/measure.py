"""How far retraining carries: ``python -m training.lab.measure --data FOLDER --out DIR``.

Half of the tigers are a place's catalogue, the other half are its world: individuals that no part
of the run has seen. Writes ``retraining.md`` and ``retraining.json``, and with ``--page`` the
section of docs/retraining.md; no weights leave ``--out``. Weights that saw tigers are
CC BY-NC-SA 4.0 and are never shipped.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from reid.labels.dealing import Part
from reid.labels.readiness import LEAST_HELD_OUT, LEAST_LEARN
from reid.weights import Bundle, load_bundle
from training.data import Dataset, read_dataset
from training.evaluation.tables import table
from training.lab.features import head_of
from training.lab.gate import RETRIEVAL, Line
from training.lab.head import Pictures, learn_head
from training.lab.hooks import Hooks
from training.lab.measured import compared, gain_of, line_words, retrieval_lines
from training.lab.page import write_section
from training.lab.recipe import LabRecipe, read_lab_recipe
from training.lab.run import Ask, LabRun
from training.lab.sources import Sources
from training.lab.suspicious import nodes_of
from training.lab.training_set import TrainingSet, make_training_set, write_training_set

TIGERS = "amur-tiger"
TITLE = "How far it carries"
COMMAND = "python -m training.lab.measure --data FOLDER --page docs/retraining.md"
WRONG = 0.05
CURVE = (4, 8, 16, 24, 32)
EVIDENCE_INDIVIDUALS = 16
"""Outside the place, of which local matches are asked: these cost most."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One frozen set of all tigers; ``lab`` names the individuals of the place."""

    made: TrainingSet
    folder: Path
    sources: Sources
    lab: frozenset[str]


def world_of(data: Path, out: Path, cache: Path, *, seed: int, pictures: int) -> World:
    """Freeze all tigers once and deal half of the individuals to the place."""
    folder = out / "world"
    whole = read_dataset(data / TIGERS)
    some = whole.rows[:pictures] if pictures else whole.rows
    tigers = replace(whole, rows=tuple(some))
    sources = Sources(None, (tigers,))
    made = sources.freeze(folder, seed=seed, cache=cache, told=_say)
    names = sorted({e.identity for e in made.entries})
    order = np.random.default_rng(seed).permutation(len(names))
    return World(made, folder, sources, frozenset(names[k] for k in order[: len(names) // 2]))


def place_of(world: World, wrong: Mapping[str, str] | None = None) -> TrainingSet:
    """The place's own set: its half, dealt as always; ``wrong`` gives sightings another name."""
    wrong = wrong or {}
    own = [e for e in world.made.entries if e.identity in world.lab]
    part = {e.identity: e.part for e in own}
    moved = []
    for e in own:
        name = wrong.get(node_name(e.identity, e.group), e.identity)
        moved.append(replace(e, identity=name, part=part[name], sighting=f"group-{e.group}"))
    m = world.made
    return make_training_set(
        moved, (), sources=m.sources, licence=m.licence, use=m.use, seed=m.seed
    )


def node_name(identity: str, group: int) -> str:
    """A sighting of an individual."""
    return f"{identity}#{group}"


def planted(world: World, *, seed: int, share: float = WRONG) -> dict[str, str]:
    """So many of the place's training sightings are given to another of its individuals."""
    train = [e for e in world.made.entries if e.identity in world.lab and e.part is Part.TRAIN]
    names = sorted({e.identity for e in train})
    nodes = sorted({(e.identity, e.group) for e in train})
    rng = np.random.default_rng([seed, 55])
    chosen = rng.permutation(len(nodes))[: round(share * len(nodes))]
    found = {}
    for k in chosen:
        identity, group = nodes[int(k)]
        others = [n for n in names if n != identity]
        found[node_name(identity, group)] = others[int(rng.integers(len(others)))]
    return found


def run_place(
    world: World, made: TrainingSet, folder: Path, recipe: LabRecipe, cache: Path
) -> tuple[LabRun, Any, float]:
    """A whole run as the command does it; the run, what it left, and its seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    masks = folder / "masks"
    if not masks.exists():
        masks.symlink_to((world.folder / "masks").resolve())
    write_training_set(made, folder)
    began = time.monotonic()
    ask = Ask(recipe, name=f"tiger-{folder.name}", cache=cache)
    run = LabRun(made, folder, world.sources.media, load_bundle(), ask, Hooks(told=_say))
    done = run.go()
    return run, done, time.monotonic() - began


def outer_lines(world: World, run: LabRun, challenger: Bundle) -> tuple[Line, ...]:
    """Champion against challenger on the individuals outside the place: found again, and on
    ``EVIDENCE_INDIVIDUALS`` of them the evidence of pairs.
    """
    entries = tuple(e for e in world.made.entries if e.identity not in world.lab)
    others = _pictures(world, run, entries)
    heads = head_of(run.champion), head_of(challenger)
    found = retrieval_lines(*heads, others)
    few = sorted({e.identity for e in entries})[:EVIDENCE_INDIVIDUALS]
    judged = tuple(replace(e, part=Part.HELD_OUT) for e in entries if e.identity in few)
    outside = replace(world.made, entries=judged)
    evidence = compared(run, outside, world.folder, world.sources, challenger)
    return (*found, *(line for line in evidence if line.figure not in RETRIEVAL))


def learning_curve(
    world: World, run: LabRun, *, seed: int, draws: int = 3
) -> list[dict[str, float]]:
    """Gain in mAP on everybody outside by the number of individuals that a head learnt from."""
    parent = head_of(run.champion)
    inside, outside = (
        tuple(e for e in world.made.entries if (e.identity in world.lab) is one)
        for one in (True, False)
    )
    own = _pictures(world, run, inside)
    others = _pictures(world, run, outside)
    names = np.unique(own.identity)
    lines = []
    for count in (*(c for c in CURVE if c < len(names)), len(names)):
        for draw in range(draws):
            rng = np.random.default_rng([seed, count, draw])
            keep = np.isin(own.identity, rng.permutation(names)[:count])
            learned = learn_head(parent, own.of(keep), seed=draw)
            lines.append(
                {
                    "individuals": float(count),
                    "shrink": learned.shrink,
                    **gain_of(parent, learned.head, others),
                }
            )
            if count == len(names):
                break
    return lines


def _pictures(world: World, run: LabRun, entries: Sequence[Any]) -> Pictures:
    from training.lab.training_set import dataset_of

    made = replace(world.made, entries=tuple(entries))
    dataset: Dataset = dataset_of(made, world.folder, world.sources.media, tuple(Part))
    return run.pictures_of(dataset, made.entries)


def found_in_first_tenth(
    run: LabRun, made: TrainingSet, wrong: Mapping[str, str]
) -> dict[str, Any]:
    """How many of the planted labels stand in the first tenth of the list."""
    listed = json.loads((run.folder / "suspicious.json").read_text(encoding="utf-8"))
    train = made.of(Part.TRAIN)
    nodes = nodes_of(
        [e.identity for e in train],
        [str(e.flank) for e in train],
        [e.sighting for e in train],
        np.array([e.group for e in train], dtype=np.int64),
    )
    bad = {f"group-{name.rpartition('#')[2]}" for name in wrong}
    first = listed[: max(1, len(listed) // 10)]
    return {
        "sightings": len(nodes),
        "listed": len(listed),
        "planted": len(bad),
        "in_first_tenth": len({one["sighting"] for one in first} & bad),
    }


def _say(stage: str, done: int, of: int) -> None:
    if done == of or done % 200 == 0:
        print(f"{stage} {done}/{of}", flush=True)


def main(words: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds amur-tiger/")
    parser.add_argument("--out", type=Path, default=Path("build") / "retraining")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=int, default=0, help="the first so many; 0: all")
    parser.add_argument("--recipe", default="lab-head")
    parser.add_argument("--synthetic", type=int, default=-1, help="individuals; -1: the recipe's")
    parser.add_argument("--page", type=Path, help="its section is written there, as docs have it")
    asked = parser.parse_args(words)
    cache = asked.cache or asked.out / "cache"
    recipe = read_lab_recipe(asked.recipe)
    if asked.synthetic >= 0:
        few = {"synthetic_individuals": asked.synthetic, "reference_individuals": asked.synthetic}
        recipe = recipe.model_copy(update=few)
    world = world_of(asked.data, asked.out, cache, seed=asked.seed, pictures=asked.pictures)
    measured = measure(world, asked.out, recipe, cache, seed=asked.seed)
    (asked.out / "retraining.json").write_text(json.dumps(measured, indent=1), "utf-8")
    text = told(measured)
    (asked.out / "retraining.md").write_text(text, encoding="utf-8")
    if asked.page:
        write_section(asked.page, TITLE, COMMAND, text)
    print(text)


def measure(
    world: World, out: Path, recipe: LabRecipe, cache: Path, *, seed: int
) -> dict[str, Any]:
    """Everything, in the order of what is worth most when time runs out."""
    clean = place_of(world)
    run, done, seconds = run_place(world, clean, out / "clean", recipe, cache)
    found: dict[str, Any] = {
        "recipe": recipe.name,
        "pictures": len(world.made.entries),
        "individuals": len({e.identity for e in world.made.entries}),
        "place": {p.value: len({e.identity for e in clean.of(p)}) for p in Part},
        "seconds": round(seconds),
        "shrink": done.shrink,
        "gate": {"passed": done.gate.passed, "reasons": list(done.gate.refusals)},
        "outside": [line_words(line) for line in outer_lines(world, run, done.bundle)],
        "inside": [line_words(line) for line in done.gate.lines],
        "contradicted": sum(s.contradicted for s in done.suspicions),
        "sightings": len(done.suspicions),
    }
    (out / "retraining.json").write_text(json.dumps(found, indent=1), "utf-8")
    wrong = planted(world, seed=seed)
    dirty = place_of(world, wrong)
    spoilt, left, _ = run_place(world, dirty, out / "wrong-labels", recipe, cache)
    found["wrong_labels"] = {
        **found_in_first_tenth(spoilt, dirty, wrong),
        "contradicted": sum(s.contradicted for s in left.suspicions),
        "passed": left.gate.passed,
        "reasons": list(left.gate.refusals),
        "outside": [line_words(line) for line in outer_lines(world, spoilt, left.bundle)],
    }
    (out / "retraining.json").write_text(json.dumps(found, indent=1), "utf-8")
    found["curve"] = learning_curve(world, run, seed=seed)
    return found


def told(found: Mapping[str, Any]) -> str:
    """The measurement in words and tables."""
    wrong = found["wrong_labels"]
    outside, spoilt, inside = map(
        lines_table, (found["outside"], wrong["outside"], found["inside"])
    )
    curve = [
        (
            f"{line['individuals']:.0f}",
            f"{line['shrink']:g}",
            f"{line['gain']:+.3f} [{line['low']:+.3f}, {line['high']:+.3f}]",
            f"{line['top1']:+.3f}",
        )
        for line in found["curve"]
    ]
    place = ", ".join(f"{count} {part}" for part, count in found["place"].items())
    who = f"{found['pictures']} pictures of {found['individuals']} Amur tigers"
    return f"""{who} (an identity is one
flank of one; the rest shows too little), recipe `{found["recipe"]}`. Half of the identities are
the place ({place}); the other half is *outside* and was seen by no part of the run. A run took
{found["seconds"] / 60:.0f} minutes. Shrunk towards the parent by {found["shrink"]:g}. Differences
over individuals, 95 %. Outside:

{outside}

The place's own gate: {_gate(found["gate"])}.

{inside}

**Wrong labels.** Of the place's {wrong["sightings"]} training sightings {wrong["planted"]}
({100 * WRONG:g} %) were given to another individual: {wrong["in_first_tenth"]} of these stand in
the first tenth of the list of labels in doubt, and {wrong["contradicted"]} sightings are
contradicted by local matches, where {found["contradicted"]} were before. The gate:
{_gate(wrong)}. Taken all the same, outside:

{spoilt}

**How many are enough.** Gain outside, by how many individuals a head learnt from; each line is a
draw, and shrunk by 1 the champion stays:

{table(("individuals", "shrunk by", "gain in mAP", "gain in top-1"), curve)}

Fewer than {LEAST_LEARN} are refused, and fewer than {LEAST_HELD_OUT} held out, which is a
judgement: about ten were enough to show the gain in evidence, not in retrieval.
"""


def _gate(told: Mapping[str, Any]) -> str:
    return "passed" if told["passed"] else "refused: " + "; ".join(told["reasons"])


def lines_table(lines: Sequence[Mapping[str, Any]]) -> str:
    """Lines as `line_words` gives them."""
    keys = ("figure", "before", "after", "difference", "individuals", "so")
    where = ("where",) if len({one["where"] for one in lines}) > 1 else ()
    return table((*where, *keys), [[one[key] for key in (*where, *keys)] for one in lines])


if __name__ == "__main__":
    main()
