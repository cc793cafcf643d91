"""A protocol applied to a dataset: queries, gallery, who may be compared, folds, sampled pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from reid.types import Flank
from training.data import Dataset, Row
from training.data.rows import mirror
from training.evaluation.retrieval.protocol import Protocol

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
_SAMPLING = 60  # a stream of its own: a sample moves nothing else
_SIDE_NUMBER = {Flank.LEFT: 1, Flank.RIGHT: 2}


class NobodyError(InputError):
    """Nobody is left to ask or to find: the table is whole, and says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a system is asked.

    ``queries`` (n,) and ``gallery`` (m,) are indices of ``rows``. ``allowed`` (n, m) bool: may be
    compared; nothing else is ever scored. ``same`` (n, m) bool: allowed and of one flank class.
    ``known`` (n,) bool: some allowed gallery picture is of the query's class; ``unknown`` (n,)
    bool: the query's individual is not in the gallery at all (neither: a query that the protocol
    leaves without a positive, which counts nowhere). ``fold`` (len(rows),): folds hold whole
    individuals. ``pairs`` (k, 2): positions in ``queries`` and ``gallery``, both of one fold, no
    picture pair twice; ``pair_same`` (k,).
    """

    rows: tuple[Row, ...] = field(repr=False)
    queries: Ints = field(repr=False)
    gallery: Ints = field(repr=False)
    allowed: Bools = field(repr=False)
    same: Bools = field(repr=False)
    unknown: Bools = field(repr=False)
    fold: Ints = field(repr=False)
    pairs: Ints = field(repr=False)

    @property
    def known(self) -> Bools:
        """(n,)."""
        return np.asarray(self.same.any(axis=1))

    @property
    def pair_same(self) -> Bools:
        """(k,)."""
        return np.asarray(self.same[self.pairs[:, 0], self.pairs[:, 1]])

    @property
    def query_rows(self) -> list[Row]:
        """Rows of the queries."""
        return [self.rows[k] for k in self.queries]

    @property
    def gallery_rows(self) -> list[Row]:
        """Rows of the gallery."""
        return [self.rows[k] for k in self.gallery]


def make_plan(dataset: Dataset, group: Ints, protocol: Protocol) -> Plan:
    """The plan of a protocol on the labelled rows; equal for equal seed.

    ``group`` (len(dataset),) is `training.data.copies.frame_groups` of the dataset's rows.

    Raises:
        InputError: groups of another length.
        NobodyError: nobody left to ask or to find.
    """
    if len(group) != len(dataset):
        raise InputError(f"groups: expected {len(dataset)} of them, found {len(group)}")
    rng = np.random.default_rng(protocol.seed)
    names = _chosen(dataset.identities, protocol, rng)
    kept = [(r, int(g)) for r, g in zip(dataset.rows, group, strict=True) if r.identity in names]
    rows, groups = [r for r, _ in kept], [g for _, g in kept]
    individual = [r.identity for r in rows]
    outside = _outside(names, protocol, rng)
    fold_of = {n: k % protocol.folds for k, n in enumerate(_shuffled(names, rng))}
    asked, found = _roles(rows, groups, protocol, rng)
    if protocol.impostors == "mirrored":
        found = [*found, *range(len(rows), 2 * len(rows))]
        rows, groups = [*rows, *map(mirror, rows)], groups * 2
        individual = individual * 2
    found = [k for k in found if individual[k] not in outside]
    if not asked or not found:
        raise NobodyError(
            f"{dataset.name} under {protocol.name}: {len(asked)} queries and {len(found)} gallery "
            "pictures are left: the table needs labelled pictures of several sightings"
        )
    queries, gallery = np.array(asked, dtype=np.int64), np.array(found, dtype=np.int64)
    allowed = _allowed(rows, np.array(groups), queries, gallery, protocol)
    same = allowed & _equal([r.flank_class for r in rows], queries, gallery)
    fold = np.array([fold_of[n] for n in individual], dtype=np.int64)
    unknown = np.array([individual[k] in outside for k in queries], dtype=np.bool_)
    if protocol.queries:
        few = _sampled(unknown | same.any(axis=1), protocol)
        queries, allowed, same, unknown = queries[few], allowed[few], same[few], unknown[few]
    pairs = _pairs(queries, gallery, allowed, same, fold, rows, protocol, rng)
    return Plan(tuple(rows), queries, gallery, allowed, same, unknown, fold, pairs)


def _shuffled(names: Sequence[str], rng: np.random.Generator) -> list[str]:
    return [names[k] for k in rng.permutation(len(names))]


def _chosen(names: Sequence[str], protocol: Protocol, rng: np.random.Generator) -> tuple[str, ...]:
    if not protocol.individuals:
        return tuple(names)
    return tuple(sorted(_shuffled(names, rng)[: protocol.individuals]))


def _sampled(counts: Bools, protocol: Protocol) -> Ints:
    """Positions of a sample of those queries that ``counts``; a larger one holds a smaller one."""
    rng = np.random.default_rng([protocol.seed, _SAMPLING])
    return np.sort(rng.permutation(np.flatnonzero(counts))[: protocol.queries])


def _outside(names: Sequence[str], protocol: Protocol, rng: np.random.Generator) -> set[str]:
    return set(_shuffled(names, rng)[: round(protocol.unknown_share * len(names))])


def _roles(
    rows: Sequence[Row], groups: Sequence[int], protocol: Protocol, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Rows that are asked and rows that may be found."""
    everyone = list(range(len(rows)))
    if protocol.kind == "leave-one-out":
        return everyone, everyone
    if {r.split for r in rows} >= {"query", "gallery"}:
        return [[k for k in everyone if rows[k].split == s] for s in ("query", "gallery")]  # type: ignore[return-value]
    catalogue: set[tuple[str, int]] = set()
    for name in sorted({r.flank_class for r in rows}):
        own = sorted({g for r, g in zip(rows, groups, strict=True) if r.flank_class == name})
        count = max(1, round(protocol.gallery_share * len(own)))
        catalogue |= {(name, own[k]) for k in rng.permutation(len(own))[:count]}
    inside = [(rows[k].flank_class, groups[k]) in catalogue for k in everyone]
    return [k for k in everyone if not inside[k]], [k for k in everyone if inside[k]]


