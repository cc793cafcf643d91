"""What nobody compared: the fewest and the most animals, against every grouping there is."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from reid.abundance.captures import APART, Ground
from reid.abundance.openness import as_drawn, at_least, bars_of, fewest, most
from reid.decide.partitions import all_partitions

NAMED, FREE = ["individual:A", "individual:B", "individual:C"], ["s", "t", "u"]


@st.composite
def grounds(draw):
    sides = st.sampled_from(["left", "right", "both", "unknown"])
    named = draw(st.dictionaries(st.sampled_from(NAMED), sides))
    unnamed = tuple(sorted(draw(st.sets(st.sampled_from(FREE)))))
    nodes = sorted([*named, *unnamed])
    pairs = [tuple(pair) for pair in itertools.combinations(nodes, 2)]
    values = st.sampled_from([APART, -2.0, 0.0, 2.0])
    links = draw(st.dictionaries(st.sampled_from(pairs), values)) if pairs else {}
    return Ground(unnamed, named, links)


def told_apart(ground, a, b):
    link = ground.links.get((min(a, b), max(a, b)))
    sides = {ground.sides.get(a), ground.sides.get(b)}
    words = None not in sides and sides != {"left", "right"}
    return link == APART or words


@settings(max_examples=150, deadline=None)
@given(grounds())
def test_there_are_never_fewer_than_are_held_apart(ground):
    nodes = [*ground.sides, *ground.unnamed]
    if not nodes:
        assert at_least(ground) == 0
        return
    possible = [
        row.max() + 1
        for row in all_partitions(len(nodes))
        if not any(
            row[i] == row[j] and told_apart(ground, nodes[i], nodes[j])
            for i, j in itertools.combinations(range(len(nodes)), 2)
        )
    ]
    assert 1 <= at_least(ground) <= min(possible)
    if not ground.links:
        assert at_least(ground) == min(possible)  # flanks alone are counted exactly


@settings(max_examples=150, deadline=None)
@given(grounds())
def test_a_draw_is_opened_only_where_nobody_looked(ground):
    who = as_drawn(ground, {name: f"new-{name}" for name in ground.unnamed})
    few, many = fewest(bars_of(ground), who), most(ground, who)
    assert set(few) == set(many) == set(who)
    for a, b in itertools.combinations(sorted(who), 2):
        if few[a] == few[b]:
            assert ground.could_be_one(a, b)
    assert len(set(many.values())) == len(who)  # every node was alone already


def test_the_most_part_what_no_evidence_ties():
    ground = Ground(("s", "t", "u"), {}, {("s", "t"): 2.0, ("t", "u"): -1.0})
    found = most(ground, dict.fromkeys("stu", "new-s"))
    assert found["s"] == found["t"] != found["u"]
