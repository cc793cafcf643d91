"""Two flanks are two classes, a flipped flank is a third; batches, splits and rights."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError, TableError
from reid.types import Flank
from reid.weights import Licence
from training.data import Dataset, Rights, Row, Use
from training.learn.examples import examples_of, split_examples
from training.learn.recipe import Batches, HeldOut
from training.learn.rights import licence_of_weights
from training.learn.sampler import BatchSampler

SIDES = (Flank.LEFT, Flank.RIGHT)


def rows(individuals, pictures, *, families=1, split=lambda k: ""):
    return tuple(
        Row(
            f"{k}-{side}-{n}",
            f"a{k}",
            Path("x.jpg"),
            flank=side,
            sighting=f"s{k}-{n // 2}",
            split=split(k),
            extra={"family": f"f{k % families}"},
        )
        for k in range(individuals)
        for side in SIDES
        for n in range(pictures)
    )


def dataset(name="set", *, rights=None, **how):
    use = rights or Rights("Apache-2.0", Use.ANY, "card")
    return Dataset(name, Path(), rows(**({"individuals": 6, "pictures": 4} | how)), use, "0" * 64)


worlds = st.builds(
    lambda individuals, pictures, families: examples_of(
        dataset(individuals=individuals, pictures=pictures, families=families)
    ),
    st.integers(2, 9),
    st.integers(2, 5),
    st.integers(1, 3),
)
plans = st.builds(
    Batches,
    classes=st.integers(2, 8),
    pictures=st.integers(2, 5),
    mirrored=st.floats(0, 1),
    alike=st.floats(0, 1),
)


@settings(deadline=None, max_examples=60)
@given(worlds, plans, st.integers(0, 50), st.integers(0, 9))
def test_pictures_share_a_label_exactly_when_they_show_one_flank_the_same_way(
    examples, batches, step, seed
):
    shows = BatchSampler(examples, batches, seed=seed).batch(step)
    for a in shows:
        for b in shows:
            of_a, of_b = examples[a.example].of, examples[b.example].of
            same = (of_a.identity, of_a.flank, a.mirrored) == (
                of_b.identity,
                of_b.flank,
                b.mirrored,
            )
            assert (a.label == b.label) is same


@settings(deadline=None, max_examples=60)
@given(worlds, plans, st.integers(0, 50), st.integers(0, 9))
def test_a_batch_is_p_classes_of_k_pictures_and_depends_on_its_step_alone(
    examples, batches, step, seed
):
    sampler = BatchSampler(examples, batches, seed=seed)
    shows = sampler.batch(step)
    labels = Counter(show.label for show in shows)
    assert set(labels.values()) == {batches.pictures}
    assert 2 <= len(labels) <= batches.classes
    assert max(labels) < sampler.classes
    assert shows == BatchSampler(examples, batches, seed=seed).batch(step)
    assert shows == next(iter(sampler.batches(step, step + 1)))
    assert len({show.seed for show in shows}) == len(shows)


def test_pictures_of_a_class_come_from_different_sightings_first():
    sampler = BatchSampler(
        examples := examples_of(dataset(pictures=6)), Batches(classes=4, pictures=3), seed=1
    )
    for step in range(20):
        groups = {}
        for show in sampler.batch(step):
            groups.setdefault(show.label, []).append(examples[show.example].group)
        assert all(len(set(found)) == 3 for found in groups.values())


def test_alike_batches_hold_one_family():
    examples = examples_of(dataset(individuals=12, families=2))
    sampler = BatchSampler(examples, Batches(classes=4, alike=1.0), seed=0)
    seen = [{examples[s.example].family for s in sampler.batch(step)} for step in range(12)]
    assert all(len(families) == 1 for families in seen)
    assert set.union(*seen) == {"f0", "f1"}


@settings(deadline=None, max_examples=40)
@given(st.integers(4, 12), st.floats(0.1, 0.6), st.integers(0, 99))
def test_no_individual_trains_and_judges(individuals, share, seed):
    split = split_examples(
        [dataset(individuals=individuals)], HeldOut(share=share, pictures=99), seed=seed
    )
    train = {e.of.identity for e in split.train}
    assert not train & {e.of.identity for e in split.held_out}
    again = split_examples(
        [dataset(individuals=individuals)], HeldOut(share=share, pictures=99), seed=seed
    )
    assert split == again


def test_the_tables_own_split_goes_first():
    told = dataset(split=lambda k: "val" if k < 2 else "train")
    split = split_examples([told], HeldOut(share=0.0), seed=0)
    assert {e.of.identity for e in split.held_out} == {"a0", "a1"}


def test_a_table_that_names_only_who_trains_leaves_judging_to_another():
    trains, judges = dataset("a", split=lambda k: "train"), dataset("b", split=lambda k: "val")
    both = split_examples([trains, judges], HeldOut(share=0.5), seed=0)
    assert {e.of.dataset for e in both.train} == {"a"}
    assert {e.of.dataset for e in both.held_out} == {"b"}
    alone = split_examples([trains], HeldOut(share=0.5), seed=0)
    assert len({e.of.identity for e in alone.held_out}) == 3


def test_an_individual_on_both_sides_of_a_split_is_refused():
    mixed = rows(3, 2)
    mixed = (*mixed[:-1], Row("z", "a0", Path("x.jpg"), flank=Flank.LEFT, split="val"))
    mixed = (Row("y", "a0", Path("x.jpg"), flank=Flank.LEFT, split="train"), *mixed)
    with pytest.raises(TableError, match="split by individual"):
        split_examples([Dataset("set", Path(), mixed)], HeldOut(), seed=0)


def test_classes_with_one_picture_do_not_train():
    with pytest.raises(TableError, match="found 0"):
        split_examples([dataset(pictures=1)], HeldOut(share=0.0), seed=0)


def test_a_flank_that_is_not_told_is_a_flank_of_its_own():
    plain = tuple(Row(f"{n}", "tiger", Path("x.jpg")) for n in range(3))
    found = {e.of for e in examples_of(Dataset("tigers", Path(), plain))}
    assert [of.flank for of in found] == [Flank.UNKNOWN]
    assert next(iter(found)).flipped not in found


def rights(use, licence="CC-BY-NC-SA-4.0"):
    return Rights(licence, use, "card")


@pytest.mark.parametrize("use", [Use.EVALUATION, Use.UNSTATED])
def test_what_may_not_train_is_refused(use):
    allowed = dataset()
    with pytest.raises(InputError, match="nyala"):
        licence_of_weights(None, [allowed, dataset("nyala", rights=rights(use))])


def test_the_strictest_licence_is_carried_and_two_are_refused():
    tigers = dataset("tigers", rights=rights(Use.SHARE_ALIKE))
    apache, other = Licence(spdx="Apache-2.0"), Licence(spdx="CC-BY-NC-4.0")
    alike = Licence(spdx="CC-BY-SA-4.0")
    assert licence_of_weights(apache, [dataset()]).spdx == "Apache-2.0"
    assert licence_of_weights(None, [dataset(), tigers]).spdx == "CC-BY-NC-SA-4.0"
    assert licence_of_weights(other, [dataset()]).spdx == "CC-BY-NC-4.0"
    mixed = licence_of_weights(other, [tigers])
    assert mixed.spdx == "CC-BY-NC-SA-4.0"
    assert mixed.note.startswith("Not for commercial use. Asked for by tigers, the weights")
    with pytest.raises(InputError, match=r"one licence.*tigers: CC-BY-NC-SA-4.0"):
        licence_of_weights(alike, [tigers])


def test_the_cards_of_the_project_refuse_what_may_never_train():
    from training.data.rights import CARDS, Rights, card_facts

    facts = {path.stem: card_facts(path) for path in CARDS.glob("*.md") if path.stem != "README"}
    for name in ("nyala", "leopard-frames"):
        assert Rights(use=Use(facts[name]["use"])).may_train is False
    assert facts["amur-tiger"]["use"] == "share-alike"


def test_random_streams_of_a_batch_differ_between_steps():
    sampler = BatchSampler(examples_of(dataset()), Batches(), seed=3)
    seeds = [show.seed for step in range(3) for show in sampler.batch(step)]
    draws = {np.random.default_rng(seed).integers(2**62) for seed in seeds}
    assert len(draws) == len(seeds)
