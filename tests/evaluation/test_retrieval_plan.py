"""Plans never leak: whoever is asked never finds what a protocol forbids."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reid.errors import ConfigError, InputError
from reid.types import Flank
from training.data import Dataset, Row
from training.data.copies import frame_groups
from training.evaluation.retrieval.plan import make_plan
from training.evaluation.retrieval.protocol import Protocol, load_protocol, protocols

FLANKS = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)
DAY = datetime(2018, 9, 29)


@st.composite
def datasets(draw):
    """Rows of up to six animals; a sighting belongs to one animal and has frames of both sides."""
    rows = []
    for name in "abcdef"[: draw(st.integers(2, 6))]:
        for sighting in range(draw(st.integers(1, 4))):
            days = draw(st.one_of(st.none(), st.integers(0, 5)))
            for _ in range(draw(st.integers(1, 3))):
                rows.append(
                    Row(
                        image_id=str(len(rows)),
                        identity=name,
                        path=Path(f"{len(rows)}.jpg"),
                        date=None if days is None else DAY + timedelta(days=days),
                        flank=draw(st.sampled_from(FLANKS)),
                        sighting=f"{name}{sighting}",
                    )
                )
    return Dataset("drawn", Path(), tuple(rows))


@st.composite
def rules(draw):
    return Protocol(
        name="drawn",
        about="",
        kind=draw(st.sampled_from(["leave-one-out", "query-gallery"])),
        impostors=draw(st.sampled_from(["none", "mirrored"])),
        unknown_share=draw(st.sampled_from([0.0, 0.4])),
        past_only=draw(st.booleans()),
        folds=draw(st.integers(1, 3)),
        individuals=draw(st.sampled_from([0, 3])),
        same_pairs=20,
        different_pairs=20,
        pairs_a_class=5,
        seed=draw(st.integers(0, 5)),
    )


def plan_of(dataset, protocol):
    try:
        return make_plan(dataset, frame_groups(dataset.rows), protocol)
    except InputError:
        assume(False)


@settings(max_examples=60, deadline=None)
@given(datasets(), rules())
def test_no_plan_leaks(dataset, protocol):
    plan = plan_of(dataset, protocol)
    a, b = plan.query_rows, plan.gallery_rows
    for i, j in np.argwhere(plan.allowed):
        assert a[i].image_id != b[j].image_id
        assert {a[i].flank, b[j].flank} != {Flank.LEFT, Flank.RIGHT}
        own = b[j].sighting.removesuffix("~mirrored")
        assert a[i].sighting != own  # neither its sighting nor its sighting's mirror image
        if a[i].identity == b[j].identity:
            assert a[i].flank_class == b[j].flank_class
        if protocol.past_only:
            assert b[j].date < a[i].date
    assert not (plan.same & ~plan.allowed).any()
    for i, j in np.argwhere(plan.same):
        assert a[i].flank_class == b[j].flank_class
    mirrored = np.array([row.mirrored for row in b])
    assert not plan.same[:, mirrored].any()
    assert not any(row.mirrored for row in a)
    if protocol.kind == "query-gallery":
        assert not {r.image_id for r in a} & {r.image_id for r in b}


@settings(max_examples=40, deadline=None)
@given(datasets(), rules())
def test_unknown_individuals_are_nowhere_in_the_gallery(dataset, protocol):
    plan = plan_of(dataset, protocol)
    inside = {row.identity.removesuffix("~mirrored") for row in plan.gallery_rows}
    for row, unknown in zip(plan.query_rows, plan.unknown, strict=True):
        assert not (unknown and row.identity in inside)
    assert not (plan.unknown & plan.known).any()


@settings(max_examples=40, deadline=None)
@given(datasets(), rules())
def test_folds_hold_whole_individuals_and_pairs_stay_within_one(dataset, protocol):
    plan = plan_of(dataset, protocol)
    fold_of = {}
    for row, fold in zip(plan.rows, plan.fold, strict=True):
        name = row.identity.removesuffix("~mirrored")
        assert fold_of.setdefault(name, fold) == fold
    seen = set()
    for i, j in plan.pairs:
        assert plan.allowed[i, j]
        first, second = plan.queries[i], plan.gallery[j]
        assert plan.fold[first] == plan.fold[second]
        seen.add(frozenset((int(first), int(second))))
    assert len(seen) == len(plan.pairs)
    assert plan.pair_same.sum() <= protocol.same_pairs
    assert (~plan.pair_same).sum() <= protocol.different_pairs
    classes = [plan.rows[plan.queries[i]].flank_class for i in plan.pairs[plan.pair_same, 0]]
    assert max(map(classes.count, classes), default=0) <= protocol.pairs_a_class


@settings(max_examples=20, deadline=None)
@given(datasets(), rules())
def test_equal_seeds_give_equal_plans(dataset, protocol):
    one, two = plan_of(dataset, protocol), plan_of(dataset, protocol)
    for part in ("queries", "gallery", "allowed", "fold", "pairs", "unknown"):
        np.testing.assert_array_equal(getattr(one, part), getattr(two, part))


def test_seeds_matter():
    rows = tuple(Row(str(k), str(k // 2), Path("x"), sighting=str(k)) for k in range(60))
    dataset = Dataset("many", Path(), rows)
    rule = replace(load_protocol("open-set"), seed=1)
    groups = frame_groups(rows)
    one, two = make_plan(dataset, groups, rule), make_plan(dataset, groups, replace(rule, seed=2))
    assert one.unknown.mean() == two.unknown.mean() == pytest.approx(0.25, abs=0.02)
    assert (one.unknown != two.unknown).any()


def test_a_publishers_split_is_used_where_there_is_one():
    kinds = ["query", "gallery", "query", "gallery"]
    rows = tuple(
        Row(str(k), "ab"[k // 2], Path("x"), sighting=str(k), split=s) for k, s in enumerate(kinds)
    )
    plan = make_plan(
        Dataset("split", Path(), rows), frame_groups(rows), load_protocol("query-gallery")
    )
    assert plan.queries.tolist() == [0, 2]
    assert plan.gallery.tolist() == [1, 3]


def test_nobody_to_ask_is_an_error():
    with pytest.raises(InputError, match="0 queries"):
        make_plan(Dataset("e", Path(), ()), np.zeros(0, np.int64), load_protocol("leave-one-out"))


@pytest.mark.parametrize("name", protocols())
def test_every_protocol_of_the_project_can_be_read(name):
    rule = load_protocol(name)
    assert rule.name == name
    assert rule.about.endswith(".")
    assert set(rule.disjoint) == {"flank", "frames"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('about = "x"\nkind = "leave-one-out"\nfold = 3', "did you mean folds"),
        ('about = "x"\nkind = "all"', "kind: expected"),
        ('kind = "leave-one-out"', "about"),
        ('about = "x"\nkind = "leave-one-out"\nunknown_share = 1.5', "unknown_share"),
        ('about = "x"\nkind = "leave-one-out"\ndisjoint = ["flunk"]', "disjoint"),
        ("about = ", "expected TOML"),
    ],
)
def test_a_bad_protocol_is_refused_with_a_word(tmp_path, text, told):
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        load_protocol(tmp_path / "p.toml")


def test_an_unknown_protocol_names_those_that_are_there():
    with pytest.raises(ConfigError, match="leave-one-out"):
        load_protocol("leave-two-out")
