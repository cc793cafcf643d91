"""Dossiers and ID sheets over HTTP: for programs and for people."""

import re

import pytest

from reid.client import Client, MissingError, ProblemError
from reid.paper import installed


@pytest.fixture
def known(client, submit):
    """Three individuals of a sighting each; one is seen no more after the last decision."""
    for number, name in enumerate(("Aidar <b>", "Bota", "Карл")):
        submit(client, f"seen {number}", latitude=43.27182, longitude=54.31415)
        client.library.catalogue.enrol(f"seen {number}", name, by="Asel", why="rosettes & tail")
    return client


def names_on(html):
    return re.findall(r"<h2>([^<]+)</h2>", html)


def test_a_sheet_comes_in_parts_that_lead_on(known):
    first = known.get("/v1/id-sheet?limit=2&title=Ours")
    assert first.headers["cache-control"] == "private, no-store"
    assert names_on(first.text) == ["Aidar &lt;b&gt;", "Bota"]
    (following,) = re.findall(r'<(.+)>; rel="next"', first.headers["link"])
    assert f'href="{following}"'.replace("&", "&amp;") in first.text
    rest = known.get(following)
    assert names_on(rest.text) == ["Карл"]
    assert "link" not in rest.headers
    assert "<h1>Ours</h1>" in rest.text


def test_a_sheet_shows_whom_it_was_asked_for(known):
    with Client(str(known.base_url)) as service:
        assert names_on(service.id_sheet(q="ота").decode()) == []
        assert names_on(service.id_sheet(q="bot").decode()) == ["Bota"]
        assert names_on(service.id_sheet(event=1).decode()) == ["Aidar &lt;b&gt;"]


def test_a_dossier_of_then(known):
    known.library.catalogue.withdraw("seen 1", by="Asel", why="another cat")
    with Client(str(known.base_url)) as service:
        assert b"<strong>seen 1</strong>" in service.dossier("Bota", event=3)
        assert b"<strong>seen 1</strong>" not in service.dossier("Bota")
        with pytest.raises(MissingError):
            service.dossier("Карл", event=1)
        service.dossier("Карл", at_time=known.library.catalogue.events(limit=9)[-1].at)


def test_without_the_extra_pdf_is_refused_and_not_offered(known, monkeypatch, check_problem):
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    for address in ("/v1/individuals/Bota/dossier", "/v1/id-sheet"):
        told = check_problem(known.get(f"{address}?format=pdf"), 422, "invalid")
        assert "leopard-reid[print]" in told["detail"]
    with Client(str(known.base_url)) as service, pytest.raises(ProblemError, match="print"):
        service.id_sheet(format="pdf")
    for page in ("/individuals", "/individuals/Bota"):
        assert "as PDF" not in known.get(page).text
    assert known.get("/v1/id-sheet").status_code == 200


def test_pages_lead_to_papers(known):
    pytest.importorskip("typst", reason="the extra print is not installed")
    listed = known.get("/individuals?q=bot").text
    (sheet, pdf) = re.findall(r'href="(/id-sheet[^"]+)"', listed)
    assert names_on(known.get(sheet.replace("&amp;", "&")).text) == ["Bota"]
    found = known.get(pdf.replace("&amp;", "&"))
    assert found.content.startswith(b"%PDF-")
    assert "filename*=UTF-8''Known-individuals.pdf" in found.headers["content-disposition"]
    past = known.get("/individuals/Bota?event=2").text
    (one, *_) = re.findall(r'href="(/individuals/Bota/dossier[^"]*)"', past)
    assert "after decision 2." in known.get(one).text
