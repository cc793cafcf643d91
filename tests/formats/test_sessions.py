"""Several sessions, and files of secr read by the rules of secr."""

import csv
import re
import shutil
import subprocess
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reid.errors import InputError
from reid.exporters import Writing, exporter_for
from reid.exporters.histories import seasons_of
from reid.exporters.seasons import Span, read_spans, spans_of
from reid.survey import Deployment, Observation, Survey

DAY = datetime(2018, 11, 1)


def seen(name, who, day, deployment="d1", flank="left"):
    at = DAY + timedelta(days=day, hours=5)
    return Observation(
        name, deployment, "", name, at, at, "event", species="Panthera pardus",
        individual=who, flank=flank,
    )  # fmt: skip


def two_winters():
    """Out in November and December 2018, February 2019, and November 2020, when nobody came."""
    found = Survey()
    times = [("d1", "a b", 0, 50), ("d2", "a/b", 5, 61), ("d3", "a b", 92, 120)]
    times += [("d4", "a/b", 740, 755)]
    for name, station, start, end in times:
        span = DAY + timedelta(days=start), DAY + timedelta(days=end)
        east = 55.0 + 0.1 * (station == "a/b")
        found.add(Deployment(name, station, "", 43.5, east, *span, "c1"))
    sightings = [("s1", "Aidar", 3, "d1"), ("s2", "Aidar", 30, "d2"), ("s3", "Bota", 100, "d3")]
    for one in (*sightings, ("s4", "", 101, "d3"), ("s5", "Aidar", 101, "d3")):
        found.add(seen(*one))
    return found


def test_years_are_sessions_with_their_own_detectors(secr, tmp_path):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    with two_winters() as survey:
        writing = Writing(draws=2, occasion_days=7, session_months=12)
        exporter_for("secr").write(survey, tmp_path, writing)
    traps = [tmp_path / f"traps-{year}.txt" for year in (2018, 2019, 2020)]
    script = (tmp_path / "read-secr.R").read_text()
    occasions = [int(n) for n in re.search(r"occasions <- c\((.*)\)", script)[1].split(",")]
    assert [file.name for file in traps] == re.findall(r'"(traps-.*?)"', script)
    for file in sorted(tmp_path.glob("captures*.txt")):
        found = secr.read_capthist(file, traps, occasions)
        assert list(found) == ["2018", "2019", "2020"]
        assert not found["2020"][0]  # nobody, and the effort is known
    named = secr.read_capthist(tmp_path / "captures.txt", traps, occasions)
    assert set(named["2018"][0]) == {("Aidar", 1, "a_b"), ("Aidar", 5, "a_b.2")}
    assert {animal for animal, _, _ in named["2019"][0]} == {"Aidar", "Bota"}
    assert list(named["2019"][1]) == ["a_b"]  # the other station was not out
    days = [sum(sum(usage) for _, _, usage in traps.values()) for _, traps in named.values()]
    assert days == pytest.approx([50 + 56, 28, 15])


def test_strings_and_camtrapr_by_session(tmp_path):
    with two_winters() as survey:
        writing = Writing(draws=1, occasion_days=30, session_months=12)
        exporter_for("capture-histories").write(survey, tmp_path / "ch", writing)
        exporter_for("camtrapr").write(survey, tmp_path / "ct", writing)
    assert (tmp_path / "ch" / "rmark-2018.inp").read_text() == "/* Aidar */ 110 1;\n"
    assert (tmp_path / "ch" / "rmark-2020.inp").read_text() == ""
    assert (tmp_path / "ch" / "rmark-2019-draw-1.inp").read_text().count("\n") == 3
    with (tmp_path / "ct" / "cameras.csv").open(newline="") as stream:
        cameras = [(r["Station"], r["Session"], r["Setup_date"]) for r in csv.DictReader(stream)]
    assert cameras == [
        ("a b", "2018", "2018-11-01"), ("a b", "2019", "2019-02-01"),
        ("a/b", "2018", "2018-11-06"), ("a/b", "2019", "2019-01-01"),
        ("a/b", "2020", "2020-11-10"),
    ]  # fmt: skip
    assert (tmp_path / "ct" / "operation-2019.csv").is_file()


