"""The pages of sightings, upload, comparisons, jobs and settings, walked in a real browser."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.browser_sessions import BrowserSessions
from reid.catalogue.jobs import JobStore
from reid.identities import DecisionKind
from reid.people import Role

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
SMALL = {"size_px": 200.0, "picture_wh": (320, 240)}
SEARCH_FAILED = {
    "type": "urn:leopard-reid:problem:search",
    "title": "The search failed",
    "status": 503,
    "detail": "The search could not run. This is not an answer of `no match`.",
    "request_id": "x",
    "errors": [],
}


def paths(shop):
    return [
        "/",
        "/sightings",
        "/sightings/seen%201",
        "/upload",
        "/import",
        "/comparisons",
        "/comparisons/new?sighting=seen+0&sighting=seen+3",
        f"/comparisons/{shop.comparison}",
        "/jobs",
        "/jobs/new",
        f"/jobs/{shop.job}",
        "/models",
        "/clocks",
        "/settings",
        "/settings/audit",
        "/sightings/nobody",
    ]


@pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
def test_every_page_is_accessible_and_fits(shop, visit, assert_accessible, size):
    page = visit(shop.url, **({"size": size} if size else {}))
    for path in paths(shop):
        page.goto(f"{shop.url}{path}")
        assert page.locator("h1").count() == 1, path
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{path} is {over} px too wide"
        assert_accessible(page)


def test_pages_say_the_same_without_scripts(shop, visit):
    page = visit(shop.url, javascript=False)
    for path in paths(shop):
        page.goto(f"{shop.url}{path}")
        assert page.locator("h1").count() == 1, path
    page.goto(f"{shop.url}/sightings?station=site+1&standing=unnamed&named=seen")
    assert page.locator(".tile h3").all_inner_texts() == ["seen 5", "seen 3", "seen 1"]


def test_the_list_is_filtered_and_leads_to_a_comparison(shop, visit):
    page = visit(f"{shop.url}/sightings")
    page.get_by_label("Station").select_option("site 1")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".tile h3").all_inner_texts() == ["seen 5", "seen 3", "seen 1"]
    page.get_by_label("choose seen 5").check()
    page.goto(f"{shop.url}/sightings?station=site+0")
    page.get_by_label("choose seen 0").check()
    assert page.locator("#chosen-count").inner_text() == "2 chosen"
    page.get_by_role("link", name="Compare", exact=True).click()
    assert page.locator("[name=sighting]:checked").count() == 2
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile("/comparisons/[0-9a-f]+$"))
    assert "Nothing can be compared" in page.locator(".answer").inner_text()
    report = page.get_by_role("link", name=re.compile("Report")).get_attribute("href")
    assert page.request.get(f"{shop.url}{report}").ok


def test_a_sighting_shows_what_is_known_and_what_was_refused(shop, visit):
    page = visit(f"{shop.url}/sightings/seen%201")
    text = page.locator("main").inner_text()
    for known in ("2026-01-11 05:00", "site 1", "notes.JPG", "IMG_1.JPG"):
        assert known in text
    page.locator("a.frame").first.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("a.frame").first.evaluate("link => link === document.activeElement")


def test_names_are_text_whatever_is_in_them(shop, visit, leopard, store):
    name = "<img src=x onerror=document.title='run'>&'{{7*7}}"
    file = {f"{name}.jpg": leopard(1, **SMALL)}
    store(shop.url, name, file, station=name, media=[{"file_name": f"{name}.jpg", "camera": name}])
    page = visit(f"{shop.url}/sightings?named=onerror")
    assert page.locator(".tile h3").inner_text() == name
    page.get_by_role("checkbox").check()
    assert page.locator("#chosen-names").inner_text() == name
    page.get_by_role("button", name="Choose none").click()
    page.locator(".tile h3 a").click()
    assert page.locator("h1").inner_text().startswith(name)
    page.get_by_role("button", name="Search the catalogue").click()
    page.get_by_text("too dark").wait_for()
    page.get_by_label("Why (kept with your decision)").fill(name)
    page.get_by_role("button", name="Nobody can tell").click()
    page.locator("#who", has_text="not identifiable").wait_for()
    page.goto(f"{shop.url}/comparisons/new?sighting={quote(name)}&sighting=seen+0")
    assert page.locator("h2 a").first.inner_text() == name
    page.goto(f"{shop.url}/sightings?standing=not-identifiable")
    assert page.title().startswith("Sightings")
    assert page.locator("img[src=x]").count() == 0


def test_a_failed_search_never_reads_as_no_match(shop, visit):
    page = visit(f"{shop.url}/sightings/seen%201")
    refuse = {"status": 503, "json": SEARCH_FAILED, "content_type": "application/problem+json"}
    page.route("**/v1/identifications", lambda route: route.fulfill(**refuse))
    page.get_by_role("button", name="Search the catalogue").click()
    told = page.locator("#answer").get_by_role("alert").inner_text()
    assert "the search did not run" in told
    assert "says nothing about who" in told
    for word in ("new", "nobody whom", "different"):
        assert word not in told
    page.unroute("**/v1/identifications")
    page.get_by_role("button", name="Search the catalogue").click()
    page.get_by_text("too dark").wait_for()
    visit.wrong.clear()  # the 503 that was asked for


def test_somebody_new_is_decided_on_the_page(shop, visit):
    page = visit(f"{shop.url}/sightings/seen%204")
    page.get_by_role("button", name="Search the catalogue").click()
    page.get_by_label("Why (kept with your decision)").fill("nobody has this rosette")
    page.get_by_role("button", name="It is somebody new").click()
    page.locator("#who .chip.same").wait_for()
    assert "nobody has this rosette" in page.locator(".event").inner_text()


def test_none_of_these_is_decided_and_undone_by_keys(shop, visit, assert_accessible):
    page = visit(f"{shop.url}/sightings/seen%205")
    page.keyboard.press("f")
    page.get_by_label("Why (kept with your decision)").wait_for()
    page.keyboard.press("w")
    page.keyboard.type("zero 0: no such rosette")
    page.keyboard.press("Escape")
    assert_accessible(page)
    page.keyboard.press("0")
    event = page.locator(".event").first
    event.wait_for()
    assert "seen 5 is not anybody known then" in event.inner_text()
    assert "zero 0: no such rosette" in event.inner_text()
    assert page.locator("#who").inner_text() == "nobody said who"
    with Catalogue.open(shop.data_dir) as catalogue:
        kept = catalogue.events()[-1]
        assert kept.kind is DecisionKind.NO_MATCH
        (answer,) = kept.said.shown["answers"]
        assert (answer["source"], answer["sightings"]) == ("shown", ["seen 5"])
        page.keyboard.press("z")
        page.locator(".event.gone").wait_for()
        assert catalogue.undone() == {kept.number: kept.number + 1}
    assert f"undone by event {kept.number + 1}" in page.locator(".event.gone").inner_text()


class TestUpload:
    def files(self, leopard, name="IMG_1.JPG"):
        return {"name": name, "mimeType": "image/jpeg", "buffer": leopard(2, **SMALL)}

    def choose(self, page, leopard, name, more=()):
        page.set_input_files("#files", [self.files(leopard), *more])
        page.locator("[name=id]").fill(name)

    def test_one_sighting_ends_at_its_page(self, shop, visit, leopard):
        page = visit(f"{shop.url}/upload")
        self.choose(page, leopard, "new one")
        page.get_by_label("Station").fill("site 9")
        page.get_by_label("Time").fill("2026-02-03T04:05:06")
        page.get_by_label("flank of IMG_1.JPG").select_option("left")
        page.get_by_text("Position (kept exactly").click()
        page.get_by_label("Licence, if not your own").fill("CC-BY-NC-4.0")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/sightings/new%20one")
        assert "CC-BY-NC-4.0" in page.locator("dl.facts").inner_text()
        assert "2026-02-03 04:05" in page.locator("main").inner_text()

    def test_what_was_refused_is_named_with_the_reason(self, shop, visit, leopard):
        page = visit(f"{shop.url}/upload")
        broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
        self.choose(page, leopard, "with a broken one", [broken])
        page.get_by_role("button", name="Send").click()
        page.get_by_text("1 not used").wait_for()
        row = page.locator(".file-row", has_text="broken.jpg")
        assert "expected JPEG" in row.inner_text()
        assert page.get_by_role("link", name="Open the sighting").is_visible()

    def test_a_lost_line_loses_nothing_and_sends_nothing_twice(self, shop, visit, leopard):
        page = visit(f"{shop.url}/upload")
        self.choose(page, leopard, "over a bad line")
        sent = []

        def lose(route):
            """The service gets it, and its answer is lost."""
            sent.append(route.request)
            route.fetch()
            route.abort("connectionreset")

        page.route("**/v1/sightings", lose)
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/sightings/over%20a%20bad%20line", timeout=20_000)
        assert len(sent) == 1

    def test_an_id_in_use_is_said_and_can_be_mended(self, shop, visit, leopard):
        page = visit(f"{shop.url}/upload")
        self.choose(page, leopard, "seen 0")
        page.get_by_role("button", name="Send").click()
        page.get_by_text("give the new one another id").wait_for()
        page.locator("[name=id]").fill("seen 0 again")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/sightings/seen%200%20again")

    def test_files_are_dropped(self, shop, visit, leopard):
        """As scripts make a drop: files without a place in any folder."""
        page = visit(f"{shop.url}/upload")
        encoded = base64.b64encode(leopard(2, **SMALL)).decode()
        transfer = page.evaluate_handle(
            """(encoded) => {
              const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
              const given = new DataTransfer();
              for (const name of ["IMG_2.JPG", "IMG_1.JPG", "notes.txt"])
                given.items.add(new File([bytes], name, { type: "image/jpeg" }));
              return given;
            }""",
            encoded,
        )
        page.dispatch_event("#drop", "dragover", {"dataTransfer": transfer})
        assert "over" in page.locator("#drop").get_attribute("class")
        page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
        page.locator(".file-row").nth(1).wait_for()
        assert page.locator(".file-row .name").all_inner_texts() == ["IMG_1.JPG", "IMG_2.JPG"]
        assert "over" not in (page.locator("#drop").get_attribute("class") or "")
        assert "1 file left out, no pictures: notes.txt" in page.locator("#send-bar").inner_text()
        page.locator("[name=id]").fill("dropped")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/sightings/dropped")
        assert "IMG_2.JPG" in page.locator("main").inner_text()

    def test_folders_are_dropped_as_from_the_desktop(self, shop, visit, leopard, tmp_path):
        """By the browser's own drag of files of this machine: every folder is a sighting."""
        for folder in ("waterhole", "survey/ridge"):
            (tmp_path / folder).mkdir(parents=True)
            for number in (1, 2):
                picture = leopard(number, **SMALL)
                (tmp_path / folder / f"{folder[-5:]} {number}.jpg").write_bytes(picture)
        alone = tmp_path / "alone.jpg"
        alone.write_bytes(leopard(1, **SMALL))
        page = visit(f"{shop.url}/upload")
        given = [str(path) for path in (tmp_path / "waterhole", tmp_path / "survey", alone)]
        box = page.locator("#drop").bounding_box()
        devtools = page.context.new_cdp_session(page)
        where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        data = {"items": [], "files": given, "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            told = {"type": kind, "data": data, **where}
            devtools.send("Input.dispatchDragEvent", told)
        page.locator(".file-row").nth(4).wait_for()
        heads = page.locator("#sightings h2").all_inner_texts()
        assert sorted(heads) == ["Folder ridge", "Folder waterhole", "New sighting"]
        assert page.locator(".file-row").count() == 5
        page.get_by_role("button", name="Send").click()
        page.get_by_text("all stored").wait_for()
        for name in ("ridge", "waterhole"):
            assert page.request.get(f"{shop.url}/v1/sightings/{name}").json()["annotations"]

    def test_the_bar_moves_while_a_picture_is_sent(self, shop, visit, leopard):
        page = visit(f"{shop.url}/upload")
        padded = leopard(2, **SMALL) + bytes(400_000)  # decoders stop at the end of the picture
        large = {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": padded}
        broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"none"}
        page.set_input_files("#files", [large, broken])  # with one refused, the page stays
        page.locator("[name=id]").fill("over a slow line")
        page.evaluate(
            """() => {
              window.seen = [];
              const bar = document.querySelector("#sightings .whole");
              const look = () => window.seen.push([bar.value, bar.hidden,
                document.querySelector(".file-row:last-child .state").textContent]);
              new MutationObserver(look).observe(bar, { attributes: true });
            }"""
        )
        devtools = page.context.new_cdp_session(page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 150_000})
        page.get_by_role("button", name="Send").click()
        page.get_by_text("1 not used").wait_for(timeout=60_000)
        seen = page.evaluate("window.seen")
        shares = [share for share, hidden, _ in seen if not hidden]
        assert shares == sorted(shares)
        assert len({share for share in shares if 0 < share < 1}) >= 2, shares
        assert shares[-1] == 1
        assert seen[-1][1] is True, "it goes when all is sent"
        assert any(state.startswith("sending, ") for *_, state in seen)


