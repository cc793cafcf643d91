"""The pure parts: dealing, the head, doubts, the gate."""

import json
from pathlib import Path

import numpy as np
import pytest

from reid.errors import InputError
from reid.labels.dealing import Part, dealt
from reid.types import Flank
from training.data import Row
from training.evaluation.retrieval.bootstrap import Figure
from training.lab.curve import CURVE, Curve
from training.lab.features import Head, unit
from training.lab.gate import OWN, Line, judge
from training.lab.head import FOLDS, SHRINK, Pictures, fitted, learn_head
from training.lab.ready import readiness
from training.lab.seen import Gathered, LeftOut, Seen
from training.lab.suspicious import cross_validated, nodes_of, suspicions, verified
from training.learn.judge import Judged, rank

DIM = 24


def animals(individuals, *, groups=3, frames=2, seed=0, nuisance=2.0):
    """Features in which an animal differs from itself mostly along the first few directions."""
    rng = np.random.default_rng(seed)
    own, what = [], []
    for k in range(individuals):
        core = rng.standard_normal(DIM)
        for g in range(groups):
            shift = np.zeros(DIM)
            shift[:4] = nuisance * rng.standard_normal(4)
            for _ in range(frames):
                own.append(core + shift + 0.2 * rng.standard_normal(DIM))
                what.append((k, k * groups + g))
    classes, group = (np.array(column) for column in zip(*what, strict=True))
    names = np.array([f"a{k:02d}" for k in classes])
    return Pictures(np.array(own, np.float32), classes, group, names, np.full(len(names), "left"))


PARENT = Head(np.eye(DIM, dtype=np.float32), np.zeros(DIM, np.float32))


def found(head, pictures):
    among = Judged((), pictures.classes, pictures.groups, pictures.flank)
    return rank(head(pictures.pooled), among).map


def seen(source, individuals, *, sightings=2):
    def one(k, s):
        name = f"{k}-{s}"
        row = Row(name, f"{source}/a{k}", Path(name), flank=Flank.LEFT, sighting=name)
        return Seen(source, row, k)

    return tuple(one(k, s) for k in range(individuals) for s in range(sightings))


def ranks(count):
    return {("catalogue", f"a{k}"): k for k in range(count)}


def test_who_was_held_out_stays_so_when_the_catalogue_grows():
    before, after = (dealt(ranks(n), seed=1) for n in (40, 200))
    assert {name: after[name] for name in before} == before
    counts = [sum(part is p for part in after.values()) for p in Part]
    assert counts == pytest.approx([120, 30, 50], abs=4)
    assert dealt(ranks(40), seed=2) != before


def test_what_varies_within_animals_counts_less_and_others_are_found_better():
    learned = learn_head(PARENT, animals(30), seed=1)
    others = animals(30, seed=9)
    assert learned.shrink < 1
    assert found(learned.head, others) > found(PARENT, others) + 0.05


def test_the_curve_grows_fold_by_fold_and_ends_as_it_is_told():
    heard = []
    learned = learn_head(PARENT, animals(9), seed=1, point=heard.append)
    so_far, last = heard[: -len(SHRINK)], heard[-len(SHRINK) :]
    assert last == list(learned.curve)
    where = [(one["folds"], one["shrink"]) for one in so_far]
    assert where == [(fold, shrink) for fold in range(1, FOLDS + 1) for shrink in SHRINK]
    assert [one | {"folds": FOLDS} for one in last] == so_far[-len(SHRINK) :]
    alone = animals(1)
    assert learn_head(PARENT, alone).head is PARENT, "nobody can be left out"


def test_a_curve_on_disk_neither_drops_nor_doubles_what_is_told_again(tmp_path):
    first, file = Curve(tmp_path), tmp_path / CURVE
    steps = [{"step": step, "map": step / 100, "top1": 0.5} for step in (0, 40, 80)]
    young = {"shrink": 1.0, "map": 0.3, "error": 0.0, "folds": 2}
    for point in (*steps, young):
        first.put(point)
    before = file.read_text()
    file.write_text(before + '{"shrink": 0.9, "ma')  # by whatever cuts a file off
    again = Curve(tmp_path)
    again.put(steps[2])
    again.put(young | {"map": 0.1, "folds": 1})
    assert file.read_text() == before
    again.put({"shrink": 1.0, "map": 0.4, "error": 0.0})
    again.put(young | {"folds": 4})
    last = json.loads(file.read_text().splitlines()[-1])
    assert last == {"shrink": 1.0, "map": 0.4, "error": 0.0}


def test_without_evidence_the_parent_stays_as_it_is():
    single = animals(12, groups=1)  # nobody was seen twice
    learned = learn_head(PARENT, single)
    assert learned.shrink == 1
    assert np.allclose(learned.head.weight, PARENT.weight)
    noise = animals(3, nuisance=0.0)  # three animals, and nothing to learn
    assert np.allclose(learn_head(PARENT, noise).head.weight, PARENT.weight, atol=0.2)


