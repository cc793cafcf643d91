"""What people rejected: where it counts, what it changes, and that the rest changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from reid.catalogue import Catalogue
from reid.catalogue.asked import Asked, Identifications
from reid.identities import Confirm, NewIndividual, NoMatch, Reject
from reid.identities.event import Said
from reid.labels.dealing import Part
from reid.review import Answer, OpenPair, Shares
from reid.types import Flank, Light
from tests.lab.test_lab_catalogue import MAKING, make  # noqa: F401
from tests.lab.test_lab_parts import PARENT, animals
from training.data import Dataset, Rights, Row, Use
from training.evaluation.retrieval.plan import make_plan
from training.evaluation.retrieval.protocol import load_protocol
from training.lab.from_catalogue import of_catalogue
from training.lab.head import learn_head
from training.lab.look_alikes import EACH, MOST, with_look_alikes
from training.lab.network import class_pairs
from training.lab.push import PUSH, stretched
from training.lab.rejected import DISAGREE, HELD_OUT, NO_FLANK, ONE_ANIMAL, Rejected, placed
from training.lab.seen import LeftOut
from training.lab.sources import Sources
from training.lab.training_set import (
    Entry,
    make_training_set,
    read_training_set,
    write_training_set,
)
from training.learn.examples import examples_of
from training.learn.recipe import Batches
from training.learn.sampler import BatchSampler

assert MAKING


def entry(identity, n, part, flank=Flank.LEFT):
    name = f"{identity}{n}"
    return Entry(
        name, "t", f"t/{identity}", flank, part, f"t/{name}", "", n, "0" * 64,
        (0.0, 0.0, 5.0, 4.0), "", Light.COLOUR, 0.5,
    )  # fmt: skip


def frozen(rejected, **more):
    parts = {"a": Part.TRAIN, "b": Part.TRAIN, "c": Part.CALIBRATION, "d": Part.CALIBRATION,
             "h": Part.HELD_OUT, "i": Part.HELD_OUT}  # fmt: skip
    entries = [entry(k, n, part) for k, part in parts.items() for n in range(3)]
    entries.append(entry("b", 9, Part.TRAIN, Flank.RIGHT))
    left_out = [LeftOut("t", "x", "t/z", "z0", "no flank: neither left nor right")]
    return make_training_set(
        entries, left_out, sources=(), licence="Apache-2.0", use=Use.ANY, seed=1,
        rejected=placed(rejected, entries, left_out), **more,
    )  # fmt: skip


def said(a, b="", individual="", **more):
    other = {"b": f"t/{b}" if b else "", "individual": f"t/{individual}" if individual else ""}
    return Rejected("t", f"t/{a}", **other, how="rejected", **more)


def test_a_rejection_counts_in_the_part_of_both_or_nowhere_and_says_why():
    made = frozen([
        said("a0", "b1"), said("a1", individual="b"), said("c0", "d0"), said("h0", "i0"),
        said("a0", "c0"), said("a0", "a1"), said("a0", "b9"), said("a0", "z0"),
        said("a2", "q0"), said("a2", "b2", reason=DISAGREE),
    ])  # fmt: skip
    found = {(one.a[2:], (one.b or one.individual)[2:]): one for one in made.rejected}
    assert {key for key, one in found.items() if one.part == "train"} == {("a0", "b1"), ("a1", "b")}
    assert {key for key, one in found.items() if one.part == "calibration"} == {("c0", "d0")}
    reasons = {
        ("h0", "i0"): HELD_OUT,
        ("a0", "c0"): "in two parts: calibration and train",
        ("a0", "a1"): ONE_ANIMAL,
        ("a0", "b9"): NO_FLANK,
        ("a0", "z0"): "not in the set: t/z0, no flank: neither left nor right",
        ("a2", "q0"): "not in the set: t/q0, nobody confirmed who it is",
        ("a2", "b2"): DISAGREE,
    }
    assert {key: one.reason for key, one in found.items() if not one.part} == reasons
    train = made.of(Part.TRAIN)
    sides = [[[train[k].id for k in side] for side in pair] for pair in made.sides(Part.TRAIN)]
    assert sides == [[["a0"], ["b1"]], [["a1"], ["b0", "b1", "b2"]]], "the flank in common only"
    assert not made.sides(Part.HELD_OUT)


def test_rejections_are_frozen_and_hashed_and_without_any_the_set_is_as_before(tmp_path):
    plain, some = frozen([]), frozen([said("a0", "b1")])
    write_training_set(plain, tmp_path)
    assert "rejected" not in (tmp_path / "manifest.json").read_text()
    assert read_training_set(tmp_path).rejected == ()
    write_training_set(some, tmp_path)
    assert read_training_set(tmp_path).rejected == some.rejected
    assert some.sha256 != plain.sha256
    text = (tmp_path / "manifest.json").read_text()
    (tmp_path / "manifest.json").write_text(text.replace("t/b1", "t/b2"))
    with pytest.raises(Exception, match="changed after it was frozen"):
        read_training_set(tmp_path)


def rejecting(pictures, pairs):
    """Pairs of individuals, first sighting against first sighting."""
    sides = []
    for a, b in pairs:
        of = [np.flatnonzero((pictures.classes == k) & (pictures.groups == 3 * k)) for k in (a, b)]
        sides.append(tuple(of))
    return type(pictures)(
        pictures.pooled, pictures.classes, pictures.groups, pictures.identity, pictures.flank,
        tuple(sides),
    )  # fmt: skip


def alike(count, *, seed):
    """Animals that come in pairs which differ along the fifth direction alone."""
    found = animals(count, seed=seed)
    pooled = found.pooled.copy()
    for k in range(1, count, 2):
        for group in range(3):
            own, twin = (found.groups == 3 * (k - less) + group for less in (0, 1))
            pooled[own] = pooled[twin]
            pooled[own, 5] += 1.0
    same = (found.classes, found.groups, found.identity, found.flank)
    return type(found)(pooled, *same)


def test_rejected_pairs_are_told_apart_better_and_none_changes_nothing():
    own, others = alike(24, seed=2), alike(24, seed=8)
    before = learn_head(PARENT, own, seed=1)
    after = learn_head(PARENT, rejecting(own, [(k, k + 1) for k in range(0, 24, 2)]), seed=1)
    assert before.pushed is None
    assert (after.pushed.pairs, after.pushed.used, after.shrink) == (12, True, before.shrink)

    def cosine(head):  # of two that look alike, and that nobody rejected
        vectors = head(others.pooled)
        pairs = [(others.classes == k, others.classes == k + 1) for k in range(0, 24, 2)]
        return np.mean([vectors[a].mean(0) @ vectors[b].mean(0) for a, b in pairs])

    assert cosine(after.head) < cosine(before.head) - 0.01
    single = replace(animals(12, groups=1), apart=((np.array([0]), np.array([2])),))
    stays = learn_head(PARENT, single)  # nobody was seen twice
    assert (stays.shrink, stays.pushed.used) == (1, False)
    assert stays.head is PARENT
    again = learn_head(PARENT, rejecting(own, []), seed=1)
    assert np.array_equal(again.head.weight, before.head.weight)
    assert np.array_equal(again.head.bias, before.head.bias)


def test_the_push_grows_with_the_pairs_and_has_a_bound():
    rng = np.random.default_rng(3)
    along = np.zeros((500, 6))
    along[:, 2] = rng.standard_normal(500)

    def stretch(count):
        return np.linalg.norm(stretched(np.eye(6), along[:count], np.ones(count))[2])

    assert 1 < stretch(1) < stretch(8) < stretch(500) < np.sqrt(1 + PUSH)
    assert stretch(8) == pytest.approx(np.sqrt(1 + PUSH / 2))
    many = stretched(np.eye(6), along[:8], np.full(8, 1 / 8))
    assert np.linalg.norm(many[2]) == pytest.approx(stretch(1)), "of one pair of animals said often"
    assert np.array_equal(stretched(np.eye(6), along[:0], np.ones(0)), np.eye(6))


def rows(individuals, sightings=3):
    return tuple(
        Row(f"{k}-{n}", f"a{k}", None, flank=Flank.LEFT, sighting=f"s{k}-{n}")
        for k in range(individuals)
        for n in range(sightings)
    )


def dataset(individuals=8):
    return Dataset("own", None, rows(individuals), Rights("Apache-2.0", Use.ANY, ""), "")


def test_both_classes_of_a_rejected_pair_come_in_one_batch_shown_alike():
    own = dataset()
    pairs = class_pairs(
        own, ((np.array([0]), np.array([3, 4])), (np.array([1]), np.array([5]))), "own"
    )
    assert [(one.identity, other.identity) for one, other in pairs] == [("a0", "a1")]
    how = Batches(classes=4, pictures=2, rejected=0.5)
    examples = examples_of(own)
    plain, none, some = (BatchSampler(examples, how, seed=4, rejected=of) for of in ((), (), pairs))

    def together(sampler):
        found = 0
        for batch in sampler.batches(0, 200):
            shown = {examples[s.example].of: s.mirrored for s in batch}
            assert len(batch) == 8
            found += (
                len({shown[of] for of in pairs[0] if of in shown}) == 1
                and set(pairs[0]) <= shown.keys()
            )
        return found

    assert together(some) > 90 > 60 > together(plain)
    assert [none.batch(k) for k in range(50)] == [plain.batch(k) for k in range(50)]
    off = BatchSampler(examples, Batches(classes=4, pictures=2, rejected=0), seed=4, rejected=pairs)
    assert together(off) < 60
    gone = (pairs[0][0], type(pairs[0][0])("own", "nobody", Flank.LEFT))
    left = BatchSampler(examples, how, seed=4, rejected=[gone])
    assert [left.batch(k) for k in range(50)] == [plain.batch(k) for k in range(50)]


def test_rejected_pairs_are_the_first_different_ones_of_a_calibration():
    own = dataset()
    protocol = load_protocol("leave-one-out")
    protocol = type(protocol)(**{f: getattr(protocol, f) for f in protocol.__slots__}
                              | {"folds": 1, "different_pairs": 20, "same_pairs": 10})  # fmt: skip
    group = np.arange(len(own))
    plan = make_plan(own, group, protocol)
    assert with_look_alikes(plan, own, (), seed=1) is plan
    apart = ((np.arange(3), np.arange(3, 6)), (np.array([6]), np.array([9])))
    told = with_look_alikes(plan, own, apart, seed=1)
    different = told.pairs[~told.pair_same]
    assert np.array_equal(told.pairs[told.pair_same], plan.pairs[plan.pair_same])
    assert len(different) == len(plan.pairs[~plan.pair_same])
    first = [frozenset((plan.queries[a] // 3, plan.gallery[b] // 3)) for a, b in different]
    few = round(MOST * len(different))
    assert set(first[:few]) == {frozenset((0, 1)), frozenset((2, 3))}
    assert first[:few].count(frozenset((0, 1))) <= EACH
    assert len({frozenset(pair) for pair in different.tolist()}) == len(different)


@pytest.fixture
def catalogue(tmp_path, make):  # noqa: F811
    """Three animals in two sightings each; nobody knows who the seventh sighting is."""
    with Catalogue.open(tmp_path / "data") as opened:
        for seed, name in enumerate(("a1", "a2", "b1", "b2", "c1", "c2", "new"), start=1):
            one = make.sighting(name, seed=seed)
            opened.save_sighting(one, make.prepared(one, flank=Flank.RIGHT))
        for name, who in (("a", "Aidar"), ("b", "Bota"), ("c", "Camar")):
            for n in (1, 2):
                opened.enrol(f"{name}{n}", who, by="Asel")
        yield opened


def test_everything_that_people_called_two_animals_is_gathered_and_frozen(catalogue, tmp_path):
    assert of_catalogue(catalogue).rejected == ()
    catalogue.decide(Reject("a1", "b1"), Said("Bek"))
    catalogue.decide(NoMatch("a2", "Camar"), Said("Bek"))
    shown = {"candidates": [{"individual": "Bota"}, {"individual": "Camar"}]}
    Identifications.of(catalogue).keep(
        Asked("new", 0.5, 0.01, "bundle", "inconclusive", None, None, shown, {})
    )
    catalogue.decide(NoMatch("new"), Said("Bek"))
    catalogue.decide(NewIndividual(("new",), "Dana"), Said("Bek"))
    found = {(one.a, one.b or one.individual): one.how for one in of_catalogue(catalogue).rejected}
    assert found == {
        ("catalogue/a1", "catalogue/b1"): "rejected",
        ("catalogue/a2", "catalogue/Camar"): "no match",
        ("catalogue/new", "catalogue/Bota"): "no match with anybody",
        ("catalogue/new", "catalogue/Camar"): "no match with anybody",
    }
    made = Sources.open(catalogue, ()).freeze(tmp_path, seed=0, least_usable=0.0)
    part = {e.identity.partition("/")[2]: e.part.value for e in made.entries}
    for one in made.rejected:
        both = {part[{"a": "Aidar", "b": "Bota", "n": "Dana"}[one.a.partition("/")[2][0]]],
                part[one.individual.partition("/")[2] or "Bota"]}  # fmt: skip
        counts = len(both) == 1 and both != {"held-out"}
        assert one.part == (both.pop() if counts else "")
        assert bool(one.reason) is not counts
    assert len(made.rejected) == 4


def test_a_reviewers_different_counts_until_another_contradicts_it(catalogue):
    catalogue.note_evidence([OpenPair("a1", "new", 0.1, "inconclusive", "test")])
    item = catalogue.next_item("Bek", shares=Shares(0, 0))
    catalogue.answer_item(item.id, Answer.DIFFERENT, by="Bek")
    (one,) = of_catalogue(catalogue).rejected
    assert (one.a, one.b, one.reason) == ("catalogue/a1", "catalogue/new", "")
    second = catalogue.next_item("Cem", shares=Shares(1, 0), draw=lambda: 0.5)
    catalogue.answer_item(second.id, Answer.SAME, by="Cem")
    (one,) = of_catalogue(catalogue).rejected
    assert one.reason == DISAGREE
    catalogue.decide(Confirm("new", "Bota"), Said("Bek"))
    assert of_catalogue(catalogue).rejected[0].reason == DISAGREE
