"""Groupings of many sightings, most of which were never compared: block by block. Pure.

Sightings that no chain of evidence for sameness joins cannot be proposed as one animal, so each
connected block is grouped by itself, with the score of `reid.decide.partitions`: the evidence of
the pairs put together and a prior that counts animals. Blocks of up to ten are exact, and two
sightings are put together where the pair's verdict is "same". Larger blocks are searched: groups
merge and sightings move, strongest links first, while the score grows and the best link across,
less all evidence against it, keeps the error rate. There each animal costs the same prior odds,
whatever its size (what the exact prior comes to where pictures tie a group together), and the
score alone would not do: many half-hearted links make no sure one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.decide.bridges import STRONG
from reid.decide.ewens import theta_of
from reid.decide.links import likelihood_ratio
from reid.decide.partitions import MAX_EXACT, posterior
from reid.decide.verdict import kind_of
from reid.types import VerdictKind

MOST_SWEEPS = 50
LIKELY = 0.5
_NEW = -1
Links = Mapping[tuple[str, str], float]
Near = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class ProposedGroup:
    """Sightings proposed as one animal.

    ``probability`` that all of them are, under the prior; None for one sighting alone and where
    it was searched (``exact`` false). ``perhaps``: sightings outside of it that are likelier one
    of it than not, with the probability or None. ``conflict``: pairs inside that speak strongly
    against it.
    """

    members: tuple[str, ...]
    probability: float | None
    exact: bool
    perhaps: tuple[tuple[str, float | None], ...] = ()
    conflict: tuple[tuple[str, str], ...] = ()


def propose_groups(
    ids: Sequence[str], llr: Links, *, prior_same: float, max_error: float
) -> list[ProposedGroup]:
    """Every sighting in one group, those of one alone too; in the order of ``ids``.

    ``llr`` of pairs that were compared, natural log, each pair once; 0 says nothing.

    Raises:
        ConfigError: a prior that is no probability.
    """
    theta = theta_of(prior_same)
    found: list[ProposedGroup] = []
    blocks = blocks_of(ids, llr)
    for block, inside in zip(blocks, _links_inside(blocks, llr), strict=True):
        if len(block) == 1:
            found.append(ProposedGroup(tuple(block), None, True))
        elif len(block) <= MAX_EXACT:
            found += _exact(block, inside, prior_same, max_error)
        else:
            found += _searched(block, inside, theta, max_error)
    place = {name: k for k, name in enumerate(ids)}
    return sorted(found, key=lambda group: place[group.members[0]])


def blocks_of(ids: Sequence[str], llr: Links) -> list[list[str]]:
    """Sightings joined by chains of evidence for sameness, each block in the order of ``ids``."""
    root = {name: name for name in ids}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for (a, b), value in llr.items():
        if value > 0:
            root[find(a)] = find(b)
    blocks: dict[str, list[str]] = {}
    for name in ids:
        blocks.setdefault(find(name), []).append(name)
    return list(blocks.values())


def _links_inside(blocks: Sequence[Sequence[str]], llr: Links) -> list[Links]:
    """The evidence of each block's pairs: what lies between two blocks joins nobody."""
    home = {name: k for k, block in enumerate(blocks) for name in block}
    inside: list[dict[tuple[str, str], float]] = [{} for _ in blocks]
    for pair, value in llr.items():
        k = home.get(pair[0])
        if k is not None and home.get(pair[1]) == k:
            inside[k][pair] = value
    return list[Links](inside)


def link(llr: Links, a: str, b: str) -> float:
    """The evidence of a pair, whichever comes first; 0 where it was not compared."""
    return llr.get((a, b), llr.get((b, a), 0.0))


def _table(block: Sequence[str], llr: Links) -> NDArray[np.float64]:
    table = np.zeros((len(block), len(block)))
    for i, j in itertools.combinations(range(len(block)), 2):
        table[i, j] = table[j, i] = link(llr, block[i], block[j])
    return table


