"""A reviewer who is asked about a champion's most convincing wrong candidates, simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from training.lab.features import Floats, Head, unit
from training.lab.head import Pictures
from training.lab.rejected import Rejected
from training.lab.training_set import Entry
from training.learn.judge import Judged, ranked_each


def convincing(champion: Head, own: Pictures, entries: Sequence[Entry]) -> Iterator[Rejected]:
    """Every two individuals with a flank in common, by their sightings that the champion thinks
    most alike, the most convincing first. ``own``: what it sees of the entries.
    """
    vectors = champion(own.pooled)
    number: dict[tuple[str, str], list[int]] = {}
    for k, entry in enumerate(entries):
        number.setdefault((entry.flank_class, entry.sighting), []).append(k)
    shown = [entries[of[0]] for of in number.values()]
    likeness = _alike(unit(np.stack([vectors[of].mean(axis=0) for of in number.values()])), shown)
    done = set()
    for place in np.argsort(-likeness, axis=None, kind="stable"):
        a, b = (shown[k] for k in np.unravel_index(place, likeness.shape))
        if likeness.flat[place] == -np.inf:
            return
        both = frozenset((a.identity, b.identity))
        if both not in done:
            done.add(both)
            yield Rejected(a.source, a.sighting, b.sighting, "", "rejected")


def _alike(vectors: Floats, shown: Sequence[Entry]) -> Floats:
    """(n, n) cosines; no likeness within an individual and between flanks."""
    who = np.array([entry.identity for entry in shown])
    flank = np.array([str(entry.flank) for entry in shown])
    may = (who[:, None] != who) & (flank[:, None] == flank)
    return np.asarray(np.where(may, vectors @ vectors.T, -np.inf), dtype=np.float32)


def found_again(head: Head, own: Pictures, later: np.ndarray) -> np.ndarray:
    """(n, 2) found first (0 or 1) and average precision of the ``later`` pictures (n of them) among
    the earlier ones; nan where their animal has no earlier sighting.
    """
    among = Judged((), own.classes, own.groups, own.flank)
    nothing = (np.nan, np.nan)
    found = ranked_each(head(own.pooled), among, gallery=~later)
    every = np.array([nothing if f is None else f for f in found])
    return np.asarray(every[later])


def second_half(own: Pictures, *, seed: int) -> np.ndarray:
    """(n,) bool: pictures of half of each individual's sightings, drawn by chance."""
    rng, later = np.random.default_rng([seed, 41]), np.zeros(len(own), dtype=np.bool_)
    for name in np.unique(own.identity):
        mine = own.identity == name
        groups = rng.permutation(np.unique(own.groups[mine]))
        later |= mine & np.isin(own.groups, groups[(len(groups) + 1) // 2 :])
    return later
