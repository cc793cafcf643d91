"""Half of the tigers are a place's catalogue, the other half its world, which no run has seen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from reid.labels.dealing import Part
from reid.weights import load_bundle
from training.data import read_dataset
from training.lab.hooks import Hooks
from training.lab.recipe import LabRecipe
from training.lab.rejected import Rejected, placed
from training.lab.run import Ask, LabRun
from training.lab.sources import Sources
from training.lab.tiger_place import TIGERS
from training.lab.training_set import TrainingSet, make_training_set, write_training_set

WRONG = 0.05
"""Share of the place's training sightings that `planted` gives to another individual."""


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
    made = sources.freeze(folder, seed=seed, cache=cache, told=say)
    names = sorted({e.identity for e in made.entries})
    order = np.random.default_rng(seed).permutation(len(names))
    return World(made, folder, sources, frozenset(names[k] for k in order[: len(names) // 2]))


def place_of(
    world: World, wrong: Mapping[str, str] | None = None, rejected: Sequence[Rejected] = ()
) -> TrainingSet:
    """The place's own set: its half, dealt as always; ``wrong`` gives sightings another name,
    ``rejected`` is what was called two animals.
    """
    wrong = wrong or {}
    own = [e for e in world.made.entries if e.identity in world.lab]
    part = {e.identity: e.part for e in own}
    moved = []
    for e in own:
        name = wrong.get(node_name(e.identity, e.group), e.identity)
        moved.append(replace(e, identity=name, part=part[name], sighting=f"group-{e.group}"))
    m = world.made
    told = placed(rejected, moved, ())
    return make_training_set(
        moved, (), sources=m.sources, licence=m.licence, use=m.use, seed=m.seed, rejected=told
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
    began = time.monotonic()
    run = lab_run(world, made, folder, recipe, cache)
    done = run.go()
    return run, done, time.monotonic() - began


def lab_run(
    world: World, made: TrainingSet, folder: Path, recipe: LabRecipe, cache: Path
) -> LabRun:
    """A run that nobody has begun, in a folder with its set."""
    folder.mkdir(parents=True, exist_ok=True)
    masks = folder / "masks"
    if not masks.exists():
        masks.symlink_to((world.folder / "masks").resolve())
    write_training_set(made, folder)
    ask = Ask(recipe, name=f"tiger-{folder.name}", cache=cache)
    return LabRun(made, folder, world.sources.media, load_bundle(), ask, Hooks(told=say))


def say(stage: str, done: int, of: int) -> None:
    """Progress in the terminal, now and then."""
    if done == of or done % 200 == 0:
        print(f"{stage} {done}/{of}", flush=True)
