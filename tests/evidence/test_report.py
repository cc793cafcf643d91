"""The report: whole, safe, small, and readable without scripts or network."""

import base64
import dataclasses
import io
import itertools
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from reid.evidence import report_html
from reid.evidence.charts import apart, bars_of
from reid.evidence.report import controls_of
from reid.evidence.timeline import timeline_of, way_text
from reid.types import (
    Comparison,
    Control,
    JourneyCheck,
    PairVerdict,
    Sighting,
    SightingPairEvidence,
    VerdictKind,
)

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """Tags in order, and whether every one that opens also closes."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.headings, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def outline(html):
    parser = Outline()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def page(autumn):
    return report_html(autumn)


def test_every_tag_closes_and_every_picture_has_words(page):
    tags = outline(page).tags
    pictures = [attributes for tag, attributes in tags if tag == "img"]
    assert len(pictures) == 3 + 5
    assert all(p["alt"] and p["src"].startswith("data:image/jpeg;base64,") for p in pictures)
    drawings = [attributes for tag, attributes in tags if tag == "svg"]
    assert all(d["role"] == "img" and d["aria-label"] for d in drawings)


def test_the_pictures_inside_are_pictures(page):
    for content in re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page):
        with PillowImage.open(io.BytesIO(base64.b64decode(content))) as picture:
            picture.load()
            assert picture.format == "JPEG"


def test_the_page_needs_no_script_and_no_network(page):
    parser = outline(page)
    assert not any(tag in {"script", "link", "iframe"} for tag, _ in parser.tags)
    addresses = [a[key] for _, a in parser.tags for key in ("src", "href") if key in a]
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_the_answer_comes_first(page, autumn):
    text = re.sub(r"\s+", " ", " ".join(outline(page).text))
    assert text.index(autumn.summary[:40]) < text.index("September – November")
    for heading in ("Pairs", "Why", "Time and place", "Controls", "Sightings", "Provenance"):
        assert f" {heading} " in text


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in outline(page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_links_inside_the_page_lead_somewhere(page):
    tags = outline(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for tag, attributes in tags if tag == "a"}
    assert links
    assert links <= set(ids)


def test_everything_found_is_told(page, autumn):
    text = re.sub(r"\s+", " ", " ".join(outline(page).text))
    for verdict in autumn.verdicts:
        assert verdict.would_settle in text
        assert all(reason in text for reason in verdict.reasons)
    assert "18.6 km, 26 to 31 days, possible" in text
    assert "the file ends early" in text
    assert "caption of Fig. 3" in text
    assert "mega-l-384:1a2b" in text
    assert "2 matches on the ground" in text


def test_flags_are_told_in_words(autumn):
    flags = ("conflict", "several-animals: November", "some-new-flag")
    flagged = dataclasses.replace(autumn, flags=flags)
    text = " ".join(outline(report_html(flagged)).text)
    assert "contradicts itself" in text
    assert "November: pictures that may show two leopards were left out" in text
    assert "Flag: some-new-flag" in text


def test_synthetic_pictures_are_named_so_and_real_ones_not(page, autumn):
    assert "Synthetic pictures" in page
    assert "Synthetic pictures" not in report_html(dataclasses.replace(autumn, flags=()))


HOSTILE = "\"><script>alert('x')</script><b>&amp;{{ 7*7 }}"


def test_what_users_give_is_escaped(autumn, animal):
    def renamed(name):
        return HOSTILE if name == "December" else name

    image = dataclasses.replace(autumn.annotations[-1].image, file_name=f"{HOSTILE}.jpg")
    hostile = dataclasses.replace(
        autumn,
        id=HOSTILE,
        summary=HOSTILE,
        flags=(HOSTILE,),
        sightings=(
            *autumn.sightings[:2],
            dataclasses.replace(autumn.sightings[2], id=HOSTILE, station=HOSTILE),
        ),
        annotations=(
            *autumn.annotations[:-1],
            dataclasses.replace(
                autumn.annotations[-1], sighting_id=HOSTILE, image=image, flags=(HOSTILE,)
            ),
        ),
        verdicts=tuple(
            dataclasses.replace(v, b=renamed(v.b), reasons=(HOSTILE,), would_settle=HOSTILE)
            for v in autumn.verdicts
        ),
        pairs=tuple(
            dataclasses.replace(p, b=renamed(p.b), missing="" if p.comparable else HOSTILE)
            for p in autumn.pairs
        ),
        journeys=tuple(
            dataclasses.replace(j, b=renamed(j.b), note=HOSTILE) for j in autumn.journeys
        ),
        rejected=((HOSTILE, HOSTILE, HOSTILE),),
        provenance={HOSTILE: {HOSTILE: HOSTILE}},
    )
    page = report_html(hostile)
    assert "<script" not in page
    assert "alert(&#39;x&#39;)" in page
    assert "{{ 7*7 }}" in page
    assert not any(tag == "script" for tag, _ in outline(page).tags)


@pytest.mark.slow
def test_many_sightings_stay_under_six_megabytes(animal, matched):
    names = [f"s{k:02d}" for k in range(9)]
    animals = [animal(name, f"{k}.jpg", seed=3) for name in names for k in range(2)]
    by_name = {name: [a for a in animals if a.sighting_id == name] for name in names}
    pairs, verdicts = [], []
    for a, b in itertools.combinations(names, 2):
        one = matched(by_name[a][0], by_name[b][0], seed=3)
        pairs.append(SightingPairEvidence(a, b, True, 7.5, (), (one,)))
        verdicts.append(PairVerdict(a, b, VerdictKind.SAME, 0.999, 7.5, (), ("same",)))
    comparison = Comparison(
        "x",
        datetime(2026, 1, 1),
        tuple(Sighting(name, ()) for name in names),
        tuple(animals),
        tuple(pairs),
        (),
        True,
        0.5,
        0.01,
        tuple(verdicts),
        (),
        "summary",
    )
    page = report_html(comparison)
    assert len(page) < 6_000_000
    assert "12 more evidence pictures are not in this page" in page
    outline(page)


def test_one_sighting_without_a_picture_still_has_a_page(autumn):
    alone = dataclasses.replace(
        autumn,
        sightings=autumn.sightings[:1],
        annotations=(),
        pairs=(),
        verdicts=(),
        groupings=(),
        journeys=(),
        provenance={},
        rejected=(),
    )
    page = report_html(alone)
    assert "No usable picture" in page
    outline(page)


def test_the_worst_outcome_of_a_control_is_shown(autumn, matched, animal):
    a, b = animal("one"), animal("two")
    good, bad = matched(a, b), matched(b, a, passed=False)
    shown = controls_of(SightingPairEvidence("one", "two", True, 1.0, (), (good, bad)))
    assert {control.name: control.passed for control in shown} == {
        "background": True,
        "mirrored": False,
    }
    assert all(isinstance(control, Control) for control in shown)


def test_disputed_dates_are_hollow_and_the_others_not(autumn):
    timeline = timeline_of(autumn)
    assert [mark.hollow for mark in timeline.marks] == [False, True, True, False]
    assert timeline.ways[0].text.startswith("same station, 37 to 42")


def test_sightings_without_times_are_named(autumn):
    undated = dataclasses.replace(
        autumn,
        sightings=(Sighting("x", ()), *autumn.sightings[1:]),
        annotations=(),
    )
    assert timeline_of(undated).undated == ("x",)
    nothing = dataclasses.replace(undated, sightings=(Sighting("x", ()),), journeys=())
    assert timeline_of(nothing) is None


def test_the_worst_journey_is_told():
    at = datetime(2020, 1, 1)
    checks = [
        JourneyCheck("a", "b", at, at + timedelta(1), 1.0, 5.0, 5.0, "possible"),
        JourneyCheck("a", "b", at, at + timedelta(0.1), 0.1, 5.0, 50.0, "impossible"),
    ]
    assert way_text(checks) == "5.0 km, 0.1 to 1 days, impossible"
    assert way_text([]) == "unknown"


@given(st.lists(st.floats(0, 200), max_size=8))
def test_labels_keep_apart_and_in_order(places):
    moved = apart(places, 19, 0, 200)
    assert all(b - a >= 19 - 1e-9 for a, b in itertools.pairwise(sorted(moved)))
    assert all(m <= 200 + 1e-9 for m in moved)
    for (p, m), (q, n) in itertools.combinations(zip(places, moved, strict=True), 2):
        assert p == q or (p < q) == (m < n)


def test_the_bars_add_up(autumn):
    bars = bars_of(autumn)
    assert [bar.text for bar in bars] == ["62 %", "38 %", "0.1 %"]
    fewer = dataclasses.replace(autumn, groupings=autumn.groupings[:1])
    assert bars_of(fewer)[-1].groups == ("all other groupings together",)
    assert bars_of(fewer)[-1].text == "38 %"