def _exact(
    block: Sequence[str], llr: Links, prior_same: float, max_error: float
) -> list[ProposedGroup]:
    table = _table(block, llr)
    found = posterior(table, prior_same)
    same = found.pair_probability()
    sure = {
        (i, j)
        for i, j in itertools.combinations(range(len(block)), 2)
        if table[i, j] > -STRONG
        and kind_of(same[i, j], likelihood_ratio(table, i, j), max_error) is VerdictKind.SAME
    }
    groups = []
    for members in _joined(len(block), sure):
        inside = found.labels[:, members]
        together = (inside == inside[:, :1]).all(axis=1)
        chance = float(found.probability[together].sum()) if len(members) > 1 else None
        others = [k for k in range(len(block)) if k not in members]
        near = [(k, float(max(same[k, m] for m in members))) for k in others]
        groups.append(
            ProposedGroup(
                tuple(block[k] for k in members),
                chance,
                True,
                tuple((block[k], p) for k, p in near if p >= LIKELY),
                _conflicts([block[k] for k in members], llr),
            )
        )
    return groups


def _joined(n: int, pairs: set[tuple[int, int]]) -> list[list[int]]:
    names = [str(k) for k in range(n)]
    chains = {(str(i), str(j)): 1.0 for i, j in pairs}
    return [[int(name) for name in block] for block in blocks_of(names, chains)]


def _conflicts(members: Sequence[str], llr: Links) -> tuple[tuple[str, str], ...]:
    pairs = itertools.combinations(members, 2)
    return tuple((a, b) for a, b in pairs if link(llr, a, b) <= -STRONG)


def _searched(
    block: Sequence[str], llr: Links, theta: float, max_error: float
) -> list[ProposedGroup]:
    near = neighbours_of(block, llr)
    least = math.log((1 - max_error) / max_error)
    label = best_partition(block, near, theta, least)
    groups: dict[int, list[str]] = {}
    for name in block:
        groups.setdefault(label[name], []).append(name)
    parts = [part for members in groups.values() for part in cut_weak(members, near, least)]
    home = {name: k for k, part in enumerate(parts) for name in part}
    return [
        ProposedGroup(
            tuple(part),
            None,
            False,
            _perhaps(part, parts, home, near, theta),
            _conflicts(part, llr),
        )
        for part in parts
    ]


def _perhaps(
    part: Sequence[str],
    parts: Sequence[Sequence[str]],
    home: Mapping[str, int],
    near: Near,
    theta: float,
) -> tuple[tuple[str, float | None], ...]:
    """Sightings of other groups that the score would have with this one."""
    linked = {home[other] for name in part for other, v in near[name].items() if v > 0}
    likely = [
        parts[k]
        for k in sorted(linked - {home[part[0]]})
        if _across(set(part), set(parts[k]), near)[0] > 0
        and _merge_gain(set(part), set(parts[k]), near, theta) > 0
    ]
    return tuple((name, None) for other in likely for name in other)


def neighbours_of(block: Sequence[str], llr: Links) -> Near:
    """The evidence of each sighting towards those of the block that it was compared with."""
    near: Near = {name: {} for name in block}
    for (a, b), value in llr.items():
        if a in near and b in near and value:
            near[a][b] = near[b][a] = value
    return near


def best_partition(block: Sequence[str], near: Near, theta: float, least: float) -> dict[str, int]:
    """A grouping that no sure merge of two groups and no sure move of one sighting makes better.

    Strongest links first, so that what is sure is together before what is doubtful is tried;
    ``least`` evidence must join what is put together.
    """
    label = {name: k for k, name in enumerate(block)}
    groups = {k: {name} for k, name in enumerate(block)}
    links = sorted(
        (-v, a, b) for a, others in near.items() for b, v in others.items() if a < b and v >= least
    )
    for _, a, b in links:
        one, two = label[a], label[b]
        if one == two or _across(groups[one], groups[two], near)[1] < least:
            continue
        if _merge_gain(groups[one], groups[two], near, theta) > 0:
            _merge(groups, label, one, two)
    for _ in range(MOST_SWEEPS):
        moved = sum(_move(name, groups, label, near, theta, least) for name in block)
        if not moved:
            break
    return label


