"""Candidates of two routes in one order."""

from hypothesis import given
from hypothesis import strategies as st

from reid.pipeline.proposing import HEAD, RouteUsed, proposals

KNOWN = [f"s{k:02d}" for k in range(14)]
RANKED = st.lists(st.sampled_from(KNOWN), unique=True)


def ranks(names):
    return {name: k for k, name in enumerate(names, start=1)}


def proposed(near, voted, each):
    routes = (RouteUsed("embedding", 1, len(near)), RouteUsed("votes", 1, len(voted)))
    return proposals({"embedding": ranks(near), "votes": ranks(voted)}, KNOWN, routes, each)


@given(RANKED, RANKED, st.integers(1, 12))
def test_both_shortlists_are_in_it_and_the_best_come_first(near, voted, each):
    found = proposed(near, voted, each)
    assert len(set(found.order)) == len(found.order)
    short = {*near[:each], *voted[:each]}
    assert short <= set(found.order)
    assert len(found.order) == max(len(short), min(each, len(KNOWN)))
    for best in range(1, HEAD + 1):
        assert {*near[:best], *voted[:best]} & short <= set(found.order[: 2 * best])
    assert {*near[:HEAD], *voted[:HEAD]} & set(found.order) <= set(found.order[: found.head])
    for name, places in found.ranks.items():
        assert places == {
            route: ranked.index(name) + 1
            for route, ranked in (("embedding", near), ("votes", voted))
            if name in ranked
        }


@given(RANKED, st.integers(1, 12))
def test_one_route_alone_keeps_its_order(near, each):
    assert list(proposed(near, [], each).order[: len(near[:each])]) == near[:each]


def test_nobody_ranked_fills_up_with_the_known():
    found = proposed([], [], 5)
    assert (found.order, found.head, found.ranks) == (tuple(KNOWN[:5]), 0, {})
