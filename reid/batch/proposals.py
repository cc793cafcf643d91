"""The proposals of a batch as its tables and its report need them: never all of them at once."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from reid.batch.found import Found

MOST_GROUPS = 300
MOST_ALONE = 400
SHOWN_MEMBERS = 8


@dataclass(frozen=True, slots=True)
class Home:
    """The proposal that a sighting is in, as far as its row tells it."""

    label: str
    sightings: int
    probability: float | None
    perhaps: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """``homes`` by sighting; ``count`` of proposals, ``several`` of more than one sighting.

    ``shown`` are those that the report shows whole, larger ones first, of ``told`` that have
    more than one sighting or a name; ``alone`` the first of the others.
    """

    homes: dict[str, Home]
    count: int
    several: int
    told: int
    shown: list[dict[str, Any]]
    alone: list[dict[str, Any]]

    def pictured(self) -> set[str]:
        """The sightings of which the report shows more than the name."""
        members = {name for group in self.shown for name in group["members"][:SHOWN_MEMBERS]}
        return members | {group["members"][0] for group in self.alone}


def proposals_of(found: Found) -> Proposals:
    """Walk through the proposals of a job."""
    homes: dict[str, Home] = {}
    count = several = told = 0
    for group in found.groups():
        count, several = count + 1, several + (_size(group) > 1)
        told += _stands_out(group)
        homes |= dict.fromkeys(group["members"], _home(group))
    shown = heapq.nlargest(MOST_GROUPS, filter(_stands_out, found.groups()), key=_size)
    alone = list(islice(_others(found), MOST_ALONE))
    return Proposals(homes, count, several, told, shown, alone)


def _home(group: dict[str, Any]) -> Home:
    perhaps = ", ".join(name for name, _ in group["perhaps"])
    return Home(group["label"], _size(group), group["probability"], perhaps)


def _size(group: dict[str, Any]) -> int:
    return len(group["members"])


def _stands_out(group: dict[str, Any]) -> bool:
    return _size(group) > 1 or bool(group["individual"])


def _others(found: Found) -> Iterator[dict[str, Any]]:
    return (group for group in found.groups() if not _stands_out(group))
