"""The page of cameras' clocks in a real browser: suggested, looked at, recorded, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.clock_book import ClockBook
from reid.clocks import Whose, known_offset
from reid.people import Role
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
SMALL = {"size_px": 200.0, "picture_wh": (320, 240)}
FIRST = datetime(2019, 5, 1, 6, 30)
AHEAD = timedelta(hours=1, minutes=7)


@pytest.fixture(scope="module")
def field(served, store):
    """Ten passages before two cameras, whose clocks are an hour and seven minutes apart."""
    service = served()
    picture = render(RenderSpec(1, **SMALL))
    for number in range(10):
        at = FIRST + timedelta(days=number, minutes=37 * number * number)
        for camera, wrote in (("A", at), ("B", at + AHEAD)):
            name = f"{camera}{number}"
            files = {f"{name}.jpg": encode_jpeg(picture, captured_at=wrote)}
            told = [{"file_name": f"{name}.jpg", "camera": camera}]
            store(service.url, name, files, station="north", media=told)
    return service


def look(page):
    page.get_by_role("button", name="Show what it changes").click()
    page.locator("#found").wait_for()
    return page.locator("#found").inner_text()


def test_a_suggestion_is_looked_at_recorded_and_taken_back(field, visit, assert_accessible):
    page = visit(f"{field.url}/settings")
    page.get_by_role("link", name="corrections of clocks").click()
    page.get_by_text("Proposals: you decide").wait_for()
    assert_accessible(page)
    assert "1 h 7 min ahead of camera A" in page.locator("#suspects").inner_text()
    page.get_by_role("button", name="Fill in the form for north, camera B").click()
    assert "10 pictures; the clock wrote 2019-05-01 07:37:00" in page.locator("#wrote").inner_text()
    told = look(page)
    assert "The time of 10 sightings moves" in told
    assert "north, B: -1 h 7 min" in told
    row = page.locator("#found tbody tr").first.locator("td").all_inner_texts()
    assert row == ["B0", "2019-05-01 07:37:00", "2019-05-01 06:30:00"]
    assert_accessible(page)
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("Say what it rests on first").wait_for()
    page.get_by_label("What it rests on").fill("a watch held before it")
    page.get_by_role("button", name="Record it").click()
    page.locator("#messages", has_text="10 sightings moved").wait_for()
    assert "holds" in page.locator("#clock-1").inner_text()
    assert "“a watch held before it”" in page.locator("#clock-1").inner_text()
    page.get_by_text("Nothing speaks against any clock").wait_for()
    page.goto(f"{field.url}/sightings/B0")
    words = "2019-05-01 06:30 (camera clock, which wrote 2019-05-01 07:37; correction 1)"
    assert words in page.locator("main").inner_text()
    page.get_by_role("link", name="correction 1").click()
    page.locator("#clock-1").wait_for()
    page.get_by_role("link", name="Take back correction 1").click()
    text = page.locator("main").inner_text()
    assert "The time of 10 sightings moves to what the clock wrote" in text
    assert_accessible(page)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Say what it rests on first").wait_for()
    page.get_by_label("Why").fill("it was camera A")
    page.get_by_role("button", name="Take it back").click()
    page.locator("#clock-2").wait_for()
    assert "taken back by 2" in page.locator("#clock-1").inner_text()
    assert page.get_by_role("link", name="Take back").count() == 0
    assert page.goto(f"{field.url}/clocks/1/undo").status == 409


def test_every_kind_is_told_by_keys_alone_and_what_is_lacking_is_said(field, visit):
    page = visit(f"{field.url}/clocks")
    why = page.locator("#clock-state")
    kinds = {
        "known time": ("Say by how much", {"Days": "1", "Hours": "2"}, "+1 d 2 h"),
        "another year": ("Say which year", {"The year that": "2018"}, "-365 d"),
        "one moment": (
            "Say both",
            {"At a known moment": "2019-05-01T00:00", "the time was": "2019-05-02T01:00"},
            "+1 d 1 h",
        ),
    }
    for kind, (lacking, fields, words) in kinds.items():
        label = page.get_by_label("Kind").locator("option", has_text=kind).inner_text()
        page.get_by_label("Kind").select_option(label)
        page.get_by_role("button", name="Show what it changes").focus()
        page.keyboard.press("Enter")
        page.get_by_text(lacking).wait_for()
        for name, value in fields.items():
            page.get_by_label(name).fill(value)
        page.keyboard.press("Enter")
        page.locator("#found").wait_for()
        assert f"every camera of the station: {words}" in page.locator("#found").inner_text()
        assert page.locator("#found").evaluate("part => part === document.activeElement")
        assert why.inner_text() == ""
    page.get_by_label("Kind").select_option("morning for afternoon")
    assert page.locator("#found").is_hidden(), "what is recorded is what was looked at"
    page.get_by_label("The clock was").last.select_option("swapped: dates are right")
    page.get_by_label("Until").fill("2019-05-01T08:00")
    told = look(page)
    assert "The time of 2 sightings moves" in told
    assert "morning and afternoon change places" in told


def test_what_another_recorded_meanwhile_is_said(field, visit):
    page = visit(f"{field.url}/clocks")
    page.get_by_label("Hours").fill("1")
    page.get_by_label("What it rests on").fill("the field book")
    look(page)
    with Catalogue.open(field.data_dir) as catalogue:
        book = ClockBook.of(catalogue)
        entry = book.correct(known_offset(Whose("north", "A"), 60), by="Bolat", why="a watch")
        page.get_by_role("button", name="Record it").click()
        page.get_by_text(f"correction {entry.number} (station north, camera A").wait_for()
        assert page.get_by_label("What it rests on").input_value() == "the field book"
        book.undo(entry.number, by="Bolat", why="a slip")


def test_it_fits_a_phone(field, visit, assert_accessible):
    page = visit(f"{field.url}/clocks", size=PHONE)
    page.get_by_label("Hours").fill("1")
    look(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert_accessible(page)


def test_a_viewer_reads_and_changes_nothing(keyed, visit, signed_in, assert_accessible):
    with Catalogue.open(keyed.data_dir) as catalogue:
        correction = known_offset(Whose("gone", "A"), 60)
        entry = ClockBook.of(catalogue).correct(correction, by="Bolat", why="a watch")
    page = visit(f"{keyed.url}/clocks")
    signed_in(page, keyed.keys[Role.VIEWER])
    assert "station gone, camera A: +1 min" in page.locator(f"#clock-{entry.number}").inner_text()
    assert page.locator("main button, main form").count() == 0
    assert page.get_by_role("link", name="Take back").count() == 0
    assert_accessible(page)
    assert page.goto(f"{keyed.url}/clocks/{entry.number}/undo").status == 403
