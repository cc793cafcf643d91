"""Corrections as they were recorded: entries are added, one may take back another. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reid.clocks.correction import Correction
from reid.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class Entry:
    """Who recorded what and why; ``undoes`` is the number of the entry that this one takes back.

    Just one of ``correction`` and ``undoes`` is there.
    """

    number: int
    at: datetime
    by: str
    why: str
    correction: Correction | None = None
    undoes: int | None = None

    @property
    def station(self) -> str:
        """Of which station; "" for none, or where it takes another back."""
        return self.correction.station if self.correction is not None else ""


class Ledger:
    """What holds now: of one camera at one time at most one correction."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entries)
        gone = {one.undoes for one in self.entries if one.undoes is not None}
        self.standing = tuple(
            one for one in self.entries if one.correction is not None and one.number not in gone
        )
        self._by_station: dict[str, list[tuple[int, Correction]]] = {}
        for one in self.standing:
            if one.correction is not None:
                held = self._by_station.setdefault(one.correction.station, [])
                held.append((one.number, one.correction))

    def __bool__(self) -> bool:
        return bool(self._by_station)

    @property
    def next_number(self) -> int:
        """Of the entry after the last."""
        return self.entries[-1].number + 1 if self.entries else 1

    @property
    def stations(self) -> frozenset[str]:
        """Where any clock is corrected."""
        return frozenset(self._by_station)

    def find(self, station: str, camera: str, at: datetime) -> tuple[int, Correction] | None:
        """What holds for what this camera's clock wrote, by its number."""
        held = self._by_station.get(station, ())
        return next((one for one in held if one[1].covers(station, camera, at)), None)

    def corrected(self, station: str, camera: str, at: datetime) -> datetime:
        """The time behind what a clock wrote."""
        found = self.find(station, camera, at)
        return at if found is None else found[1].applied(at)

    def taking_back(self, number: int) -> Entry:
        """The entry of this number, which still holds.

        Raises:
            NotFoundError: there is none.
            ConflictError: it was taken back already, or is itself a taking back.
        """
        found = next((one for one in self.entries if one.number == number), None)
        if found is None:
            raise NotFoundError(f"no clock correction {number}; `reid clocks list --all` has all")
        if found not in self.standing:
            word = "takes another back" if found.correction is None else "was taken back already"
            raise ConflictError(f"clock correction {number} {word}; record it anew if it holds")
        return found


def check_free(ledger: Ledger, correction: Correction) -> None:
    """Raise ConflictError where another correction holds for some of the same times."""
    for one in ledger.standing:
        if one.correction is not None and one.correction.overlaps(correction):
            raise ConflictError(
                f"correction {one.number} ({one.correction.whose}: {one.correction.words}) holds "
                "for some of these times: take it back first, or name a span beside it "
                "(from, until)"
            )