def score(label: Mapping[str, int], near: Near, theta: float) -> float:
    """The log score of a grouping: evidence inside of groups, and theta for each (unnormed)."""
    inside = sum(
        v for a, others in near.items() for b, v in others.items() if a < b and label[a] == label[b]
    )
    return float(inside + len(set(label.values())) * math.log(theta))


def _across(a: set[str], b: set[str], near: Near) -> tuple[float, float]:
    """The evidence between two groups: all of it, and the best link less what speaks against."""
    small, large = sorted((a, b), key=len)
    links = [v for x in small for y, v in near[x].items() if y in large]
    return sum(links), max(links, default=0.0) + sum(v for v in links if v < 0)


def _merge_gain(a: set[str], b: set[str], near: Near, theta: float) -> float:
    return _across(a, b, near)[0] - math.log(theta)


def _merge(groups: dict[int, set[str]], label: dict[str, int], a: int, b: int) -> None:
    for name in groups.pop(b):
        groups[a].add(name)
        label[name] = a


def _move(
    name: str,
    groups: dict[int, set[str]],
    label: dict[str, int],
    near: Near,
    theta: float,
    least: float,
) -> bool:
    """Bring one sighting to where it fits best; whether it moved."""
    home, towards = label[name], dict[int, float]()
    for other, value in near[name].items():
        towards[label[other]] = towards.get(label[other], 0.0) + value
    alone = len(groups[home]) == 1
    best, where = math.log(theta), home if alone else _NEW
    if not alone and towards.get(home, 0.0) >= best:
        best, where = towards.get(home, 0.0), home
    for group, value in towards.items():
        fits = value if group != home else -math.inf
        if fits > best + 1e-9 and _across({name}, groups[group], near)[1] >= least:
            best, where = fits, group
    if where == home:
        return False
    if where == _NEW:
        where = max(groups) + 1
    groups[home].discard(name)
    if not groups[home]:
        del groups[home]
    groups.setdefault(where, set()).add(name)
    label[name] = where
    return True


def cut_weak(members: Sequence[str], near: Near, least: float) -> list[list[str]]:
    """The group, cut at links of its strongest tree that are not sure enough."""
    whole: list[list[str]] = []
    waiting = [list(members)]
    while waiting:
        group = waiting.pop()
        part = _weak_side(group, near, least)
        if part is None:
            whole.append(group)
        else:
            waiting += [[n for n in group if (n in part) is side] for side in (True, False)]
    return whole


def _weak_side(group: Sequence[str], near: Near, least: float) -> set[str] | None:
    """One side of a cut that too little holds together, the weakest link's first; or None."""
    inside, tree = set(group), _strongest_tree(group, near)
    if len(tree) < len(group) - 1:  # held together by the prior alone
        return _side(group[0], tree)
    for edge in sorted(tree, key=lambda edge: edge[2]):
        part = _side(edge[0], [other for other in tree if other is not edge])
        rest = inside - part
        if _across(part, rest, near)[1] < least:
            return part
    return None


def _strongest_tree(members: Sequence[str], near: Near) -> list[tuple[str, str, float]]:
    """Kruskal over the links for sameness, strongest first."""
    inside = set(members)
    links = sorted(
        ((v, a, b) for a in members for b, v in near[a].items() if a < b and b in inside and v > 0),
        reverse=True,
    )
    root = {name: name for name in members}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    tree = []
    for value, a, b in links:
        if find(a) != find(b):
            root[find(a)] = find(b)
            tree.append((a, b, value))
    return tree


def _side(start: str, tree: Sequence[tuple[str, str, float]]) -> set[str]:
    """What the tree's links join with ``start``."""
    joined: dict[str, list[str]] = {}
    for a, b, _ in tree:
        joined.setdefault(a, []).append(b)
        joined.setdefault(b, []).append(a)
    seen, waiting = {start}, [start]
    while waiting:
        new = [n for n in joined.get(waiting.pop(), ()) if n not in seen]
        seen.update(new)
        waiting += new
    return seen
