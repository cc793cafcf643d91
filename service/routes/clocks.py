"""/v1/clocks: what was wrong with cameras' clocks."""

from __future__ import annotations

from fastapi import APIRouter, status

from reid.batch.suspects import clock_suspects
from reid.catalogue.clock_book import ClockBook, Moved
from reid.clocks import Entry, Ledger
from reid.clocks.json_form import correction_json, entry_json, suspect_json, times_json
from service.schemas.clocks import (
    ClockEntriesOut,
    ClockEntryOut,
    ClockIn,
    ClockPreviewOut,
    CorrectionOut,
    MovedOut,
    RecordIn,
    SuspectOut,
    SuspectsOut,
    UndoClockIn,
)
from service.schemas.sightings import TimeOut
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/clocks", tags=["clocks"])


@router.get("")
async def listed(service: ServiceNow, library: LibraryNow) -> ClockEntriesOut:
    """Every correction that was recorded, those that were taken back too."""
    ledger = await service.reads.run(ClockBook.of(library.catalogue).ledger)
    return ClockEntriesOut(corrections=[_entry(one, ledger) for one in ledger.entries])


@router.post("/preview")
async def preview(told: ClockIn, service: ServiceNow, library: LibraryNow) -> ClockPreviewOut:
    """Which sightings' times a correction would change; nothing is recorded."""
    correction = told.correction()
    book = ClockBook.of(library.catalogue)
    moved = await service.reads.run(lambda: book.preview(correction))
    said = CorrectionOut.model_validate(correction_json(correction))
    return ClockPreviewOut(correction=said, sightings=[_moved(one) for one in moved])


@router.post("", status_code=status.HTTP_201_CREATED)
async def record(told: RecordIn, service: ServiceNow, library: LibraryNow) -> ClockEntryOut:
    """Record a correction: from now on times are told corrected, with what the clock wrote.

    A 409 where another correction holds for some of the same times.
    """
    correction, book = told.correction(), ClockBook.of(library.catalogue)
    entry = await service.reads.run(lambda: book.correct(correction, by=told.by, why=told.why))
    return _entry(entry, Ledger([entry]))


@router.post("/{number}/undo")
async def undo(
    number: int, told: UndoClockIn, service: ServiceNow, library: LibraryNow
) -> ClockEntryOut:
    """Take a correction back: times are what the clock wrote again. A 409 where it was already."""
    book = ClockBook.of(library.catalogue)
    entry = await service.reads.run(lambda: book.undo(number, by=told.by, why=told.why))
    return _entry(entry, Ledger([entry]))


@router.get("/suspects")
async def suspects(service: ServiceNow, library: LibraryNow) -> SuspectsOut:
    """Clocks that may be wrong, with what speaks for it; nothing is changed."""
    found = await service.reads.run(lambda: clock_suspects(library.catalogue))
    return SuspectsOut(suspects=[SuspectOut.model_validate(suspect_json(one)) for one in found])


def _entry(one: Entry, ledger: Ledger) -> ClockEntryOut:
    return ClockEntryOut.model_validate(entry_json(one, ledger))


def _moved(one: Moved) -> MovedOut:
    before, after = (
        [TimeOut.model_validate(time) for time in times_json(times)]
        for times in (one.before, one.after)
    )
    return MovedOut(sighting_id=one.sighting_id, before=before, after=after)
