"""The page of models, walked in a real browser."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from reid.batch.re_embed import RE_EMBED, ReEmbedKind
from reid.batch.trying import TRIAL
from reid.catalogue import Catalogue
from reid.catalogue.asked import Asked, Identifications
from reid.catalogue.jobs import JobStore
from reid.consequences import OUTPUT_NAMES, REPLAY
from reid.consequences.changes import VERDICT, Change, Said, change_json, weighed
from reid.jobs import Worker
from reid.registry import Registry
from reid.weights import DEFAULT_BUNDLE
from service.schemas.training import LabRecipe
from training.lab.offering import offered
from training.lab.suspicious import Suspicion

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
COUNTS = {
    "verdicts": 3,
    "identifications": 0,
    "changed_verdicts": 2,
    "changed_identifications": 0,
    "contradict_people": 1,
    "touch_confirmed": 1,
    "for_review": 1,
    "not_replayed": 0,
}


@pytest.fixture(scope="module")
def bundle_made(tmp_path_factory):
    """``bundle_made(name=..., version=...)``: the folder of a small bundle."""
    path = Path(__file__).parents[1] / "registry" / "conftest.py"
    spec = importlib.util.spec_from_file_location("registry_conftest", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return lambda **told: module.small_bundle(tmp_path_factory.mktemp("bundle") / "b", **told)


class Replayed:
    """A replay that was done: what it leaves, without its models."""

    name = REPLAY

    def __init__(self, folder):
        self.folder = folder

    def run(self, context):
        folder = self.folder / "jobs" / context.job.id
        folder.mkdir(parents=True)
        torn = Change(
            VERDICT,
            "c1",
            "seen 0",
            "seen 2",
            Said("same", 0.99),
            Said("different", 0.004),
            believed="same",
            touched=("Ada",),
            crops=("seen 0/0#0", "seen 2/0#0"),
            what=("kind", "probability"),
        )
        surer = Change(
            VERDICT, "c1", "seen 1", "seen 3", Said("inconclusive", 0.6), Said("same", 0.995)
        )
        told = {
            "bundle": "ustyurt 2",
            "champion": "rosette-words 1",
            "tolerance": 0.05,
            "counts": COUNTS,
            "changes": [change_json(weighed(one)) for one in (torn, surer)],
        }
        (folder / OUTPUT_NAMES[1]).write_text(json.dumps(told), encoding="utf-8")
        (folder / OUTPUT_NAMES[0]).write_text("<p>changes</p>", encoding="utf-8")
        return {**COUNTS, "files": list(OUTPUT_NAMES)}

    def help(self, context, stage):
        raise NotImplementedError


class Trained:
    """A training run: the network's points, the head's of one fold, then all; each when ``go`` is
    set anew.
    """

    name = "training-run"
    NETWORK = tuple({"step": 40 * k, "map": 0.5 + k / 20, "top1": 0.7 + k / 30} for k in range(3))
    HEAD = tuple({"shrink": k / 4, "map": 0.5 + k / 20, "error": 0.01} for k in range(4))

    def __init__(self, folder):
        self.folder, self.go = folder, threading.Semaphore(0)

    def run(self, context):
        folder = self.folder / "training" / context.job.id
        folder.mkdir(parents=True)
        young = [one | {"folds": 1} for one in self.HEAD[:2]]
        for count, more in enumerate(([], young, self.HEAD), start=1):
            text = "".join(json.dumps(one) + "\n" for one in (*self.NETWORK, *more))
            (folder / "curve.jsonl").write_text(text, encoding="utf-8")
            context.tell("head", count, 4, now=True)
            assert self.go.acquire(timeout=30)
        reasons = ["no measurable gain on the held-out individuals"]
        return {"passed": False, "reasons": reasons, "labels_in_doubt": 2}

    def help(self, context, stage):
        raise NotImplementedError


class Looked:
    """A look at the labels: one of them in doubt, offered to reviewers."""

    name = "training-run"

    def __init__(self, catalogue):
        self.catalogue = catalogue

    def run(self, context):
        found = Suspicion(
            "catalogue/seen 0", "catalogue/Ada", "", "catalogue/seen 1", "catalogue/Bo", 0.3, 0, 9.0
        )
        quiet = Suspicion("catalogue/seen 2", "catalogue/Ada", "", "", "", -0.4)
        made = SimpleNamespace(sha256="c" * 64)
        return {"labels": offered(self.catalogue, [found, *[quiet] * 3], made), "files": []}

    def help(self, context, stage):
        raise NotImplementedError


def line(where, figure, champion, challenger, low, high, **told):
    interval = {"value": challenger - champion, "low": low, "high": high}
    values = {"champion": champion, "challenger": challenger, "difference": interval}
    return {"where": where, "figure": figure, **values, "individuals": 14, **told}


GATE = {
    "champion": "rosette-words 1",
    "regression": True,
    "notes": ["held-out, station N7: 3 individuals, at least 5 needed: Cllr not compared"],
    "overridden_by": "Bota",
    "override_reason": "for a try",
    "reasons": ["held-out: Cllr 0.214 became 0.391, worse by more than 0.02"],
    "lines": [
        line("held-out", "top-1", 0.842, 0.871, -0.01, 0.07),
        line("held-out", "Cllr", 0.214, 0.391, 0.101, 0.254, worse=True),
        line("held-out, light infrared", "mAP", 0.512, 0.603, 0.02, 0.16, better=True),
    ],
}


@pytest.fixture(scope="module")
def studio(served, leopard, store, bundle_made):
    """A service with sightings, a replay that was done, and a bundle that the gate refused."""
    service = served()
    for number in range(4):
        small = leopard(1 + number % 2, size_px=200.0, picture_wh=(320, 240))
        store(service.url, f"seen {number}", {f"IMG_{number}.JPG": small})
    with Catalogue.open(service.data_dir) as catalogue:
        jobs, kind = JobStore.of(catalogue), Replayed(service.data_dir)
        params = {"bundle": "ustyurt", "tolerance": 0.05}
        service.job = jobs.submit(REPLAY, params, key="a" * 64)[0].id
        Worker(jobs, {REPLAY: kind}, poll_s=0.05).run(until_idle=True)
        assert jobs.job(service.job).state == "done"
        registry = Registry(catalogue, DEFAULT_BUNDLE)
        made = registry.register(bundle_made(name="ustyurt", version="2"), by="Asel")
        against = {"champion_sha256": registry.active().sha256}
        registry.gate_report(made, {**GATE, **against}, by="Asel")
        for name in ("seen 0", "seen 2"):
            catalogue.enrol(name, "Ada", by="Asel")
        asked = Asked("seen 0", 0.5, 0.01, DEFAULT_BUNDLE, "new", None, None, {}, {})
        Identifications.of(catalogue).keep(asked)
    return service


@pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
def test_it_is_accessible_and_fits(studio, visit, assert_accessible, size):
    page = visit(f"{studio.url}/models", **({"size": size} if size else {}))
    assert page.locator("h1").inner_text() == "Models"
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0
    assert_accessible(page)


def test_what_matters_most_stands_first_with_both_animals(studio, visit):
    page = visit(f"{studio.url}/models")
    first = page.locator(".change").first
    told = first.inner_text()
    assert "seen 0 and seen 2" in told
    assert "Against what people said: one animal (Ada)." in told
    assert first.locator("img").count() == 2
    picture = first.locator("img").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("i => i.decode().then(() => i.naturalWidth > 0)")  # once it is there
    report = page.get_by_role("link", name="Report with pictures").get_attribute("href")
    assert page.request.get(f"{studio.url}{report}").ok


def test_it_says_the_same_without_scripts(studio, visit):
    page = visit(f"{studio.url}/models", javascript=False)
    text = page.locator("main").inner_text()
    for known in ("rosette-words", "2 of 3 stored answers change", "1 of them against", "seen 1"):
        assert known in text
    assert "of 1 named individual\n" in text


def test_a_training_run_draws_its_curve_while_it_goes_on(studio, visit, assert_accessible):
    kind = Trained(studio.data_dir)
    with Catalogue.open(studio.data_dir) as catalogue:
        jobs = JobStore.of(catalogue)
        jobs.submit(kind.name, {}, key="b" * 64)
        worker = Worker(jobs, {kind.name: kind}, poll_s=0.05)
        working = threading.Thread(target=lambda: worker.run(until_idle=True))
        working.start()
        try:
            page = visit(f"{studio.url}/models")
            network, head = page.locator("#chart-step"), page.locator("#chart-shrink")
            network.locator(".dot").nth(5).wait_for(state="attached")
            told = network.locator("svg.curve").get_attribute("aria-label")
            assert told == "mAP and top-1 by step: 3 points, the last mAP 0.6, top-1 0.7667 at 80"
            assert head.is_hidden()
            kind.go.release()
            head.locator(".dot").nth(1).wait_for(state="attached")
            assert "mAP by shrink: 2 points" in head.locator("svg.curve").get_attribute(
                "aria-label"
            )
            assert head.get_by_text("So far of 1 fold.").is_visible()
            kind.go.release()
            head.locator(".dot").nth(3).wait_for(state="attached")
            assert not head.get_by_text("So far").count()
            kind.go.release()
            page.get_by_text("no measurable gain").wait_for()
            assert_accessible(page)
        finally:
            kind.go.release(3)
            working.join(30)
    plain = visit(f"{studio.url}/models", javascript=False)
    assert plain.locator("#chart-step table.points tbody tr").count() == 3
    assert plain.locator("#chart-shrink table.points tbody tr").count() == 4


def test_labels_in_doubt_are_looked_for_before_training_and_lead_into_the_review(
    studio, visit, assert_accessible
):
    page = visit(f"{studio.url}/models")
    page.get_by_role("button", name="Look for labels in doubt").click()
    page.get_by_text("2 x no leopard was found").wait_for()  # which is all that this service knows
    with Catalogue.open(studio.data_dir) as catalogue:
        jobs, kind = JobStore.of(catalogue), Looked(catalogue)
        job, _ = jobs.submit(kind.name, {"only": "labels"}, key="c" * 64)
        page.reload()
        page.get_by_role("link", name="the newest look").wait_for()
        Worker(jobs, {kind.name: kind}, poll_s=0.05).run(until_idle=True)
    section = page.get_by_role("region", name="Labels in doubt")
    section.get_by_text("1 label of 4 is in doubt").wait_for()
    told = section.inner_text()
    assert "1 pair was offered for review, 1 still waits" in told
    row = section.locator("tbody tr").inner_text().split("\t")
    assert row == ["seen 0", "Ada", "seen 1", "Bo", "contradicted two look like one"]
    assert section.get_by_role("link", name="seen 1").get_attribute("href") == "/sightings/seen%201"
    assert_accessible(page)
    section.get_by_role("link", name="Look at them in the review").click()
    page.locator("main[data-item]:not([data-item='none'])").wait_for()
    assert set(page.locator(".side .name").all_inner_texts()) == {"seen 0", "seen 1"}
    page.goto(f"{studio.url}/jobs/{job.id}")
    assert "labels in doubt" in page.locator("h1").inner_text()
    page.get_by_role("link", name="What came of it").wait_for()


def test_the_gate_is_told_in_words_with_its_intervals(studio, visit, assert_accessible):
    page = visit(f"{studio.url}/models")
    bundle = page.get_by_role("article", name="ustyurt 2")
    told = bundle.inner_text()
    for known in (
        "refused, taken by Bota",
        "took it at its training: for a try. A promotion asks again.",
        "Cllr 0.214 became 0.391",
        "Apache-2.0",
        "4 animals not measured",
    ):
        assert known in told
    assert "gate passed" not in told
    bundle.get_by_text("What the trial could not tell").click()
    assert "station N7: 3 individuals" in bundle.inner_text()
    bundle.get_by_text("Figures against rosette-words 1").click()
    rows = [row.inner_text().split("\t") for row in bundle.locator("tbody tr").all()]
    assert [row[-1] for row in rows] == [
        "no difference shown",
        "worse, and not by chance",
        "better, and not by chance",
    ]
    assert rows[1][2:5] == ["0.214", "0.391", "+0.177 [0.101, 0.254]"]
    assert_accessible(page)


def test_what_would_change_is_asked_for_on_the_page(studio, visit):
    page = visit(f"{studio.url}/models")
    page.get_by_role("button", name="What would change? ustyurt 2").click()
    page.get_by_text("Being looked at: queued").wait_for()
    with Catalogue.open(studio.data_dir) as catalogue:
        (job,) = [j for j in JobStore.of(catalogue).jobs() if j.kind == REPLAY and not j.ended]
    assert job.by == "Asel"
    assert len(job.params["bundle"]) == 64


def test_promoted_although_the_gate_refused_and_rolled_back(studio, visit, assert_accessible):
    page = visit(f"{studio.url}/models")
    bundle = page.get_by_role("article", name="ustyurt 2")
    press = bundle.get_by_role("button", name="Promote ustyurt 2")

    press.click()
    dialog = page.get_by_role("dialog")
    assert "Cllr 0.214 became 0.391" in dialog.inner_text()
    assert "4 stored animals are measured with it first" in dialog.inner_text()
    assert "Warning: nobody has looked at what ustyurt 2 would change" in dialog.inner_text()
    assert_accessible(page)
    dialog.get_by_role("button", name="Promote it all the same").click()
    assert dialog.is_visible()  # without a reason nothing is done
    dialog.get_by_label("Why?").fill("the night pictures\nare what we need")
    dialog.get_by_role("button", name="Promote it all the same").click()
    again = page.get_by_role("dialog", name="Although the gate refused ustyurt 2?")
    again.get_by_role("button", name="No").click()
    with Catalogue.open(studio.data_dir) as catalogue:
        assert not [j for j in JobStore.of(catalogue).jobs() if j.kind == RE_EMBED]

    press.click()
    page.get_by_label("Why?").fill("the night pictures\nare what we need")
    page.get_by_label("Why?").press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, let it serve").click()
    page.get_by_role("link", name="Measuring again").wait_for()
    with Catalogue.open(studio.data_dir) as catalogue:
        registry = Registry(catalogue, DEFAULT_BUNDLE)
        kind = ReEmbedKind(lambda: registry)
        Worker(JobStore.of(catalogue), {kind.name: kind}, poll_s=0.05).run(until_idle=True)
        (event,) = registry.promotions()
        assert event.why == "the night pictures are what we need"
        assert "Cllr 0.214 became 0.391" in event.overridden
        assert registry.active().name == "ustyurt"

    page.goto(f"{studio.url}/models")
    assert "serves" in bundle.inner_text()
    assert "although it was refused: held-out: Cllr" in page.locator("main").inner_text()
    page.get_by_role("button", name="Roll back").click()
    told = page.get_by_role("dialog").inner_text()
    assert f"{DEFAULT_BUNDLE} 1 serves again" in told
    page.get_by_label("Why?").fill("worse at the water")
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    page.get_by_text("Rolled back").wait_for()
    assert page.get_by_role("button", name="Roll back").count() == 0
    with Catalogue.open(studio.data_dir) as catalogue:
        assert Registry(catalogue, DEFAULT_BUNDLE).active().name == DEFAULT_BUNDLE


def test_one_that_was_never_tried_says_so_and_is_tried_from_the_page(studio, visit, bundle_made):
    with Catalogue.open(studio.data_dir) as catalogue:
        registry = Registry(catalogue, DEFAULT_BUNDLE)
        registry.register(bundle_made(name="stranger", version="1", seed=5), by="Asel")
    page = visit(f"{studio.url}/models")
    bundle = page.get_by_role("article", name="stranger 1")
    assert "not tried" in bundle.inner_text()
    bundle.get_by_role("button", name="Promote stranger 1").click()
    told = page.get_by_role("dialog").inner_text()
    assert f"It was never tried against {DEFAULT_BUNDLE} 1, which serves." in told
    page.get_by_label("Why?").fill("we know its makers")
    page.get_by_role("button", name="Promote it all the same").click()
    again = page.get_by_role("dialog", name="Although nobody tried stranger 1?")
    again.get_by_role("button", name="No").click()
    bundle.get_by_role("button", name="Try it stranger 1").click()
    bundle.get_by_role("link", name="Being tried: queued").wait_for()
    with Catalogue.open(studio.data_dir) as catalogue:
        (job,) = [j for j in JobStore.of(catalogue).jobs() if j.kind == TRIAL]
        assert job.by == "this machine"  # no keys: nobody says who they are
        JobStore.of(catalogue).cancel(job.id)


def test_too_few_labels_are_told_where_training_is_asked_for(studio, visit):
    page = visit(f"{studio.url}/models")
    page.get_by_role("button", name="Train on what people confirmed").click()
    told = page.locator("#train-state")
    told.get_by_text("are needed for a measurable gain").wait_for()
    assert "0 individuals with two sightings of one flank would train" in told.inner_text()


def test_how_it_is_trained_is_said_where_it_is_asked_for(studio, visit, assert_accessible):
    page = visit(f"{studio.url}/models")
    page.get_by_text("How it is trained").click()
    recipes = page.get_by_label("Recipe", exact=True).locator("option")
    assert [one.get_attribute("value") for one in recipes.all()] == list(get_args(LabRecipe))
    page.get_by_label("Recipe", exact=True).select_option("lab-adapters")
    page.get_by_label("Name of the bundle").fill("lab")
    page.get_by_label("Licence").fill(" CC-BY-4.0 ")
    page.get_by_label("Take it although the gate refuses").fill("the trial was of old cameras")
    assert_accessible(page)
    with page.expect_request("**/v1/training-runs") as asked:
        page.get_by_role("button", name="Train on what people confirmed").click()
    told = asked.value.post_data_json
    assert told.pop("by")
    assert told == {
        "recipe": "lab-adapters",
        "name": "lab",
        "licence": "CC-BY-4.0",
        "override": "the trial was of old cameras",
    }
    page.locator("#train-state").get_by_text("are needed for a measurable gain").wait_for()


def test_a_bundle_goes_out_as_a_file_and_comes_into_another_catalogue(studio, served, visit):
    page = visit(f"{studio.url}/models")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Export ustyurt 2").click()
    file = taken.value.path()
    assert taken.value.suggested_filename == "ustyurt-2.reidbundle"
    for _ in range(50):
        if not list(studio.data_dir.glob(".carried-*")):
            break
        page.wait_for_timeout(100)
    else:
        pytest.fail("the exported file was left behind")

    other = served()
    with Catalogue.open(studio.data_dir) as ours, Catalogue.open(other.data_dir) as theirs:
        key = Registry(ours, DEFAULT_BUNDLE).own_key()
        page = visit(f"{other.url}/models")
        page.get_by_label("Import a bundle file").set_input_files(file)
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("which nobody here trusts").wait_for()
        assert "Nothing was kept." in page.locator("#import-state").inner_text()
        Registry(theirs, DEFAULT_BUNDLE).trust(key, by="Asel", why="told by telephone")
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_role("article", name="ustyurt 2").wait_for(timeout=120_000)