def test_which_times_are_sessions():
    half_years = spans_of(date(2018, 11, 1), date(2019, 3, 1), 6)
    assert [(one.name, one.first, one.last) for one in half_years] == [
        ("2018-07", date(2018, 11, 1), date(2018, 12, 31)),
        ("2019-01", date(2019, 1, 1), date(2019, 3, 1)),
    ]
    told = (Span("wet", date(2018, 12, 2), date(2018, 12, 5)),)
    assert spans_of(date(2018, 11, 1), date(2019, 3, 1), 0, told) == list(told)
    with two_winters() as survey:
        found = seasons_of(survey, Writing(sessions=told))
        assert found.parts[0].captures == ()
        assert any("between sessions" in note for note in found.notes)
        dry = (Span("dry", date(2019, 6, 1), date(2019, 7, 1)),)
        with pytest.raises(InputError, match="expected one in which a camera was out"):
            seasons_of(survey, Writing(sessions=dry))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("name,start\na,2018-01-01", "columns name, start, end"),
        ("name,start,end\na,1.1.2018,2018-02-01", "row 2, column start: expected a day such as"),
        ("name,start,end\na,2018-03-01,2018-02-01", "row 2: expected an end after the start"),
        ("name,start,end\n,2018-01-01,2018-02-01", "row 2, column name: expected a name"),
        (
            "name,start,end\na,2018-01-01,2018-02-01\nb,2018-02-01,2018-03-01",
            "expected sessions apart, found a in b",
        ),
    ],
)
def test_tables_of_sessions_that_are_none(tmp_path, rows, told):
    file = tmp_path / "sessions.csv"
    file.write_text(rows)
    with pytest.raises(InputError, match=re.escape(told)):
        read_spans(file)


def test_sessions_from_a_table(tmp_path):
    file = tmp_path / "sessions.csv"
    file.write_text(
        "name,start,end\nwinter 1,2018-11-01,2018-12-31\nwinter 2,2019-01-01,2019-03-01"
    )
    assert [one.name for one in read_spans(file)] == ["winter 1", "winter 2"]


PLACE = st.sampled_from(["a b", "a/b", "A b"])


@st.composite
def surveys(draw):
    """Deployments of stations with like names, and sightings while a camera was out."""
    out = draw(
        st.lists(st.tuples(PLACE, st.integers(0, 60), st.integers(1, 40)), min_size=1, max_size=4)
    )
    when = st.tuples(st.integers(0, len(out) - 1), st.floats(0, 0.95))
    who = st.sampled_from(["", "Aidar", "aidar", "Bo ta", "NONE"])
    return out, draw(st.lists(st.tuples(who, when), max_size=6))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(surveys(), st.sampled_from([1, 3, 7]), st.sampled_from([0, 1, 12]))
def test_secr_takes_whatever_is_written(secr, tmp_path, drawn, days, months):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    out, sightings = drawn
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    with Survey() as survey:
        for k, (station, start, length) in enumerate(out):
            span = DAY + timedelta(days=start), DAY + timedelta(days=start + length)
            east = 55.0 + 0.1 * ["a b", "a/b", "A b"].index(station)
            survey.add(Deployment(f"d{k}", station, "", 43.5, east, *span))
        for k, (who, (deployment, share)) in enumerate(sightings):
            _, start, length = out[deployment]
            at = DAY + timedelta(days=start + share * length)
            survey.add(
                Observation(
                    f"o{k}", f"d{deployment}", "", f"e{k}", at, at, "event",
                    species="Panthera pardus", individual=who,
                )
            )  # fmt: skip
        writing = Writing(draws=1, occasion_days=days, session_months=months)
        exporter_for("secr").write(survey, tmp_path / "out", writing)
        parts = seasons_of(survey, writing).parts
    traps = sorted((tmp_path / "out").glob("traps*.txt"))
    occasions = [part.occasions for part in parts]
    for name, wanted in (("captures", "named"), ("captures-draw-1", "")):
        found = secr.read_capthist(tmp_path / "out" / f"{name}.txt", traps, occasions)
        kept = sum(counts.total() for counts, _ in found.values())
        assert kept == sum(bool(who) or not wanted for who, _ in sightings)


def test_base_r_reads_the_files_as_secr_would(tmp_path):
    """read.table and count.fields are what read.capthist and read.traps call."""
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    with two_winters() as survey:
        exporter_for("secr").write(survey, tmp_path, Writing(session_months=12))
    told = subprocess.run(
        [rscript, "--vanilla", "-e", R, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["2018", "2019", "2020", "TRUE", "Aidar", "Bota", "NONE"]


R = """
folder <- commandArgs(TRUE)[1]
told <- list(sep = "", comment.char = "#", as.is = TRUE)
captures <- do.call(read.table, c(file.path(folder, "captures.txt"), told,
  list(colClasses = c("character", "character", NA, "character"))))
sessions <- sort(unique(captures[[1]]))
traps <- lapply(sessions, function(s) do.call(read.table,
  c(file.path(folder, paste0("traps-", s, ".txt")), told, list(row.names = 1))))
known <- mapply(function(s, t) all(captures[captures[[1]] == s, 4] %in% row.names(t)),
  sessions, traps)
invisible(parse(file.path(folder, "read-secr.R")))
cat(sessions, all(known) && is.integer(captures[[3]]), sort(unique(captures[[2]])))
"""
