"""Capture histories, effort, and identity that is not sure."""

import itertools
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.decide import posterior
from reid.errors import InputError
from reid.exporters import Writing, exporter_for, snapshot
from reid.exporters.alive import alive, drawn, least_alive
from reid.exporters.histories import histories_of
from reid.exporters.legal import legal_names
from reid.exporters.passages import Capture
from reid.survey import Deployment, Observation, Survey

ZONE = timezone(timedelta(hours=5))
DAY = datetime(2018, 9, 1, tzinfo=ZONE)


def seen(name, who, day, *, deployment="d1", flank="", event=None):
    at = DAY + timedelta(days=day, hours=1)
    event = event or name
    return Observation(
        name, deployment, "", event, at, at, "event", species="Panthera pardus",
        individual=who, flank=flank,
    )  # fmt: skip


@pytest.fixture
def survey():
    with Survey() as found:
        places = [("d1", "Jar 1", 0, 4), ("d1b", "Jar 1", 2, 6), ("d2", "Jar/1", 1, 3)]
        for name, station, start, end in places:
            span = DAY + timedelta(days=start), DAY + timedelta(days=end)
            east = 55.0 + 0.1 * (station == "Jar/1")
            found.add(Deployment(name, station, "", 43.5, east, *span))
        for one in (
            seen("s1", "Aidar", 0, flank="left"),
            seen("s1b", "Aidar", 0, deployment="d1b", flank="right", event="s1"),
            seen("s2", "Bota", 1, deployment="d2", flank="left"),
            seen("s3", "Bota", 2, flank="left"),
            seen("s4", "Dina", 5, deployment="d1b", flank="right"),
            seen("s5", "", 3),
        ):
            found.add(one)
        yield found


def test_effort_is_the_union_of_a_stations_cameras(survey):
    found = histories_of(survey, ("Panthera pardus",), 2)
    assert found.usage == {"Jar 1": (2.0, 2.0, 2.0, 0.0), "Jar/1": (1.0, 1.0, 0.0, 0.0)}
    assert [(c.individual, found.occasion(c)) for c in found.named] == [
        ("Aidar", 1), ("Bota", 1), ("Bota", 2), ("Dina", 3),
    ]  # fmt: skip
    assert found.named[0].sides == {"left", "right"}  # two cameras of a station, one capture


def test_secr_files_are_legal_and_in_metres(survey, tmp_path):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    written = exporter_for("secr").write(survey, tmp_path, Writing(draws=3, occasion_days=2))
    traps = [line.split() for line in (tmp_path / "traps.txt").read_text().splitlines()[1:]]
    assert [row[0] for row in traps] == ["Jar_1", "Jar_1.2"]
    assert traps[0][3:] == ["2", "2", "2", "0"]
    apart = float(traps[1][1]) - float(traps[0][1])
    assert apart == pytest.approx(0.1 * 111_320 * np.cos(np.radians(43.5)), rel=0.01)
    captures = (tmp_path / "captures.txt").read_text().splitlines()[1:]
    assert captures == ["1 Aidar 1 Jar_1", "1 Bota 1 Jar_1.2", "1 Bota 2 Jar_1", "1 Dina 3 Jar_1"]
    assert (tmp_path / "captures-left.txt").read_text().count("Bota") == 2
    assert (tmp_path / "captures-right.txt").read_text().count("\n") == 2
    assert (tmp_path / "captures-both.txt").read_text().count("\n") == 2
    assert (tmp_path / "captures-draw-1.txt").read_text().count("\n") == 6
    # Bota by the left alone and Dina by the right alone may be one animal
    assert (tmp_path / "alive.txt").read_text().startswith("at least 2, at most 4 animals")
    assert "metres of EPSG:32640" in written.notes[0]


def test_histories_as_strings(survey, tmp_path):
    exporter_for("capture-histories").write(survey, tmp_path, Writing())
    assert (tmp_path / "rmark.inp").read_text() == (
        "/* Aidar */ 1000000 1;\n/* Bota */ 0110000 1;\n/* Dina */ 0000010 1;\n"
    )


def test_camtrapr_tables(survey, tmp_path):
    exporter_for("camtrapr").write(survey, tmp_path, Writing())
    records = (tmp_path / "records.csv").read_text()
    assert "Jar 1,,Panthera pardus,Aidar,2018-09-01 01:00:00,2018-09-01,01:00:00" in records
    assert "unidentified" in records
    assert "Jar/1,,43.5,55.1,2018-09-02,2018-09-04" in (tmp_path / "cameras.csv").read_text()


