"""A whole run with rejected candidates: the weights and the calibration of whom they are about."""

import json

import pytest

from reid.labels.dealing import Part
from reid.weights import read_calibration
from training.lab.hooks import Hooks
from training.lab.rejected import Rejected, placed
from training.lab.run import Ask, LabRun
from training.lab.sources import Sources
from training.lab.training_set import make_training_set, write_training_set


@pytest.fixture(scope="module")
def frozen(place, tmp_path_factory):
    folder = tmp_path_factory.mktemp("frozen")
    sources = Sources.open(None, [place])
    return sources.freeze(folder, seed=3, least_usable=0.0), folder, sources


def with_rejections(made, part):
    """Of everybody in a part the first sighting rejected against the next one's; None: nothing."""
    own = [e for e in made.entries if part is not None and e.part is part]
    first = {e.identity: e.sighting for e in reversed(own)}
    names = sorted(first)
    said = [
        Rejected(e, first[a], first[b], "", "rejected")
        for e in {one.source for one in own}
        for a, b in zip(names[::2], names[1::2], strict=False)
    ]
    same = {k: getattr(made, k) for k in ("sources", "licence", "use", "seed")}
    return make_training_set(made.entries, (), rejected=placed(said, made.entries, ()), **same)


@pytest.mark.slow
def test_train_ones_move_the_head_calibration_ones_the_calibration_held_out_ones_nothing(
    frozen, champion, tiny, tmp_path
):
    made, masks, sources = frozen
    many = tiny.model_copy(update={"same_pairs": 20, "different_pairs": 40})
    weights, calibrations, reports = {}, {}, {}
    for part in (None, *Part):
        out = tmp_path / str(part)
        told = with_rejections(made, part)
        write_training_set(told, out)
        (out / "masks").symlink_to(masks / "masks")
        ask = Ask(many, name="ours", replicates=50, cache=tmp_path / "cache")
        run = LabRun(told, out, sources.media, champion, ask, Hooks())
        own, _ = run._pictures(Part.TRAIN)
        assert bool(own.apart) is (part is Part.TRAIN)
        done = run.go()
        weights[part] = (out / "bundle" / "model.safetensors").read_bytes()
        pair = json.loads(read_calibration(done.bundle))["pair"]
        calibrations[part] = {k: v for k, v in pair.items() if isinstance(v, float)}
        reports[part] = done.report.read_text()
    nothing = weights[None], calibrations[None]
    assert (weights[Part.HELD_OUT], calibrations[Part.HELD_OUT]) == nothing
    assert weights[Part.CALIBRATION] == nothing[0]
    assert calibrations[Part.TRAIN] == nothing[1]
    assert calibrations[Part.CALIBRATION] != nothing[1]
    assert "Rejected" not in reports[None]
    assert "held out" in reports[Part.HELD_OUT]
    used = "did not take up" not in reports[Part.TRAIN]
    assert (weights[Part.TRAIN] != nothing[0]) is used
