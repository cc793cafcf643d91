"""The whole road in a browser, with the real models: upload, job, review, merge, undo, export.

Then everything is killed, started again, and found.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.types import Flank

pytestmark = pytest.mark.slow

SEEN = {"Ak 1": 1, "Ak 2": 1, "Bek 1": 2, "Bek 2": 2}
"""Sightings and the animals that they show."""


@pytest.fixture(scope="module")
def service(served):
    """The service with its models, and a catalogue of nothing."""
    return served("real", review_second=0, review_planted=0)


def upload(page, url, name, picture):
    page.goto(f"{url}/upload")
    page.set_input_files(
        "#files", [{"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": picture}]
    )
    page.locator("[name=id]").fill(name)
    page.get_by_label("Station").fill("site 1")
    page.get_by_label("flank of IMG_1.JPG").select_option("left")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(lambda at: at.endswith(f"/sightings/{name.replace(' ', '%20')}"))


def work_off(folder):
    """A worker of its own, until nothing is left to do."""
    command = [sys.executable, "-m", "reid.cli", "worker", "--until-idle"]
    subprocess.run([*command, "--data-dir", str(folder)], check=True, capture_output=True)


def review(page, url):
    """Answer every pair by what is known of the animals; how many there were."""
    page.goto(f"{url}/review")
    for count in range(20):
        page.locator("main[data-item]").wait_for()
        item = page.locator("main").get_attribute("data-item")
        if item == "none":
            return count
        a, b = page.locator(".side .name").all_inner_texts()
        page.keyboard.press("s" if SEEN[a] == SEEN[b] else "d")
        page.locator(f"main[data-item]:not([data-item='{item}'])").wait_for()
    raise AssertionError("review never ends")


def test_the_whole_road_and_everything_is_there_after_a_kill(
    service, visit, leopard, assert_accessible
):
    page = visit(service.url)
    page.set_default_timeout(120_000)
    for number, (name, animal) in enumerate(SEEN.items()):
        picture = leopard(animal, number, Flank.LEFT, size_px=900.0, picture_wh=(1280, 960))
        upload(page, service.url, name, picture)

    page.goto(f"{service.url}/jobs/new")
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f]{16}$"))
    work_off(service.data_dir)
    page.reload()
    assert "done" in page.locator("main").inner_text()

    assert review(page, service.url) >= 1
    assert_accessible(page)
    with Catalogue.open(service.data_dir) as catalogue:
        who = catalogue.individuals_of(list(SEEN))
        assert who, "no pair of one animal was asked"
        assert all(who.get(a) != who.get(b) for a in SEEN for b in SEEN if SEEN[a] != SEEN[b])
        known = {SEEN[name] for name in who}
        for animal, sightings in ((1, ["Ak 1", "Ak 2"]), (2, ["Bek 1", "Bek 2"])):
            if animal not in known:  # the pictures told nothing: somebody who knows them does
                enrol(page, service.url, sightings)
        one, other = (catalogue.individuals_of([name])[name] for name in ("Ak 1", "Bek 1"))

    page.goto(f"{service.url}/individuals/{one}/merge?gone={other}")
    page.get_by_role("button", name="Merge: they are one animal").click()
    page.wait_for_url(f"**/individuals/{one}")
    assert page.locator("table#seen tbody tr").count() == 4
    page.locator("ol.history .event").first.get_by_role("button", name="Undo").click()
    page.get_by_text("is undone; event").wait_for()
    assert page.locator("table#seen tbody tr").count() == 2

    page.goto(f"{service.url}/individuals")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download who is who").click()
    rows = csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8")))
    told = {row["eventID"]: row["individualID"] for row in rows}
    assert told == {"Ak 1": one, "Ak 2": one, "Bek 1": other, "Bek 2": other}

    page.goto(f"{service.url}/history")
    before = page.locator(".event .what").all_inner_texts()
    service.kill()
    service.start()
    page.reload()
    assert page.locator(".event .what").all_inner_texts() == before
    assert len(before) >= 4
    page.goto(f"{service.url}/individuals/{one}")
    assert page.locator("table#seen tbody tr").count() == 2
    with Catalogue.open(service.data_dir) as catalogue:
        assert catalogue.check_identities() == ()
        assert catalogue.individuals_of(list(SEEN)) == told


def enrol(page, url, sightings):
    """Say on the pages of sightings who they are: the first is new, the second is the same."""
    page.goto(f"{url}/individuals")
    ask = """async ([body]) => {
      const script = document.querySelector('script[src*="base.js"]').src;
      const { api } = await import(script.replace("base.js", "api.js"));
      return api("POST", "/v1/decisions", body);
    }"""
    decision = {"kind": "new-individual", "sighting_ids": sightings}
    seen = [{"sighting_id": name, "version": 0} for name in sightings]
    page.evaluate(ask, [{"decision": decision, "by": "Asel", "seen": seen}])