def _equal(names: Sequence[str], queries: Ints, gallery: Ints) -> Bools:
    number = {name: k for k, name in enumerate(dict.fromkeys(names))}
    code = np.array([number[name] for name in names], dtype=np.int64)
    return np.asarray(code[queries][:, None] == code[gallery][None])


def _allowed(
    rows: Sequence[Row], group: Ints, queries: Ints, gallery: Ints, protocol: Protocol
) -> Bools:
    allowed = queries[:, None] != gallery[None]
    if "frames" in protocol.disjoint:
        allowed &= group[queries][:, None] != group[gallery][None]
    if "flank" in protocol.disjoint:
        side = np.array([_SIDE_NUMBER.get(r.flank, 0) for r in rows])
        a, b = side[queries][:, None], side[gallery][None]
        allowed &= (a == b) | (a == 0) | (b == 0)
    # one individual's other or unknown flank is neither right nor wrong
    individual = _equal([r.identity for r in rows], queries, gallery)
    allowed &= ~individual | _equal([r.flank_class for r in rows], queries, gallery)
    if protocol.past_only:
        never = np.datetime64("NaT")
        dates = [r.date.replace(tzinfo=None) if r.date else never for r in rows]
        taken = np.array(dates, dtype="datetime64[us]")
        allowed &= taken[gallery][None] < taken[queries][:, None]  # false where a date is missing
    return np.asarray(allowed)


def _pairs(
    queries: Ints,
    gallery: Ints,
    allowed: Bools,
    same: Bools,
    fold: Ints,
    rows: Sequence[Row],
    protocol: Protocol,
    rng: np.random.Generator,
) -> Ints:
    """(k, 2): same pairs first, each unordered picture pair once."""
    within = fold[queries][:, None] == fold[gallery][None]
    alike = _once(np.argwhere(same & within), queries, gallery)
    names = np.array([rows[queries[a]].flank_class for a, _ in alike], dtype=object)
    alike = _few_a_class(alike, names, protocol, rng)
    other = _once(_drawn(allowed & within & ~same, protocol, rng), queries, gallery)
    return np.concatenate([alike, other[: protocol.different_pairs]]).astype(np.int64)


def _once(pairs: Ints, queries: Ints, gallery: Ints) -> Ints:
    ordered = np.sort(np.stack([queries[pairs[:, 0]], gallery[pairs[:, 1]]], axis=1), axis=1)
    _, first = np.unique(ordered, axis=0, return_index=True)
    return pairs[np.sort(first)]


def _few_a_class(
    pairs: Ints, names: NDArray[np.object_], protocol: Protocol, rng: np.random.Generator
) -> Ints:
    order, seen, kept = rng.permutation(len(pairs)), dict[str, int](), []
    for k in order:
        name = str(names[k])
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= protocol.pairs_a_class:
            kept.append(k)
    return pairs[sorted(kept[: protocol.same_pairs])].reshape(-1, 2)


def _drawn(candidates: Bools, protocol: Protocol, rng: np.random.Generator) -> Ints:
    """Twice as many as wanted, in random order: both directions of a pair may be drawn."""
    flat = np.flatnonzero(candidates)
    chosen = rng.choice(flat, size=min(2 * protocol.different_pairs, len(flat)), replace=False)
    return np.stack(np.unravel_index(chosen, candidates.shape), axis=1).astype(np.int64)