def test_synthetic_animals_weigh_less_the_more_own_ones_there_are():
    other = animals(20, seed=4)
    same = (other.classes, other.groups, other.identity, other.flank)
    turned = Pictures(other.pooled[:, ::-1].copy(), *same)

    def moved(count):
        own = animals(count, seed=2)
        apart = fitted(PARENT, own, 0.5, turned).weight - fitted(PARENT, own, 0.5).weight
        return np.abs(apart).max()

    assert moved(4) > 1.5 * moved(60)


def test_planted_wrong_labels_lead_the_list():
    pictures = animals(40, groups=4, nuisance=0.5)
    wrong = np.arange(0, 160, 20)  # one sighting of every fifth animal
    identity = pictures.identity.copy()
    for group in wrong:
        own = pictures.groups == group
        identity[own] = f"a{(pictures.classes[own][0] + 17) % 40:02d}"
    nodes = nodes_of(identity.tolist(), pictures.flank.tolist(),
                     [f"s{g}" for g in pictures.groups], pictures.groups)  # fmt: skip
    classes = np.unique(identity, return_inverse=True)[1]

    def learn(keep):
        held = Pictures(pictures.pooled, classes, pictures.groups, identity, pictures.flank)
        return learn_head(PARENT, held.of(keep)).head

    cosines = cross_validated(pictures.pooled, identity.tolist(), nodes, learn, seed=0)
    listed = suspicions(cosines, nodes)
    first = {one.sighting for one in listed[: len(listed) // 10]}
    assert first >= {f"s{g}" for g in wrong}
    assert listed[0].kind == "torn" or listed[0].own_llr is None

    def llr_of(pairs):  # local matches know the truth
        true = {f"s{g}": pictures.identity[pictures.groups == g][0] for g in pictures.groups}
        return {(a, b): 6.0 if true[a] == true[b] else -3.0 for a, b in pairs}

    looked = verified(listed, llr_of)
    assert {one.sighting for one in looked if one.contradicted} == {f"s{g}" for g in wrong}
    assert "local matches: +6.0" in looked[0].words()


def line(figure, low, high, where=OWN):
    value = (low + high) / 2
    return Line(where, figure, 0.5, 0.5 + value, Figure(value, low, high), 20)


def test_the_gate_passes_a_gain_and_refuses_a_loss_or_nothing_in_words():
    gain, loss = line("mAP", 0.02, 0.08), line("Cllr", 0.03, 0.09, "reference x")
    say = {"champion": "old", "challenger": "new"}
    assert judge([gain], **say).passed
    refused = judge([gain, loss], **say)
    assert not refused.passed
    assert "reference x: Cllr 0.500 became 0.560" in refused.refusals[0]
    assert "no measurable gain" in judge([line("mAP", -0.01, 0.03)], **say).refusals[0]
    assert judge([gain, line("top-1", -0.015, -0.001)], **say).passed, "within the margin"
    wide = judge([gain, line("top-1", -0.2, 0.1)], **say)
    assert wide.passed
    assert "too few to tell" in wide.notes[0]


def test_labels_that_are_contradicted_stop_the_gate_until_a_person_takes_it():
    gain, say = line("mAP", 0.02, 0.08), {"champion": "old", "challenger": "new"}
    few = judge([gain], **say, contradicted=2, sightings=100)
    many = judge([gain], **say, contradicted=5, sightings=100)
    assert few.passed
    assert not many.passed
    assert "5 of 100 sightings contradict their label (5.0 %" in many.refusals[0]
    taken = judge([gain], **say, contradicted=5, sightings=100, override="looked at", by="Asel")
    assert taken.taken, "and is still no pass"
    assert not taken.passed
    assert (taken.overridden_by, taken.refusals) == ("Asel", many.refusals)
    with pytest.raises(InputError, match="a reason and who"):
        judge([gain], **say, override="because")


def test_too_few_animals_are_told_with_how_many_are_needed_and_why():
    gathered = Gathered(seen("catalogue", 7), (LeftOut("catalogue", "x", "a", "s", "no flank: n"),))
    ready = readiness(gathered)
    assert not ready.ready
    assert "individuals with two sightings of one flank would train, at least" in ready.refusals[0]
    assert ready.left_out == {"no flank": 1}
    assert readiness(Gathered(seen("catalogue", 80), ())).ready
    once = readiness(Gathered(seen("catalogue", 80, sightings=1), ()))
    assert not once.ready
    assert "another sighting of the same flank" in " ".join(once.advice)


def test_vectors_have_length_one():
    assert np.allclose(np.linalg.norm(unit(np.ones((3, 4), np.float32)), axis=1), 1)
