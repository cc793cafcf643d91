"""What a run is said to have changed for individuals that it never saw."""

import pytest

from tests.learn.conftest import TINY, Silent
from training.lab.gate import RETRIEVAL
from training.lab.hooks import Hooks
from training.lab.measure_told import told
from training.lab.outside import outer_lines
from training.lab.run import Ask, LabRun
from training.lab.sources import Sources
from training.lab.training_set import write_training_set
from training.lab.world import World, place_of, planted
from training.learn.recipe import Recipe
from training.learn.train import train


@pytest.fixture(scope="module")
def world(place, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    sources = Sources.open(None, [place])
    made = sources.freeze(folder, seed=3, least_usable=0.0)
    names = sorted({e.identity for e in made.entries})
    return World(made, folder, sources, frozenset(names[::2]))


def run_of(world, champion, recipe, folder):
    made = place_of(world)
    write_training_set(made, folder)
    (folder / "masks").symlink_to(world.folder / "masks")
    ask = Ask(recipe, name="ours", replicates=50)
    return LabRun(made, folder, world.sources.media, champion, ask, Hooks())


def test_the_place_and_its_world_share_nobody_and_planted_labels_are_its_own(world):
    inside = {e.identity for e in place_of(world).entries}
    outside = {e.identity for e in world.made.entries} - inside
    assert inside == world.lab
    assert outside
    wrong = planted(world, seed=1, share=0.2)
    assert wrong
    assert all(name.partition("#")[0] != given for name, given in wrong.items())
    spoilt = {(e.identity, e.group) for e in place_of(world, wrong).entries}
    for name, given in wrong.items():
        group = int(name.rpartition("#")[2])
        assert (given, group) in spoilt


@pytest.mark.slow
def test_each_bundle_is_asked_with_its_own_network(world, place, champion, tiny, tmp_path):
    how = {"name": "other", **TINY, "seed": 5, "schedule": {"steps": 2, "epochs": 1}}
    how["network"] = how["network"] | {"dim": 2}  # two numbers cannot tell everybody apart
    recipe = Recipe.model_validate(how)
    other = train(recipe, [place], tmp_path / "other", Silent(), threads=1, name="other").bundle
    lines = {}
    for name, first, second in (("one", champion, other), ("two", other, champion)):
        (tmp_path / name).mkdir()
        run = run_of(world, first, tiny, tmp_path / name)
        lines[name] = {line.figure: line for line in outer_lines(world, run, second)}
    for figure in RETRIEVAL:
        one, two = lines["one"][figure], lines["two"][figure]
        assert (one.champion, one.challenger) == (two.challenger, two.champion)
    assert lines["one"]["mAP"].champion != lines["one"]["mAP"].challenger


def test_what_was_not_measured_is_not_told():
    line = {
        "where": "held-out",
        "figure": "mAP",
        "before": "0.500",
        "after": "0.600",
        "difference": "0.100 [0.050, 0.150]",
        "individuals": 7,
        "so": "better",
    }
    found = {
        "recipe": "lab-adapters",
        "pictures": 40,
        "individuals": 9,
        "place": {"train": 3, "calibration": 1, "held-out": 1},
        "seconds": 600,
        "shrink": 0.7,
        "gate": {"passed": False, "reasons": ["no gain"]},
        "outside": [line],
        "inside": [line],
    }
    text = told(found)
    assert "recipe `lab-adapters`" in text
    assert "refused: no gain" in text
    assert "Wrong labels" not in text
    assert "How many are enough" not in text
