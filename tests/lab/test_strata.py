"""A loss in one light, on one flank or at one station refuses by itself; too few are said."""

import numpy as np
import pytest

from training.evaluation.retrieval.predictions import Pictures, Prediction
from training.lab.comparing import Both, compare
from training.lab.gate import EVIDENCE, OWN, RETRIEVAL, judge
from training.lab.strata import LEAST_STRATUM

SHOTS = 4
COLUMNS = ("light infrared", "flank left", "station N7")


def world(individuals, few, column):
    """Pictures of which those of the first ``few`` individuals are of a stratum."""
    who = np.repeat(np.arange(individuals), SHOTS)
    inside = who < few
    light = np.where(inside & (column == COLUMNS[0]), "infrared", "colour")
    flank = np.where(inside & (column == COLUMNS[1]), "left", "right")
    station = np.where(inside & (column == COLUMNS[2]), "N7", "S1")
    names = np.array([f"a{k:02d}" for k in who])
    classes = np.array([f"{n}|{f}" for n, f in zip(names, flank, strict=True)])
    ids = np.array([f"p{k}" for k in range(len(who))])
    fold, usable = np.zeros(len(who), np.int64), np.ones(len(who), np.float32)
    return Pictures(ids, ids, names, classes, fold, usable, light), inside, station


def pairs_of(pictures):
    """Every same pair once, and each picture with one of the next individual."""
    n = len(pictures)
    same = [(a, b) for a in range(n) for b in range(a + 1, n) if a // SHOTS == b // SHOTS]
    return np.array([*same, *((a, (a + SHOTS) % n) for a in range(n))], dtype=np.int64)


def said(pictures, found):
    """Queries of ``found`` (n,) bool find their own first, others find them last."""
    classes = pictures.flank_class
    same = classes[:, None] == classes[None]
    chance = np.random.default_rng(3).normal(size=same.shape)
    ranking = (chance + np.where(found[:, None], 9, -9) * same).astype(np.float32)
    allowed = ~np.eye(len(pictures), dtype=bool)
    pairs = pairs_of(pictures)
    nobody, scores = np.zeros(len(pictures), bool), np.zeros(len(pairs), np.float32)
    return Prediction(pictures, pictures, ranking, allowed, nobody, pairs, scores)


def both_of(few, column, *, loses, individuals=30):
    """Better on the whole; on the stratum worse in what ``loses`` names."""
    pictures, inside, station = world(individuals, few, column)
    third = np.arange(len(pictures)) % 3 == 0
    after = ~inside if "mAP" in loses else np.ones(len(pictures), bool)
    champion, challenger = said(pictures, inside | third), said(pictures, after)
    a = champion.pairs[:, 0]
    sign = np.where(champion.pair_same, 1.0, -1.0)
    before = sign * np.where(inside[a], 3.0, 0.5)
    weak = inside[a] & ("Cllr" in loses) & champion.pair_same
    now = np.where(weak, -1.0, sign * 4.0)
    return Both(OWN, champion, challenger, before, now, (station, station))


def gate_of(both):
    found = compare([both], replicates=200)
    return judge(found.lines, champion="old", challenger="new", omitted=found.omitted)


@pytest.mark.parametrize("figure", ["mAP", "Cllr"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_loss_in_one_stratum_alone_refuses_although_the_whole_gained(column, figure):
    gate = gate_of(both_of(6, column, loses=(figure,)))
    assert gate.line(OWN, figure).better
    assert not gate.passed
    where = {reason.split(":")[0] for reason in gate.refusals}
    assert where == {f"{OWN}, {column}"}
    assert any(f"{figure} " in reason for reason in gate.refusals)
    assert gate_of(both_of(6, column, loses=())).passed, "without the loss it passes"


@pytest.mark.parametrize("column", COLUMNS)
def test_every_figure_is_compared_in_every_stratum(column):
    gate = gate_of(both_of(6, column, loses=()))
    kept = {one.figure for one in gate.lines if one.where == f"{OWN}, {column}"}
    assert kept == {*RETRIEVAL, *EVIDENCE}


def test_strata_of_too_few_individuals_are_named_and_not_dropped():
    few = LEAST_STRATUM - 1
    gate = gate_of(both_of(few, COLUMNS[0], loses=("mAP", "Cllr")))
    assert gate.passed, "four individuals cannot tell"
    told = [note for note in gate.notes if note.startswith(f"{OWN}, {COLUMNS[0]}: {few} ")]
    assert [note.split(": ")[-1] for note in told] == [
        "top-1 and mAP not compared",
        "Cllr, ECE, wrong at nominal 1 % not compared",
    ]


def test_a_reference_of_one_individual_neither_refuses_nor_is_dropped():
    own = both_of(0, COLUMNS[0], loses=())
    one = both_of(1, COLUMNS[0], loses=("mAP",), individuals=1)
    alone = Both("reference x", one.champion, one.challenger)
    found = compare([own, alone], replicates=200)
    gate = judge(found.lines, champion="a", challenger="b", omitted=found.omitted)
    assert gate.passed
    assert any(n.startswith("reference x: 1 individual who could be found") for n in gate.notes)


def test_what_could_be_worse_is_noted_of_strata_and_references_too():
    one = both_of(6, COLUMNS[0], loses=())
    pictures = one.champion.queries
    odd = np.arange(len(pictures)) // SHOTS % 2 == 1  # some animals win what others lose
    before, after = said(pictures, odd), said(pictures, ~odd)
    mixed = Both(OWN, before, after, one.champion_llr, one.challenger_llr)
    found = compare([mixed, Both("reference x", before, after)], replicates=200)
    notes = judge(found.lines, champion="a", challenger="b", omitted=found.omitted).notes
    for where in (f"{OWN}, light infrared", "reference x"):
        (told,) = [note for note in notes if note.startswith(f"{where}: could be worse")]
        assert "top-1 (difference" in told
        assert "too few to tell" in told
    assert any(n.startswith("reference x: evidence of pairs was not asked") for n in notes)


def test_a_set_of_one_light_and_flank_has_no_strata_and_no_note_of_them():
    found = compare([both_of(0, COLUMNS[0], loses=())], replicates=100)
    assert {one.where for one in found.lines} == {OWN}
    assert found.omitted == ()