def test_no_effort_without_deployments_and_no_station_at_two_places():
    with Survey() as found:
        found.add(seen("s1", "Aidar", 0))
        with pytest.raises(InputError, match="need deployments"):
            histories_of(found, ("Panthera pardus",), 1)
        found.add(Deployment("d1", "x", "", 43.5, 55.0, DAY, DAY))
        found.add(Deployment("d2", "x", "", 43.6, 55.0, DAY, DAY))
        with pytest.raises(InputError, match="expected one position"):
            histories_of(found, ("Panthera pardus",), 1)


NAMES = ("A", "B", "C", "D", "E")
SIDED = st.sampled_from(["left", "right", "both", "unknown"])


@given(st.lists(SIDED, max_size=5))
def test_the_least_alive_is_that_of_the_best_pairing(kinds):
    """Against every way of putting a left-only and a right-only animal together."""
    sides = dict(zip(NAMES, kinds, strict=False))
    fixed = kinds.count("both")
    left, right = kinds.count("left"), kinds.count("right")
    pairings = [fixed + left + right - pairs for pairs in range(min(left, right) + 1)]
    expected = max(min(pairings), int(bool(kinds)))
    assert least_alive(sides, False) == expected


def captures(*told):
    at = datetime(2018, 9, 1)
    return [Capture(who, "x", at, name, frozenset({"left"})) for name, who in told]


def test_ustyurt_is_at_least_one_leopard_and_no_bare_count():
    three = captures(("september", ""), ("november", ""), ("december", ""))
    assert str(alive(three)) == "at least 1, at most 3 animals"
    evidence = {("september", "november"): 2.0, ("november", "december"): 3.0}
    ways = drawn(three, evidence, 400, 1)
    bounds = alive(three, ways)
    assert (bounds.least, bounds.most, bounds.low, bounds.high) == (1, 3, 1, 2)
    assert str(bounds).endswith("1 to 2 in 95 % of draws")


def test_draws_follow_the_posterior():
    three = captures(("s", ""), ("t", ""), ("u", ""))
    evidence = {("s", "t"): 1.0, ("t", "u"): -0.5, ("s", "u"): 0.3}
    ways = drawn(three, evidence, 4000, 7)
    table = np.array([[0, 1.0, 0.3], [1.0, 0, -0.5], [0.3, -0.5, 0]])
    expected = posterior(table, 0.5).pair_probability()
    for (i, a), (j, b) in itertools.combinations(enumerate("stu"), 2):
        share = np.mean([way[a] == way[b] for way in ways])
        assert share == pytest.approx(expected[i, j], abs=0.03)
    assert drawn(three, evidence, 4000, 7) == ways


def test_whom_people_named_or_told_apart_stays_so():
    known = captures(("a", "Aidar"), ("b", "Bota"), ("s", ""), ("t", ""))
    evidence = {("a", "s"): 6.0, ("b", "s"): 5.0, ("s", "t"): 4.0, ("t", "individual:Aidar"): -30.0}
    for way in drawn(known, evidence, 200, 3):
        assert way["t"] != "Aidar"
        assert set(way) == {"s", "t"}


@given(st.lists(st.text(max_size=6), max_size=8))
def test_names_are_legal_and_stay_apart(names):
    legal = legal_names(names)
    assert set(legal) == set(names)
    assert len({name.lower() for name in legal.values()}) == len(set(names))
    for name in legal.values():
        assert name
        assert all(c.isascii() and (c.isalnum() or c in "_.-") for c in name)


def test_evidence_and_rejections_of_a_catalogue_reach_the_draws(catalogue, noise):
    from reid.exporters.evidence import evidence_of
    from reid.identities import Reject
    from reid.identities.event import Said
    from reid.review import OpenPair

    for number, name in enumerate(("s", "t", "u")):
        catalogue.save_sighting(noise.sighting(name, seed=number + 1))
    catalogue.note_evidence([OpenPair("s", "t", 2.5), OpenPair("t", "u", 1.5)])
    catalogue.decide(Reject("t", "u"), Said("Asel"))
    with snapshot(catalogue, exactness="exact") as survey:
        found = evidence_of(survey)
        captures = histories_of_catalogue(survey)
    assert found["s", "t"] == 2.5
    assert found["t", "u"] == -30
    assert {c.sighting for c in captures} == {"s", "t", "u"}


def histories_of_catalogue(survey):
    return histories_of(survey, ("Panthera pardus",), 1).captures
