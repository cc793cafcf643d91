"""Capture histories, effort, and identity that is not sure."""

import csv
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.errors import InputError
from reid.exporters import Writing, exporter_for, snapshot
from reid.exporters.histories import histories_of
from reid.exporters.legal import legal_names
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


def rows_of(file):
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_camtrapr_tables(survey, tmp_path):
    exporter_for("camtrapr").write(survey, tmp_path, Writing())
    records = rows_of(tmp_path / "records.csv")
    assert records[0]["DateTimeOriginal"] == "2018-09-01 01:00:00"
    assert {row["Individual"] for row in records} == {"Aidar", "Bota", "Dina", "unidentified"}
    assert {row["Species"] for row in records} == {"Panthera pardus"}
    cameras = rows_of(tmp_path / "cameras.csv")
    keys = [(row["Station"], row["Camera"], row["Session"]) for row in cameras]
    assert keys == [("Jar 1", "d1", "1"), ("Jar 1", "d1b", "1"), ("Jar/1", "d2", "1")]
    assert (cameras[2]["Setup_date"], cameras[2]["Retrieval_date"]) == ("2018-09-02", "2018-09-04")
    # whoever saw an animal has to be in the table of cameras
    assert {(r["Station"], r["Camera"]) for r in records} <= {k[:2] for k in keys}
    (jar, other) = rows_of(tmp_path / "operation.csv")
    assert [jar[f"2018-09-0{day}"] for day in (1, 6, 7)] == ["1", "1", ""]
    assert [other[f"2018-09-0{day}"] for day in (1, 2, 3, 4)] == ["", "1", "1", ""]


def test_a_camera_that_was_out_twice_is_one_row_with_a_problem_between(tmp_path):
    with Survey() as found:
        for name, start, end in (("a", 0, 4), ("b", 10, 12), ("c", 12, 20)):
            span = DAY + timedelta(days=start), DAY + timedelta(days=end)
            found.add(Deployment(name, "north", "", 43.5, 55.0, *span, "c1"))
        exporter_for("camtrapr").write(found, tmp_path, Writing())
        (camera,) = rows_of(tmp_path / "cameras.csv")
    assert (camera["Setup_date"], camera["Retrieval_date"]) == ("2018-09-01", "2018-09-21")
    assert (camera["Problem1_from"], camera["Problem1_to"]) == ("2018-09-06", "2018-09-10")
    (effort,) = rows_of(tmp_path / "operation.csv")
    assert [effort[f"2018-09-{day:02}"] for day in (4, 5, 10, 11)] == ["1", "0", "0", "1"]


def test_no_effort_without_deployments_and_no_station_at_two_places():
    with Survey() as found:
        found.add(seen("s1", "Aidar", 0))
        with pytest.raises(InputError, match="need deployments"):
            histories_of(found, ("Panthera pardus",), 1)
        found.add(Deployment("d1", "x", "", 43.5, 55.0, DAY, DAY))
        found.add(Deployment("d2", "x", "", 43.6, 55.0, DAY, DAY))
        with pytest.raises(InputError, match="expected one position"):
            histories_of(found, ("Panthera pardus",), 1)


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


def test_a_catalogue_tells_how_many_and_never_one_number(catalogue, noise):
    from reid.abundance import sentences
    from reid.pipeline.counting import how_many
    from reid.review import OpenPair

    for number, name in enumerate(("september", "november", "december")):
        catalogue.save_sighting(noise.sighting(name, seed=number + 1))
    nothing = how_many(catalogue, Writing())
    assert sentences(nothing)[0] == "At least one leopard; at most three."
    pairs = [OpenPair("november", "september", 5.0), OpenPair("december", "november", 5.0)]
    catalogue.note_evidence([*pairs, OpenPair("december", "september", 5.0)])
    found = how_many(catalogue, Writing())
    assert sentences(found)[0] == "At least one and probably one leopard; at most three."
    assert found == how_many(catalogue, Writing())
