"""A whole run on a tiny place: frozen, learnt, judged, and again, bit for bit."""

import json
import shutil

import pytest
import torch

from reid.errors import InputError, InputsChangedError, NotFoundError
from reid.labels.dealing import Part
from reid.weights import load_state_dict
from tests.learn.conftest import write_world
from training.lab.head import SHRINK
from training.lab.hooks import Hooks
from training.lab.run import Ask, LabRun
from training.lab.sources import Sources
from training.lab.training_set import dataset_of, read_training_set, write_training_set
from training.learn.continuing import continuing
from training.learn.network import build_learner, folded
from training.learn.recipe import Network


def run(folder, sources, made, champion, recipe, **heard):
    ask = Ask(recipe, name="ours", replicates=50)
    return LabRun(made, folder, sources.media, champion, ask, Hooks(**heard))


def curve_of(folder):
    return [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def frozen(place, tmp_path_factory):
    folder = tmp_path_factory.mktemp("frozen")
    sources = Sources.open(None, [place])
    write_training_set(sources.freeze(folder, seed=3, least_usable=0.0), folder)
    return folder, sources


@pytest.mark.slow
def test_equal_sets_give_equal_weights_and_a_report_that_says_pass_or_refuse(
    frozen, champion, tiny, tmp_path
):
    folder, sources = frozen
    files = []
    for name in ("first", "second"):
        out = tmp_path / name
        shutil.copytree(folder, out)
        done = run(out, sources, read_training_set(out), champion, tiny).go()
        files.append((out / "bundle" / "model.safetensors").read_bytes())
    assert files[0] == files[1]
    assert "## Figures" in done.report.read_text()
    assert done.bundle.manifest.licence.spdx == "Apache-2.0"
    assert done.bundle.manifest.calibration is not None


def test_a_changed_set_and_a_changed_picture_are_refused(frozen, tmp_path):
    folder, _ = frozen
    text = (folder / "manifest.json").read_text()
    changed = tmp_path / "manifest.json"
    changed.write_text(text.replace('"group": 1,', '"group": 2,', 1))
    with pytest.raises(InputsChangedError, match="changed after it was frozen"):
        read_training_set(changed)
    made = read_training_set(folder)
    other = tmp_path / "other.png"
    other.write_bytes(b"another picture")
    with pytest.raises(InputsChangedError, match="expected the picture"):
        dataset_of(made, folder, lambda entry: other, (Part.TRAIN,))
    with pytest.raises(NotFoundError, match="name the catalogue and tables"):
        dataset_of(made, folder, lambda entry: tmp_path / "gone.png", (Part.TRAIN,))


def test_what_may_not_train_and_licences_that_clash_are_refused(place, tmp_path):
    table = write_world(tmp_path / "kept", individuals=3, use="evaluation")
    with pytest.raises(InputError, match="use: evaluation"):
        Sources.open(None, [place, table]).freeze(tmp_path / "run", seed=0)
    one = write_world(tmp_path / "one", individuals=2, licence="CC-BY-SA-4.0", use="share-alike")
    two = write_world(tmp_path / "two", individuals=2, licence="GPL-3.0-only", use="share-alike")
    with pytest.raises(InputError, match="one licence"):
        Sources.open(None, [one, two]).freeze(tmp_path / "run", seed=0)


@pytest.mark.slow
def test_a_stop_is_heeded_and_what_was_computed_is_kept(frozen, champion, tiny, tmp_path):
    folder, sources = frozen
    out = tmp_path / "run"
    shutil.copytree(folder, out)
    made, calls = read_training_set(out), []

    def check():
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(out, sources, made, champion, tiny, check=check).go()
    assert list((out / "cache").glob("pooled-*.npz"))
    assert run(out, sources, made, champion, tiny).go().bundle.name == "ours"


def test_adapters_begin_as_the_champion_and_are_written_as_its_own_tensors(champion):
    how = continuing(Network(adapters=2, train_from="", keep_norm=True), champion)
    learner = build_learner(how, seed=1)
    before, now = load_state_dict(champion), folded(learner)
    assert set(before) == set(now)
    assert all(torch.allclose(before[n].float(), now[n].float(), atol=2e-3) for n in before)
    moving = learner.moving()
    assert moving
    assert all("parametrizations" in name for name in moving)
    with torch.no_grad():
        for name, weight in moving.items():
            weight += 0.1 if name.endswith("up") else 0.0
    changed = folded(learner)
    assert set(changed) == set(before)
    assert any(not torch.equal(changed[n], now[n]) for n in now)


@pytest.mark.slow
def test_a_network_is_trained_from_the_champion_and_judged(
    frozen, champion, tiny, tmp_path, monkeypatch
):
    folder, sources = frozen
    out, recipe = tmp_path / "run", tmp_path / "moves.toml"
    shutil.copytree(folder, out)
    recipe.write_text(
        '[network]\ntrain_from = ""\nadapters = 2\n[batches]\nclasses = 4\npictures = 2\n'
        "[schedule]\nsteps = 2\nepochs = 2\n"
    )
    moves = tiny.model_copy(update={"learn": "network", "training": str(recipe)})

    def killed(point):
        if point["step"] == 1:  # judged and told, and its state not yet kept
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(out, sources, read_training_set(out), champion, moves, point=killed).go()
    assert [one["step"] for one in curve_of(out)] == [0, 1]
    seen = []
    watching = {"point": lambda _: seen.append(len(curve_of(out)))}
    done = run(out, sources, read_training_set(out), champion, moves, **watching).go()
    points = curve_of(out)
    assert [one["step"] for one in points if "step" in one] == [0, 1, 2]
    assert [one["shrink"] for one in points if "shrink" in one] == list(SHRINK)
    assert len(points) == 3 + len(SHRINK)
    assert seen[0] < seen[-1], "on disk as they come"
    assert set(load_state_dict(done.bundle)) == set(load_state_dict(champion))
    assert (out / "network" / "bundle" / "manifest.json").is_file()
    assert done.gate.champion.startswith("parent")
