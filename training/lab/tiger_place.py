"""A place made of tigers: who is enrolled, who is asked about, who stays outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from training.data import Dataset, Row, read_dataset
from training.data.copies import frame_groups

TIGERS = "amur-tiger"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of the tigers is taken; a sighting is one picture, none a near copy of another.

    ``individuals`` are enrolled with ``each`` sightings; of ``known`` of them one sighting more is
    asked about and never enrolled, of ``strangers`` that nobody knows one. ``outside`` individuals
    with ``outside_each`` pictures judge what no part of the run has seen.
    """

    individuals: int = 40
    each: int = 4
    known: int = 16
    strangers: int = 8
    outside: int = 53
    outside_each: int = 8


@dataclass(frozen=True, slots=True)
class Place:
    """The rows by what they are for."""

    enrolled: tuple[Row, ...] = field(repr=False)
    known: tuple[Row, ...] = field(repr=False)
    strangers: tuple[Row, ...] = field(repr=False)
    outside: Dataset = field(repr=False)


def make_place(data: Path, cache: Path, size: Size, *, seed: int) -> Place:
    """Deal the identities in halves, the place's and those outside, and take so much of each."""
    tigers = read_dataset(data / TIGERS)
    groups = frame_groups(tigers.rows, cache)
    shown: dict[str, dict[int, Row]] = {}
    for row, group in zip(tigers.rows, groups.tolist(), strict=True):
        if row.identity:
            shown.setdefault(row.identity, {}).setdefault(group, row)
    names = sorted(shown)
    dealt = [names[k] for k in np.random.default_rng(seed).permutation(len(names))]
    half = len(dealt) // 2
    inside = [n for n in dealt[:half] if len(shown[n]) > size.each][: size.individuals]
    outside = [n for n in dealt[half:] if len(shown[n]) > 1][: size.outside]
    return Place(
        _rows(shown, inside, 0, size.each),
        _rows(shown, inside[: size.known], size.each, size.each + 1),
        _rows(shown, outside[: size.strangers], 0, 1),
        replace(tigers, rows=_rows(shown, outside, 0, size.outside_each), name="outside"),
    )


def _rows(
    shown: dict[str, dict[int, Row]], names: Sequence[str], first: int, end: int
) -> tuple[Row, ...]:
    return tuple(row for name in names for row in list(shown[name].values())[first:end])


def sighting_of(row: Row) -> str:
    """What the picture's sighting is called in the catalogue."""
    return f"t{row.image_id}"


def individual_of(row: Row) -> str:
    """What its animal is called there."""
    return f"tiger-{row.identity}"