def test_a_job_is_asked_for_stopped_and_goes_on(shop, visit):
    page = visit(f"{shop.url}/jobs/new?sighting=seen+2&sighting=seen+3")
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f]{16}$"))
    assert "No worker is running" in page.locator("main").inner_text()
    with Catalogue.open(shop.data_dir) as catalogue:
        jobs = JobStore.of(catalogue)
        jobs.enlist("other", machine="m", pid=1, process="p", kinds=("training-run",))
        page.reload()
        assert "none that takes jobs of this kind" in page.locator("main").inner_text()
        jobs.leave("other")
    page.get_by_role("button", name="Stop it").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Stop it").wait_for()


def test_a_job_is_shown_as_it_goes_on(shop, visit):
    page = visit(f"{shop.url}/jobs/{shop.job}")
    with Catalogue.open(shop.data_dir) as catalogue:
        jobs = JobStore.of(catalogue)
        jobs.enlist("w", machine="m", pid=1, process="p")
        assert jobs.claim("w", kinds=["group"], only=shop.job)
        jobs.tell(shop.job, "w", stage="matching", done=3, total=7, opened=True)
        page.get_by_text("matching: 3 of 7").wait_for()
        jobs.finish(shop.job, "w", {"files": [], "sightings": 2})
        page.get_by_role("heading", name="Result").wait_for()
    assert page.locator("#state").inner_text() == "done"


