"""Signing in and out in a real browser, and what a page may not do."""

from __future__ import annotations

import pytest

from reid.people import Role

pytestmark = pytest.mark.slow


def test_a_page_leads_to_the_sign_in_and_back(keyed, visit, signed_in, assert_accessible):
    page = visit(f"{keyed.url}/?from=mail")
    assert page.url == f"{keyed.url}/login?next=%2F%3Ffrom%3Dmail"
    assert_accessible(page)
    page.get_by_label("Key").fill("lrk_abcdefghij_" + "x" * 43)
    page.keyboard.press("Enter")
    assert "wrong or was revoked" in page.get_by_role("alert").inner_text()
    assert_accessible(page)
    signed_in(page, keyed.keys[Role.REVIEWER])
    assert page.url == f"{keyed.url}/?from=mail"
    assert page.locator(".who strong").inner_text() == "Reviewer"
    page.get_by_role("button", name="Sign out").click()
    assert page.url == f"{keyed.url}/login"
    page.goto(keyed.url)
    assert "/login" in page.url


def test_no_script_sees_the_cookie(keyed, visit, signed_in):
    page = visit(keyed.url)
    signed_in(page, keyed.keys[Role.VIEWER])
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    assert page.evaluate("document.cookie") == ""
    assert cookie["value"] not in page.content()


CALL = """async (headers) => (await fetch('/v1/review/next', {
    method: 'POST', body: JSON.stringify({by: 'Reviewer'}),
    headers: {'Content-Type': 'application/json', ...headers}})).status"""


def test_a_page_without_the_proof_changes_nothing(keyed, visit, signed_in):
    page = visit(keyed.url)
    signed_in(page, keyed.keys[Role.REVIEWER])
    assert page.evaluate(CALL, {}) == 403
    assert page.evaluate(CALL, {"X-CSRF-Token": "0" * 64}) == 403
    proof = page.locator("meta[name=csrf]").get_attribute("content")
    assert page.evaluate(CALL, {"X-CSRF-Token": proof}) == 200


def test_without_keys_nobody_signs_in(shop, visit, assert_accessible):
    page = visit(f"{shop.url}/login", local_name="")
    assert page.url == f"{shop.url}/"
    assert_accessible(page)
    page.get_by_role("button", name="say who you are").click()
    page.get_by_label("Your name").fill("Asel")
    assert_accessible(page)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Asel").wait_for()
    assert page.evaluate(CALL, {}) == 403, "a local page needs its proof too"


def test_what_is_not_there_is_said_on_a_page(shop, visit, assert_accessible):
    page = visit(f"{shop.url}/nowhere")
    assert page.get_by_role("heading", level=1).inner_text() == "Not found"
    assert_accessible(page)


def test_pages_can_be_read_without_scripts(shop, visit):
    page = visit(shop.url, javascript=False)
    assert page.get_by_role("heading", level=1).is_visible()
