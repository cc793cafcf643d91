"""From an archive beside the service to who is who, in the browser; all is killed, and found again.

The service has its own worker, as ``reid serve`` starts it, and the real models. The archive is of
synthetic leopards, and of the tigers where the photographs for development are there.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import psutil
import pytest

from reid.catalogue import Catalogue
from reid.client import Client
from reid.types import Flank

pytestmark = pytest.mark.slow

DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DATA = Path(os.environ.get("LEOPARD_REID_DATA", DEFAULT)) / "amur-tiger"
ANIMALS, EACH = 3, 2


def tigers():
    """(animal, pictures): the first individuals with pictures that are no near copies."""
    table = DATA / "metadata.csv"
    if not table.is_file():
        pytest.skip(f"the photographs for development are absent: {table.parent}")
    shown: dict[str, list[Path]] = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shown.setdefault(row["identity"], []).append(DATA / row["path"])
    large = sorted((who for who in shown if len(shown[who]) > 24), key=int)[:ANIMALS]
    for who in large:
        every = sorted(shown[who])
        yield who, [every[0].read_bytes(), every[-1].read_bytes()]


@pytest.fixture(params=["leopards", pytest.param("tigers", marks=pytest.mark.real)])
def archive(request, leopard, tmp_path):
    """A folder of stations, called after the animal that was there; and its species."""
    if request.param == "tigers":
        shown = list(tigers())
    else:
        size = {"size_px": 560.0, "picture_wh": (900, 640)}
        shown = [
            (str(k), [leopard(k, n, Flank.LEFT, **size) for n in range(EACH)])
            for k in range(ANIMALS)
        ]
    folder = tmp_path / "archives" / "survey"
    for who, pictures in shown:
        for number, content in enumerate(pictures):
            station = folder / f"animal {who} place {number}"
            station.mkdir(parents=True)
            (station / "IMG_0001.JPG").write_bytes(content)
    (folder / "animal 0 place 0 broken").mkdir()
    (folder / "animal 0 place 0 broken" / "IMG_0002.JPG").write_bytes(b"no picture at all")
    return folder.parent, "leopard" if request.param == "leopards" else "any"


def who_is_who(client):
    """(individual of each sighting, animal of each sighting) by sighting."""
    lines = client.sightings(limit=100).sightings
    shown = {one.id: re.match(r"animal (\w+) place", one.station)[1] for one in lines}
    return {one.id: one.individual for one in lines}, shown


def kill_everything(service):
    """The service and its workers, all at once."""
    everybody = psutil.Process(service.process.pid).children(recursive=True)
    assert everybody, "there was no worker"
    service.kill()
    for one in everybody:
        one.kill()
    psutil.wait_procs(everybody)


def work_through(page, url, client):
    """Ask for the archive on the page, listen until it has ended, and look at what it left."""
    page.goto(f"{url}/jobs/new")
    page.get_by_label("Work through an archive").check()
    page.get_by_label("Archive", exact=True).select_option("survey")
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f]{16}$"))
    job = page.url.rsplit("/", 1)[1]
    told = list(client.job_events(job))
    assert told[-1].state == "done"
    assert len(told) > 1, "nothing was told while it went on"
    page.get_by_text("media.csv").wait_for()
    files = client.job_file(job, "media.csv").decode("utf-8").splitlines()
    bad = [line for line in files if "IMG_0002.JPG" in line]
    assert len(bad) == 1
    assert "used" not in bad[0].split(",")
    assert b"IMG_0002.JPG" in client.job_file(job, "report.html")


def review(page, url, client):
    """Answer every pair that is asked by what is known of the animals."""
    _, shown = who_is_who(client)
    page.goto(f"{url}/review")
    for _ in range(40):
        page.locator("main[data-item]").wait_for()
        item = page.locator("main").get_attribute("data-item")
        if item == "none":
            return
        a, b = page.locator(".side .name").all_inner_texts()
        page.keyboard.press("s" if shown[a] == shown[b] else "d")
        page.locator(f"main[data-item]:not([data-item='{item}'])").wait_for()
    raise AssertionError("review never ends")


def name_the_rest(page, url, client):
    """Of whom no pair was asked, somebody says it who knows them, on the sighting's page."""
    named, shown = who_is_who(client)
    for sighting in [one for one, individual in named.items() if individual is None]:
        known = {shown[one]: who for one, who in who_is_who(client)[0].items() if who}
        page.goto(f"{url}/sightings/{sighting}")
        page.get_by_role("button", name="Search the catalogue").click()
        page.get_by_role("button", name="It is somebody new").wait_for()
        own = page.get_by_role("button", name=f"It is {known.get(shown[sighting])}", exact=True)
        if own.count():
            own.click()
        else:
            page.get_by_role("button", name="It is somebody new").click()
        page.locator("#identify:not([data-individual=''])").wait_for()  # it has loaded itself again


def test_an_archive_is_worked_through_reviewed_and_found_again(served, visit, archive):
    archives, species = archive
    service = served(
        "real", workers=1, archives_dir=archives, species=species, review_planted=0, review_second=0
    )
    page = visit(service.url)
    page.set_default_timeout(240_000)
    with Client(service.url) as client:
        work_through(page, service.url, client)
        review(page, service.url, client)
        name_the_rest(page, service.url, client)
        before, shown = who_is_who(client)
        assert len(before) == ANIMALS * EACH
        assert all(before.values())
        assert all(
            before[a] != before[b] for a in before for b in before if shown[a] != shown[b]
        ), "two animals became one"

        one, other = sorted(set(before.values()))[:2]
        page.goto(f"{service.url}/individuals/{one}/merge?gone={other}")
        page.get_by_role("button", name="Merge: they are one animal").click()
        page.wait_for_url(f"**/individuals/{one}")
        assert other not in who_is_who(client)[0].values()
        page.locator("ol.history .event").first.get_by_role("button", name="Undo").click()
        page.get_by_text("is undone; event").wait_for()
        assert who_is_who(client)[0] == before

        page.goto(f"{service.url}/history")
        history = page.locator(".event .what").all_inner_texts()
        kill_everything(service)
        service.start()
        page.reload()
        assert page.locator(".event .what").all_inner_texts() == history
        assert who_is_who(client)[0] == before
        assert client.jobs().jobs[0].state == "done"
    with Catalogue.open(service.data_dir) as catalogue:
        assert catalogue.check_identities() == ()