def test_a_viewer_sees_no_buttons_and_no_positions(keyed, visit, signed_in, assert_accessible):
    page = visit(f"{keyed.url}/sightings/seen")
    signed_in(page, keyed.keys[Role.VIEWER])
    assert "withheld" in page.locator("main").inner_text()
    assert "43." not in page.content()
    assert page.locator("main button").count() == 0
    assert page.get_by_role("link", name="Upload").count() == 0
    assert_accessible(page)
    for path in ("/upload", "/import", "/jobs/new", "/settings/audit"):
        assert page.goto(f"{keyed.url}{path}").status == 403
        assert page.get_by_role("heading", name="Not allowed").is_visible()


def test_a_key_is_made_used_and_revoked(keyed, visit, signed_in, assert_accessible):
    page = visit(f"{keyed.url}/settings")
    signed_in(page, keyed.keys[Role.ADMIN])
    page.get_by_label("For whom").fill("Dana")
    page.get_by_label("Role").select_option("contributor")
    page.get_by_role("button", name="Make a key").click()
    text = page.get_by_label("the new key").input_value()
    assert_accessible(page)
    dana = visit(keyed.url)
    signed_in(dana, text)
    assert "Dana" in dana.locator(".who").inner_text()
    page.get_by_role("link", name="I have kept it").click()
    page.locator("tr", has_text="Dana").get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.locator("tr.past", has_text="Dana").wait_for()
    assert text not in page.content()
    dana.goto(keyed.url)
    assert "/login" in dana.url


def test_a_session_that_ends_loses_nothing_that_was_typed(keyed, visit, signed_in, leopard):
    page = visit(f"{keyed.url}/upload")
    signed_in(page, keyed.keys[Role.CONTRIBUTOR])
    file = {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": leopard(2, **SMALL)}
    page.set_input_files("#files", [file])
    page.locator("[name=id]").fill("typed with care")
    with Catalogue.open(keyed.data_dir) as catalogue:
        prefix = keyed.prefixes[Role.CONTRIBUTOR]
        assert BrowserSessions.of(catalogue).end_all(prefix) == 1
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Your session has ended").wait_for()
    other = visit(f"{keyed.url}/login", tab=page)
    signed_in(other, keyed.keys[Role.CONTRIBUTOR])
    page.get_by_role("button", name="I have signed in").click()
    page.wait_for_url("**/sightings/typed%20with%20care")
