"""Review, individuals and history in a real browser: decided, undone, contradicted."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import shutil
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import KeyStore
from reid.identities import Confirm, DecisionKind, NewIndividual, Reject
from reid.identities.event import Said
from reid.image import open_image
from reid.people import Role
from reid.review import OpenPair
from reid.types import CandidateTime, Flank, FlankEstimate, Sighting, SightingMedia

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
STAND_IN = Path(__file__).parents[1] / "service" / "stand_in.py"
NAMES = ["Aidar 1", "Aidar 2", "Aidar 3", "Botagoz 1", "Botagoz 2", "new 1", "new 2", "new 3"]
ASEL = Said("Asel", "known by sight")
EYE = "Judge this one by eye"


def measured():
    """How the stand-in measures; test folders are not packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("browser_stand_in", STAND_IN)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.measured


@pytest.fixture(scope="module")
def filled(tmp_path_factory, leopard):
    """Eight sightings of two frames; two individuals; pairs with evidence."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    measure = measured()
    with Catalogue.open(folder) as catalogue:
        for number, name in enumerate(NAMES):
            animal = {"A": 1, "B": 2, "n": 3}[name[0]]
            pictures = [leopard(animal, station=k, size_px=300.0) for k in (1, 2)]
            files = [SightingMedia(f"IMG_{i}.JPG", p) for i, p in enumerate(pictures)]
            at = CandidateTime(datetime(2026, 1, 1) + timedelta(days=40 * number), "camera")
            place = (43.123456 + number / 50, 55.654321)
            seen = Sighting(name, tuple(files), f"site {number % 2}", (at,), place)
            animals = []
            for i, media in enumerate(files):
                found = measure(seen, i, open_image(media.content, file_name=media.file_name))
                flank = FlankEstimate.known(Flank.LEFT if i == 0 else Flank.RIGHT)
                animals.append(replace(found, view=replace(found.view, flank=flank)))
            catalogue.save_sighting(seen, animals)
        catalogue.decide(NewIndividual(("Aidar 1",), "Aidar"), ASEL)
        catalogue.decide(Confirm("Aidar 2", "Aidar"), ASEL)
        catalogue.decide(NewIndividual(("Botagoz 1", "Botagoz 2"), "Botagoz"), ASEL)
    return folder


@pytest.fixture
def shop(filled, served, tmp_path):
    """A service over a copy of its own: ``shop.pairs(...)`` opens questions."""
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    service = served(data_dir=folder, review_second=0, review_planted=0)
    service.catalogue = Catalogue.open(folder)

    def pairs(*found):
        told = [OpenPair(a, b, llr, "inconclusive", "batch", ("alike",)) for a, b, llr in found]
        service.catalogue.note_evidence(told)

    service.pairs = pairs
    yield service
    service.catalogue.close()
    service.stop()


def posted(page, path, body):
    """What a script of this page gets for a request of its own: status and JSON."""
    ask = """async ([path, body]) => {
      const script = document.querySelector('script[src*="base.js"]').src;
      const { proof } = await import(script.replace("base.js", "api.js"));
      const headers = { ...proof(), "Content-Type": "application/json" };
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      return [answer.status, await answer.json()];
    }"""
    return page.evaluate(ask, [path, body])


def until(page, *, blind):
    """Skip until chance gives a pair that is judged blind, or is not."""
    page.locator("main[data-item]").wait_for()
    for _ in range(60):
        if (EYE in page.locator("#follows").inner_text()) is blind:
            return
        another(page, lambda: page.keyboard.press("k"))
    raise AssertionError("chance never did")


def another(page, work):
    """Do what leads to another pair; wait until the page shows it."""
    page.locator("main[data-item]").wait_for()
    item = page.locator("main").get_attribute("data-item")
    work()
    page.locator(f"main[data-item]:not([data-item='{item}'])").wait_for()


def answered(page, key):
    """Press a key that answers; what the page says of it when it shows the next."""
    another(page, lambda: page.keyboard.press(key))
    return page.locator("#last").inner_text()


def names(page):
    return set(page.locator(".side .name").all_inner_texts())


def test_a_pair_is_answered_by_a_key_and_taken_back_by_another(shop, visit):
    shop.pairs(("new 1", "new 2", 0.3))
    page = visit(f"{shop.url}/review")
    until(page, blind=False)
    assert names(page) == {"new 1", "new 2"}
    assert "makes a new individual of both" in page.locator("#follows").inner_text()
    told = answered(page, "s")
    assert "one animal" in told
    assert "The machine thought 57 %" in told
    assert shop.catalogue.individuals_of(NAMES)["new 1"] == "L0003"
    assert "Nothing is left to ask" in page.locator("#empty").inner_text()
    page.reload()
    another(page, lambda: page.keyboard.press("z"))
    assert "new 1" not in shop.catalogue.individuals_of(NAMES)
    assert names(page) == {"new 1", "new 2"}
    assert shop.catalogue.events()[-1].kind is DecisionKind.UNDO
    assert "two animals" in answered(page, "d")
    assert shop.catalogue.events()[-1].kind is DecisionKind.REJECT


def test_the_opinion_comes_when_asked_and_of_a_blind_pair_after_the_answer(shop, visit):
    shop.pairs(("new 1", "Aidar 1", 1.1), ("new 2", "Botagoz 1", 1.1))
    page = visit(f"{shop.url}/review")
    until(page, blind=False)
    assert not page.locator("#thought").is_visible()
    page.keyboard.press("o")
    page.locator("#thought").wait_for()
    assert "75 %" in page.locator("#thought").inner_text()
    assert "alike" in page.locator("#thought").inner_text()
    until(page, blind=True)
    assert page.locator(".whose").all_inner_texts() == ["who: hidden", "who: hidden"]
    for key in "omx":
        page.keyboard.press(key)
    page.locator("#messages").get_by_text("judged by eye").first.wait_for()
    for hidden in ("#thought", "#strip"):
        assert not page.locator(hidden).is_visible()
    assert page.locator("#lines *").count() == 0
    assert "75 %" not in page.content()
    assert "75 %" in answered(page, "c")


def test_none_of_these_is_said_of_one_after_a_look_at_the_others_and_undone(shop, visit):
    shop.pairs(("new 1", "Aidar 1", 0.3), ("new 1", "Botagoz 1", 0.2))
    page = visit(f"{shop.url}/review")
    until(page, blind=False)
    page.keyboard.press("e")
    page.locator("#strip h3").first.wait_for()
    assert not page.get_by_role("dialog").is_visible()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    enabled = dialog.locator("button:not(.second):not([disabled])")
    assert enabled.count() == 1, "who is somebody already is no question"
    page.keyboard.press("ArrowLeft" if "Left" in enabled.inner_text() else "ArrowRight")
    page.locator("#last", has_text="nobody whom the catalogue knows").wait_for()
    event = shop.catalogue.events()[-1]
    assert (event.kind, event.told) == (
        DecisionKind.NO_MATCH,
        {"sighting": "new 1", "individual": None},
    )
    assert set(event.said.shown["candidates"]) <= {"Aidar", "Botagoz"}
    assert names(page) >= {"new 1"}, "the pair stays to be answered"
    assert len(set(page.locator(".look .flank").all_inner_texts())) == 1, "no frame was flipped"
    page.reload()
    page.locator("main[data-item]").wait_for()
    page.keyboard.press("z")
    page.get_by_text("Taken back.").wait_for()
    assert shop.catalogue.undone() == {event.number: event.number + 1}


def test_pictures_are_zoomed_and_moved_together_or_apart(shop, visit):
    shop.pairs(("new 1", "new 2", 0.3))
    page = visit(f"{shop.url}/review")
    for side in ("left", "right"):
        page.locator(f"#{side} .view img[style*=transform]").wait_for()

    def placed():
        page.wait_for_timeout(60)
        return page.eval_on_selector_all(".view img", "all => all.map((i) => i.style.transform)")

    before = placed()
    box = page.locator("#left .view").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 90)
    page.mouse.wheel(0, -200)
    zoomed = placed()
    assert all(a != b for a, b in zip(before, zoomed, strict=True))
    assert zoomed[0] == zoomed[1]
    page.keyboard.press("Shift+ArrowRight")
    assert placed() != zoomed
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 120)
    page.mouse.up()
    dragged = placed()
    page.keyboard.press("t")
    page.keyboard.press("+")
    apart = placed()
    assert apart[0] != dragged[0]
    assert apart[1] == dragged[1]
    page.keyboard.press("0")
    assert placed() == before


def test_frames_are_flipped_and_left_is_not_offered_against_right_in_silence(shop, visit):
    shop.pairs(("new 1", "new 2", 0.3))
    page = visit(f"{shop.url}/review")
    page.locator("main[data-item]").wait_for()
    flanks = page.locator(".look .flank")
    assert len(set(flanks.all_inner_texts())) == 1
    assert not page.locator("#warning").is_visible()
    page.keyboard.press("ArrowRight")
    assert set(flanks.all_inner_texts()) == {"left flank", "right flank"}
    assert "say nothing of each other" in page.locator("#warning").inner_text()
    page.keyboard.press("ArrowDown")
    assert not page.locator("#warning").is_visible()
    page.locator("#left .frames button").first.click()
    assert page.locator("#left .frames [aria-current=true]").count() == 1
    assert page.locator("#warning").is_visible()


def test_two_browsers_on_one_pair_the_second_is_told_and_loses_nothing(shop, visit):
    shop.pairs(("new 1", "new 2", 0.3))
    slow = visit(f"{shop.url}/review")
    slow.locator("main[data-item]").wait_for()
    slow.locator("#why").fill("the fork on the shoulder")
    fast = visit(f"{shop.url}/sightings/new%201", local_name="Bolat")
    decision = {"kind": "confirm", "sighting_id": "new 1", "individual": "Aidar"}
    version = shop.catalogue.sighting("new 1").version
    told = {"decision": decision, "by": "Bolat"}
    told["seen"] = [{"sighting_id": "new 1", "version": version}]
    status, answer = posted(fast, "/v1/decisions", told)
    assert status == 201
    number = answer["event"]["number"]
    slow.locator("#left .view").focus()
    slow.keyboard.press("d")
    trouble = slow.get_by_role("alert").filter(has_text="was not taken")
    trouble.wait_for()
    words = trouble.inner_text()
    assert "Bolat" in words
    assert "confirm" in words
    assert f"event {number}" in words
    assert slow.locator("#why").input_value() == "the fork on the shoulder"
    assert shop.catalogue.last_event() == number
    another(slow, slow.get_by_role("button", name="Look again").click)
    until(slow, blind=False)
    assert "Aidar" in slow.locator(".whose").all_inner_texts()
    assert slow.locator("#why").input_value() == "the fork on the shoulder"
    answered(slow, "d")
    event = shop.catalogue.events()[-1]
    assert (event.kind, event.said.why) == (DecisionKind.REJECT, "the fork on the shoulder")
    assert shop.catalogue.individuals_of(["new 1"]) == {"new 1": "Aidar"}


def test_one_animal_with_two_names_leads_to_the_merge_which_is_undone(shop, visit):
    shop.pairs(("Aidar 2", "Botagoz 1", 0.1))
    page = visit(f"{shop.url}/review")
    until(page, blind=False)
    shop.catalogue.decide(Reject("Aidar 1", "Botagoz 2"), Said("Bolat"))
    assert "merges nothing yet" in page.locator("#follows").inner_text()
    answered(page, "s")
    before = shop.catalogue.last_event()
    page.locator("#last").get_by_role("link", name=re.compile("merge")).click()
    page.locator("#decide").wait_for()
    preview = page.locator("#preview").inner_text()
    assert "What speaks against it" in preview
    assert "Bolat said that Aidar 1 and Botagoz 2 are two animals" in preview
    page.get_by_role("radio", name="Botagoz").check()
    page.get_by_text("Aidar 1: Aidar → Botagoz").wait_for()
    page.get_by_label("Why").fill("the same scar")
    page.get_by_role("button", name="Merge: they are one animal").click()
    page.wait_for_url("**/individuals/Botagoz")
    assert "4 sightings" in page.locator(".lead").inner_text()
    assert "Took the sightings of" in page.locator("main").inner_text()
    page.locator("#against").wait_for()
    assert "two animals" in page.locator("#against").inner_text()
    event = shop.catalogue.events()[-1]
    assert event.said.shown["contradictions"]
    assert event.number == before + 1
    page.locator(f"#event-{event.number}").get_by_role("button", name="Undo").click()
    page.get_by_text("2 sightings", exact=False).first.wait_for()
    page.get_by_text(f"Event {event.number} is undone").wait_for()
    assert len(shop.catalogue.individual("Aidar").sighting_ids) == 2


def test_an_individual_is_renamed_split_and_looked_at_as_it_was(shop, visit):
    page = visit(f"{shop.url}/individuals/Botagoz")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("Zere")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    page.wait_for_url("**/individuals/Zere")
    page.get_by_text("is called Zere now").wait_for()
    assert "Botagoz" in page.locator("dl.facts.card").inner_text()
    page.get_by_role("button", name="Split…").click()
    page.get_by_text("Choose the sightings").wait_for()
    page.get_by_label("Choose Botagoz 2 for a split").check()
    page.get_by_role("button", name="Split…").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "Botagoz 2: Zere → (a new individual)" in dialog.inner_text()
    page.get_by_label("Name of the other animal").fill("Kunay")
    dialog.get_by_role("button", name="Split").click()
    page.get_by_text("another animal now").wait_for()
    assert shop.catalogue.individual("Kunay").sighting_ids == ("Botagoz 2",)
    page.get_by_role("button", name="Coat changed…").click()
    page.get_by_label("Since").fill("2026-02-01")
    page.get_by_role("button", name="Note it").click()
    page.get_by_text("scar, since 2026-02-01").wait_for()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    page.get_by_text("No pictures").wait_for()
    page.goto(f"{shop.url}/individuals/Botagoz?event=3")
    assert "As it was after event 3" in page.locator("main").inner_text()
    assert "2 sightings" in page.locator(".lead").inner_text()
    assert page.get_by_role("button", name="Rename").count() == 0
    page.goto(f"{shop.url}/individuals?event=2")
    assert page.locator(".tile .name").all_inner_texts() == ["Aidar"]
    page.goto(f"{shop.url}/individuals?q=botag")
    assert page.locator(".tile .name").all_inner_texts() == ["Zere"]


def test_what_changed_meanwhile_is_not_overwritten_on_the_page_of_an_individual(shop, visit):
    page = visit(f"{shop.url}/individuals/Aidar")
    shop.catalogue.decide(Confirm("Aidar 3", "Aidar"), Said("Bolat"))
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("Zere")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    trouble = page.get_by_role("alert").filter(has_text="Nothing was changed")
    trouble.wait_for()
    assert "Bolat" in trouble.inner_text()
    assert shop.catalogue.individual("Aidar").name == "Aidar"


def test_the_history_is_filtered_and_says_why_something_is_not_undone(shop, visit):
    shop.catalogue.decide(Confirm("Aidar 3", "Aidar"), Said("Bolat", "left shoulder"))
    page = visit(f"{shop.url}/history")
    assert page.locator(".event strong").all_inner_texts()[0] == "Aidar 3 is Aidar"
    page.get_by_label("Who").select_option("Bolat")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".event").count() == 1
    page.goto(f"{shop.url}/history?individual=Aidar&kind=new-individual")
    assert page.locator(".event strong").all_inner_texts() == ["Aidar is new, seen in Aidar 1"]
    page.get_by_role("button", name="Undo").click()
    trouble = page.get_by_role("alert").filter(has_text="Nothing was undone")
    trouble.wait_for()
    assert "events 2, 4 depend on it" in trouble.inner_text()
    trouble.get_by_role("link", name="4", exact=True).click()
    page.wait_for_url(lambda url: url.endswith("/history?about=4#event-4"))
    assert page.locator("#event-4").is_visible()


def test_who_is_who_is_downloaded(shop, visit):
    page = visit(f"{shop.url}/individuals")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download who is who").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["eventID"]: row["individualID"] for row in rows} == {
        "Aidar 1": "Aidar",
        "Aidar 2": "Aidar",
        "Botagoz 1": "Botagoz",
        "Botagoz 2": "Botagoz",
    }
    assert download.value.suggested_filename.endswith(".csv")


def test_a_viewer_sees_no_buttons_and_no_positions_and_is_refused_by_the_server(
    shop, visit, signed_in
):
    store = KeyStore.of(shop.catalogue)
    keys = {role: store.create(role.name.title(), role).text for role in (Role.VIEWER, Role.ADMIN)}
    page = visit(f"{shop.url}/individuals/Aidar")
    signed_in(page, keys[Role.VIEWER])
    assert page.url.endswith("/individuals/Aidar")
    text = page.locator("main").inner_text()
    assert "Positions are withheld" in text
    for number in ("43.1", "55.6", "55.7"):
        assert number not in page.content()
    assert page.locator("main button").count() == 0
    assert "Review" not in page.locator("nav").inner_text()
    page.goto(f"{shop.url}/history")
    assert page.get_by_role("button", name="Undo").count() == 0
    for path in ("/review", "/review/record", "/individuals/Aidar/merge?gone=Botagoz"):
        assert page.goto(f"{shop.url}{path}").status == 403
    page.goto(f"{shop.url}/individuals")
    status, problem = posted(page, "/v1/decisions/1/undo", {"by": "Viewer"})
    assert status == 403
    assert "expected the role reviewer" in problem["detail"]
    assert shop.catalogue.last_event() == 3


@pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
def test_every_page_is_accessible_and_fits(shop, visit, assert_accessible, size):
    shop.pairs(("new 1", "new 2", 0.3), ("new 3", "Aidar 1", 0.5), ("Aidar 2", "Botagoz 1", 0.1))
    page = visit(f"{shop.url}/review", **({"size": size} if size else {}))
    until(page, blind=False)
    page.keyboard.press("o")
    page.keyboard.press("x")
    page.keyboard.press("?")
    page.locator("#strip h3").first.wait_for()
    page.wait_for_timeout(200)
    paths = (
        "/individuals",
        "/individuals?event=2",
        "/individuals/Aidar",
        "/individuals/Aidar?event=2",
        "/individuals/Aidar/dossier",
        "/id-sheet",
        "/individuals/Aidar/merge",
        "/individuals/Aidar/merge?gone=Botagoz",
        "/history",
        "/review/record",
    )
    for path in (None, *paths):
        if path is not None:
            page.goto(f"{shop.url}{path}")
            page.wait_for_load_state("networkidle")
        assert page.locator("h1").count() == 1, path
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{path} is {over} px too wide"
        assert_accessible(page)


def test_pages_can_be_read_without_scripts(shop, visit):
    page = visit(f"{shop.url}/individuals", javascript=False)
    page.get_by_role("link", name="Aidar").click()
    assert "2 sightings" in page.locator("main").inner_text()
    page.goto(f"{shop.url}/history")
    assert page.locator(".event").count() == 3
