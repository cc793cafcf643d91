"""Clocks of a catalogue that may be wrong, with what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reid.catalogue import Catalogue
from reid.catalogue.clock_book import ClockBook, ClockOf
from reid.clocks import Correction, Ledger, Whose, known_offset
from reid.clocks.correction import span_words
from reid.clocks.suspects import Suspect, Written, suspects_of
from reid.events.clocks import Clock, station_clocks

GAP_S = 120.0
YEAR_D, NEAR_D = 365.25, 2.0


def clock_suspects(catalogue: Catalogue, station: str | None = None) -> list[Suspect]:
    """What speaks for clocks being wrong, of all stations or of one; corrections count as made.

    Two cameras of a station that differ by a constant, light against the hour, clocks that begin
    anew, strips against EXIF. It proposes; nothing is corrected.
    """
    book = ClockBook.of(catalogue)
    ledger, found = book.ledger(), list[Suspect]()
    for name, group in groupby(book.clocks(station), key=lambda one: one.station):
        cameras = list(group)
        for one in cameras:
            found += suspects_of(one.station, one.camera, _written(one, ledger))
        if name and len(cameras) > 1:
            found += _apart(name, cameras, ledger)
    return [one for one in found if not _held(one.correction, ledger)]


def _held(proposal: Correction | None, ledger: Ledger) -> bool:
    """Whether something is recorded of this clock already."""
    if proposal is None:
        return False
    return any(e.correction and e.correction.overlaps(proposal) for e in ledger.standing)


def _written(one: ClockOf, ledger: Ledger) -> list[Written]:
    return [
        Written(ledger.corrected(one.station, one.camera, p.at), p.light, p.strip)
        for _, p in one.pictures
        if p.at is not None
    ]


def _apart(station: str, cameras: Sequence[ClockOf], ledger: Ledger) -> list[Suspect]:
    times = {one.camera: [p.at for p in _written(one, ledger)] for one in cameras}
    clocks = station_clocks(times, GAP_S)
    return [_suspect(station, one) for one in clocks.values() if one.offset_s]


def _suspect(station: str, clock: Clock) -> Suspect:
    offset = round(clock.offset_s or 0.0)
    days = abs(offset) / 86_400
    years = round(days / YEAR_D)
    kind = "year" if years and abs(days - years * YEAR_D) <= NEAR_D else "offset"
    side = "ahead of" if offset > 0 else "behind"
    words = (
        f"{span_words(abs(offset))} {side} camera {clock.reference or '(unnamed)'}: "
        f"{clock.matched} of its {clock.events} passages were seen by both. One of the two is "
        "wrong; the pictures alone do not tell which"
    )
    proposal = known_offset(Whose(station, clock.camera), -offset)
    return Suspect(station, clock.camera, kind, words, proposal)
