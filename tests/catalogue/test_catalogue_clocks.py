"""Corrections of clocks in the catalogue: told everywhere, looked at beforehand, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reid.catalogue.clock_book import ClockBook
from reid.catalogue.gallery import Gallery
from reid.catalogue.sighting_pages import SightingPages
from reid.clocks import Whose, half_day, known_offset
from reid.errors import ConflictError, InputError, NotFoundError
from reid.types import CameraNote, CandidateTime, StripReading, Trigger

HOURS = timedelta(hours=12)


def saved(catalogue, make, name="north", **changes):
    sighting = replace(make.sighting(name), **changes)
    prepared = make.prepared(sighting)
    catalogue.save_sighting(sighting, prepared)
    return sighting, prepared


def behind(sighting):
    """The clocks of all cameras of its station are half a day behind."""
    return half_day(Whose(sighting.station or ""), "behind")


def test_a_correction_is_told_everywhere_and_taken_back(catalogue, make):
    sighting, prepared = saved(catalogue, make, times=())
    wrote = min(p.image.captured_at for p in prepared)
    book = ClockBook.of(catalogue)
    correction = behind(sighting)
    (moved,) = book.preview(correction)
    assert [t.at for t in moved.before] == [wrote]
    assert [t.at for t in moved.after] == [wrote + HOURS]
    assert not book.ledger().entries

    entry = book.correct(correction, by="Asel", why="set at noon, by the field book")
    (card,) = SightingPages.of(catalogue).cards([sighting.id])
    (where,) = catalogue.whereabouts([sighting.id])
    assert card.times == where.times == moved.after
    assert card.times[0].written == wrote
    assert card.times[0].correction == entry.number
    frames = Gallery.of(catalogue).frames([sighting.id])[sighting.id]
    assert {f.captured_at - f.written_at for f in frames} == {HOURS}
    loaded = catalogue.load_prepared(sighting.id)
    assert {p.image.captured_at - p.image.clock_at for p in loaded} == {HOURS}

    assert [m.sighting_id for m in book.preview_undo(entry.number)] == [sighting.id]
    book.undo(entry.number, by="Bulat", why="the field book was of another camera")
    (card,) = SightingPages.of(catalogue).cards([sighting.id])
    assert card.times == moved.before
    assert [e.by for e in book.ledger().entries] == ["Asel", "Bulat"]
    with pytest.raises(ConflictError, match="taken back"):
        book.undo(entry.number, by="Bulat", why="again")
    with pytest.raises(NotFoundError):
        book.undo(99, by="Bulat", why="never was")
    book.correct(correction, by="Asel", why="it was right after all")


def test_what_was_submitted_stays_what_it_was(catalogue, make):
    sighting, prepared = saved(catalogue, make)
    wrote = min(p.image.captured_at for p in prepared)
    other = replace(
        make.sighting("other", seed=9),
        station=sighting.station,
        times=(CandidateTime(wrote), CandidateTime(datetime(2018, 11, 6), "caption")),
    )
    catalogue.save_sighting(other, make.prepared(other))
    ClockBook.of(catalogue).correct(behind(sighting), by="Asel", why="field book")
    assert catalogue.load_sighting(sighting.id) == sighting
    assert not catalogue.save_sighting(sighting, prepared).created
    assert CandidateTime(datetime(2018, 11, 6), "caption") in catalogue.sighting("other").times


def test_nobody_corrects_without_a_word(catalogue, make):
    sighting, _ = saved(catalogue, make)
    book = ClockBook.of(catalogue)
    for by, why in (("", "x"), ("Asel", " ")):
        with pytest.raises(InputError):
            book.correct(behind(sighting), by=by, why=why)
    book.correct(behind(sighting), by="Asel", why="x")
    with pytest.raises(ConflictError, match="holds"):
        book.preview(known_offset(Whose(sighting.station or ""), 60))


def test_what_a_camera_and_its_strip_say_is_kept(catalogue, make):
    sighting = replace(make.sighting("noted"), times=())
    note = CameraNote("reconyx-hyperfire", Trigger.MOTION, (1, 3), 7, temperature_c=-23)
    prepared = make.prepared(sighting)
    wrote = prepared[0].image.captured_at
    strip = StripReading(("01/02/2018 10:00",), wrote - HOURS, temperature_c=-22)
    noted = [replace(p, image=replace(p.image, note=note, strip=strip)) for p in prepared]
    catalogue.save_sighting(sighting, noted)
    frame = Gallery.of(catalogue).frames(["noted"])["noted"][0]
    assert (frame.note, frame.strip) == (note, strip)
    assert catalogue.load_prepared("noted")[0].image.note == note
    (card,) = SightingPages.of(catalogue).cards(["noted"])
    assert [t.source for t in card.times] == ["camera clock", "strip"]
