"""Retraining walked in a real browser: real service, training, replay, re-embedding, roll-back."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobStore
from reid.client import Client
from reid.config import Settings
from reid.jobs import Worker
from reid.registry import Registry
from tests.lab.season import QUICK, confirm_coats
from tests.registry.small_bundles import small_bundle
from training.lab import recipe
from training.lab.job import TRAINING_RUN, TrainingRunKind

pytestmark = pytest.mark.slow
SEEN = ("seen 0", "seen 1")


class Library:
    """What a training job asks of one."""

    def __init__(self, catalogue):
        self.catalogue = catalogue


class Lab:
    """A service over confirmed animals, and its workers, one at a time."""

    def __init__(self, service, environment):
        self.url, self.data_dir, self.environment = service.url, service.data_dir, environment

    def train(self):
        """What a worker of training does, here, where the recipe is a quick one."""
        with Catalogue.open(self.data_dir) as catalogue:
            kind = TrainingRunKind(lambda: Library(catalogue), self.data_dir)
            worker = Worker(JobStore.of(catalogue), {TRAINING_RUN: kind}, poll_s=0.05)
            worker.run(until_idle=True)

    def work(self):
        """A worker of its own, until nothing is left to do."""
        command = [sys.executable, "-m", "reid.cli", "worker", "--until-idle"]
        where = ["--data-dir", str(self.data_dir)]
        done = subprocess.run(
            [*command, *where], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def serving(self):
        """The name of the bundle that serves."""
        with Catalogue.open(self.data_dir) as catalogue:
            return Registry.of(catalogue, Settings(data_dir=self.data_dir)).active().name


@pytest.fixture
def lab(served, leopard, tmp_path, monkeypatch):
    """36 animals that people confirmed, one of them wrongly; two sightings that were compared."""
    bundle = small_bundle(tmp_path / "before", name="before")
    monkeypatch.setenv("LEOPARD_REID_BUNDLE", str(bundle))
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "lab-head.toml").write_text(QUICK)
    monkeypatch.setattr(recipe, "FOLDER", tmp_path / "recipes")
    folder = tmp_path / "data"
    with Catalogue.open(folder) as catalogue:
        confirm_coats(catalogue, individuals=36)
        catalogue.withdraw("s2-0", by="Asel", why="a slip of the pen")
        catalogue.enrol("s2-0", "A5", by="Asel")
    service = served("real", folder)
    with Client(service.url) as client:
        for station, name in enumerate(SEEN):
            picture = tmp_path / f"{name}.jpg"
            picture.write_bytes(leopard(1, station, size_px=300.0, picture_wh=(480, 360)))
            client.submit(name, [picture])
        client.compare(SEEN)
    return Lab(service, dict(os.environ))


def test_from_confirmed_animals_to_a_promoted_bundle_and_back(lab, visit, assert_accessible):
    page = visit(f"{lab.url}/models")
    page.set_default_timeout(60_000)
    page.get_by_text("There is enough to train on.").wait_for()

    page.get_by_role("button", name="Look for labels in doubt").click()
    page.get_by_role("link", name="the newest look").wait_for()
    lab.train()
    looked = page.get_by_role("region", name="Labels in doubt")
    looked.get_by_text("offered for review").wait_for()
    wrong = looked.get_by_role("row").filter(has=page.get_by_role("rowheader", name="s2-0"))
    assert wrong.locator("td").all_inner_texts()[0] == "A5"
    assert wrong.locator("td").all_inner_texts()[2] == "A2"
    assert_accessible(page)

    page.get_by_text("How it is trained").click()
    page.get_by_label("Name of the bundle").fill("lab")
    page.get_by_role("button", name="Train on what people confirmed").click()
    page.get_by_role("link", name="the newest run").wait_for()
    lab.train()  # the page has listened, and loads itself again
    report = page.get_by_role("link", name="The gate's report").get_attribute("href")
    assert "held-out individuals" in page.request.get(f"{lab.url}{report}").text()
    page.locator("#chart-shrink .dot").nth(1).wait_for(state="attached")
    bundle = page.get_by_role("article", name="lab")
    bundle.get_by_text("Figures against").click()
    assert "held-out" in bundle.locator("tbody").inner_text()
    assert "no measurable gain" in bundle.inner_text()  # coats of spots are told apart anyhow

    bundle.get_by_role("button", name="What would change?").click()
    bundle.get_by_text("Being looked at: queued").wait_for()
    lab.work()
    page.goto(f"{lab.url}/models")
    changes = page.get_by_role("region", name="What would change with lab")
    assert "1 verdict" in changes.inner_text()

    bundle.get_by_role("button", name="Promote").click()
    page.get_by_label("Why?").fill("finds more of ours")
    page.get_by_role("dialog").get_by_role("button", name="Promote it all the same").click()
    page.get_by_role("button", name="Yes, let it serve").click()
    page.get_by_role("link", name="Measuring again").wait_for()
    assert lab.serving() == "before"
    lab.work()
    assert lab.serving() == "lab"
    page.goto(f"{lab.url}/models")
    assert "finds more of ours" in page.get_by_role("region", name="It serves").inner_text()

    page.get_by_role("button", name="Roll back").click()
    page.get_by_label("Why?").fill("wrong at the water hole")
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    page.get_by_text("Rolled back").wait_for()
    assert lab.serving() == "before"
    assert_accessible(page)
