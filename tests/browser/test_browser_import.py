"""The page of imports in a real browser: looked at, mended, taken in, by keys alone too."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from reid.catalogue import Catalogue
from reid.people import Role

pytestmark = pytest.mark.slow

SMALL = {"size_px": 200.0, "picture_wh": (320, 240)}
HEADER = "Photo,Site,Animal,Date\n"
ROWS = "a.jpg,north,{},2018-09-29T22:57+05:00\ngone.jpg,north,,2018-09-30T22:57+05:00\n"


@pytest.fixture
def packed(leopard):
    """A zip file of a table and its picture, as a browser is given it."""

    def make(name, animal="", rows=ROWS):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(
                "survey/field.csv", HEADER + rows.format(animal).replace("a.jpg", name)
            )
            archive.writestr(f"survey/{name}", leopard(len(name), **SMALL))
        return {"name": "survey.zip", "mimeType": "application/zip", "buffer": made.getvalue()}

    return make


@pytest.fixture(scope="module")
def beside(served, tmp_path_factory):
    """A service with an archives folder that holds a table without pictures."""
    archives = tmp_path_factory.mktemp("archives")
    (archives / "field.csv").write_text(HEADER + ROWS.format("Bota"))
    return served(archives_dir=archives)


def look(page):
    page.get_by_role("button", name="Look at it").click()
    page.locator("#found h2").wait_for()
    return page.locator("#found").inner_text()


def test_a_zip_is_looked_at_mended_and_taken_in(shop, visit, packed, assert_accessible):
    page = visit(f"{shop.url}/upload")
    page.get_by_role("link", name="import", exact=True).click()
    page.set_input_files("#file", [packed("brought.jpg", "Zhanna")])
    told = look(page)
    assert "any other table: 1 sighting with pictures" in told
    assert "1 sighting of 1 animal" in told
    assert "gone.jpg" in told
    assert "1 deployment has no position" in told
    assert page.locator("#found").evaluate("part => part === document.activeElement")
    assert_accessible(page)
    columns = page.get_by_label("What its columns mean")
    assert "Photo,filePath" in columns.input_value()
    columns.fill(columns.input_value().replace("Animal,individualID", "Animal,observationComments"))
    assert page.get_by_role("button", name="Take in").count() == 0
    assert "Something was changed" in page.locator("#found").inner_text()
    assert "nobody" in look(page)
    page.get_by_role("button", name="Take in 1 sighting").click()
    page.get_by_text("1 sighting came in").wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="brought.jpg").click()
    text = page.locator("main").inner_text()
    assert "2018-09-29 17:57 UTC" in text
    assert "not looked through for animals yet" in text


def test_the_same_again_brings_nothing_new(shop, visit, packed):
    page = visit(f"{shop.url}/import")
    for words in ("1 sighting came in", "Nothing new came in"):
        page.goto(f"{shop.url}/import")
        page.set_input_files("#file", [packed("twice.jpg")])
        look(page)
        page.get_by_role("button", name="Take in 1 sighting").click()
        page.get_by_text(words).wait_for()
    page.locator("#found").get_by_role("link", name="Sightings").click()
    assert page.locator(".tile h3", has_text="twice.jpg").count() == 1


def test_what_is_no_source_is_said_and_can_be_mended(shop, visit, packed):
    page = visit(f"{shop.url}/import")
    page.get_by_role("button", name="Look at it").click()
    assert page.locator("#import-state").inner_text() == "Choose a file first."
    broken = {"name": "x.zip", "mimeType": "application/zip", "buffer": b"PK no zip"}
    page.set_input_files("#file", [broken])
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("expected a zip file that can be read").wait_for()
    assert page.locator("#found").is_hidden()
    page.set_input_files("#file", [packed("mended.jpg")])
    assert "1 sighting with pictures" in look(page)
    page.get_by_text("How it is read").click()
    page.get_by_label("Goes before every id").fill("P1-")
    page.get_by_label("Pause that ends a sighting").fill("1440")
    assert "Put together" in look(page)
    page.get_by_role("button", name="Take in 1 sighting").click()
    page.locator("#found .arrived").wait_for()
    (link,) = page.locator("#found .arrived a").all()
    assert link.inner_text().startswith("P1-")


def test_detections_with_a_table_of_deployments(shop, visit, leopard):
    made = io.BytesIO()
    box = {"category": "1", "conf": 0.9, "bbox": [0.1, 0.1, 0.5, 0.5]}
    images = {"images": [{"file": "North/found.jpg", "detections": [box]}]}
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("md.json", json.dumps(images))
        archive.writestr("North/found.jpg", leopard(77, **SMALL))
    table = (
        b"deploymentID,locationID,latitude,longitude,deploymentStart,deploymentEnd\n"
        b"d1,north,43.5,55.0,2018-09-01T00:00:00,2018-10-01T00:00:00\n"
    )
    page = visit(f"{shop.url}/import")
    zipped = {"name": "md.zip", "mimeType": "application/zip", "buffer": made.getvalue()}
    page.set_input_files("#file", [zipped])
    assert "1 deployment has no position" in look(page)
    csv = {"name": "deployments.csv", "mimeType": "text/csv", "buffer": table}
    page.get_by_label("Table of deployments").set_input_files([csv])
    told = look(page)
    assert "MegaDetector: 1 sighting with pictures" in told
    assert "no position" not in told


def test_a_source_beside_the_service_by_keys_alone(beside, visit):
    page = visit(f"{beside.url}/import")
    page.get_by_label("A file of mine").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("field.csv")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.locator("#found h2").wait_for()
    assert "any other table: 0 sightings with pictures" in page.locator("#found").inner_text()
    page.get_by_role("button", name="Keep its records").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing new came in").wait_for()


def test_who_is_who_is_taken_in_by_a_reviewer(keyed, visit, signed_in, packed):
    page = visit(f"{keyed.url}/import")
    signed_in(page, keyed.keys[Role.CONTRIBUTOR])
    page.set_input_files("#file", [packed("whose.jpg", "Dana")])
    assert "a reviewer has to take it in" in look(page)
    assert page.get_by_role("button", name="Take in").count() == 0
    reviewer = visit(f"{keyed.url}/import")
    signed_in(reviewer, keyed.keys[Role.REVIEWER])
    reviewer.set_input_files("#file", [packed("whose.jpg", "Dana")])
    look(reviewer)
    reviewer.get_by_role("button", name="Take in").click()
    reviewer.locator("#found").get_by_role("link", name="Individuals").click()
    assert reviewer.get_by_role("link", name="Dana").is_visible()
    with Catalogue.open(keyed.data_dir) as catalogue:
        assert catalogue.history("whose.jpg")[0].by == "Reviewer"
