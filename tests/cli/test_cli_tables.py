"""What people read: golden, with hostile names, and the same numbers as the JSON."""

import io
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from rich.console import Console

from reid.cli.comparison_tables import comparison_tables
from reid.cli.console import printable, say, working
from reid.cli.identification import identification_json, identification_tables
from reid.pipeline.proposing import RouteUsed
from reid.types import Grouping

GOLDEN = Path(__file__).with_name("comparison.golden.txt")


def text_of(parts, width=100):
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False)
    for part in parts:
        console.print(part)
    return out.getvalue()


def test_a_comparison_in_tables(comparison):
    """Renew by deleting the golden file and running the test twice."""
    told = text_of(comparison_tables(comparison))
    told = "\n".join(line.rstrip() for line in told.splitlines()) + "\n"
    if not GOLDEN.exists():
        GOLDEN.write_text(told, encoding="utf-8")
        raise AssertionError(f"{GOLDEN.name} was missing and has been written: read it")
    assert told == GOLDEN.read_text(encoding="utf-8")


def test_tables_fit_narrow_terminals(comparison):
    lines = text_of(comparison_tables(comparison), width=60).splitlines()
    assert max(map(len, lines)) <= 60


def test_verdicts_are_coloured_and_in_words(comparison):
    out = io.StringIO()
    console = Console(file=out, width=100, color_system="standard", force_terminal=True)
    for part in comparison_tables(comparison):
        console.print(part)
    assert "\x1b[1;32mSAME" in out.getvalue()
    assert "\x1b[33mINCONCLUSIVE" in out.getvalue()


def test_names_are_never_markup_nor_control_codes(comparison):
    hostile = replace(comparison, rejected=(("[red]dec", "\x1b[2Jx.jpg", "why\r"),))
    told = text_of(comparison_tables(hostile))
    assert "[red]dec" in told
    assert "\x1b" not in told
    assert printable("a\x1bb\udce9") == "a�b�"


def test_a_note_is_one_line(capsys):
    say("pip ended with status 1. It said:\n  ERROR: no\r\n\nhash \x1b[2J\n")
    assert capsys.readouterr().err == (
        "reid: pip ended with status 1. It said: | ERROR: no | hash �[2J\n"
    )


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("possible, which is no evidence", "possible, which is no evidence"),
        ("at one station", "possible: at one station"),
        ("", "possible"),
    ],
)
def test_a_journey_says_its_status_once(comparison, note, told):
    check = replace(comparison.journeys[0], note=note)
    text = text_of(comparison_tables(replace(comparison, journeys=(check,))))
    assert text.count("possible") == 1
    assert told in text


def test_many_groupings_are_added_up(comparison):
    names = tuple("abcdefgh")
    many = tuple(Grouping(((name,),), 0.125) for name in names)
    assert "2 other groupings together" in text_of(
        comparison_tables(replace(comparison, groupings=many))
    )


@dataclass(frozen=True)
class Candidate:
    individual: str | None
    sighting_ids: tuple[str, ...]
    llr: float
    probability: float | None
    retrieval_rank: int | None = 1
    reasons: tuple[str, ...] = ()
    ranks: dict[str, int] = field(default_factory=lambda: {"embedding": 4, "votes": 1})


@dataclass(frozen=True)
class Answer:
    kind: str
    individual: str | None = None
    probability: float | None = None
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ("Because.",)
    would_settle: str = ""
    searched: int = 12
    proposed: int = 9
    verified: int = 5
    routes: tuple[RouteUsed, ...] = (
        RouteUsed("embedding", 12, 9),
        RouteUsed("votes", 0, 0, "no features"),
    )
    comparison: object = None
    provenance: object = None
    sighting_id: str = "dec"
    id: str = "0123456789abcdef"


def test_an_identification_in_words():
    sure = Answer("individual", "Aidar", 0.9995, (Candidate("Aidar", ("nov",), 7.5, 0.9995),))
    told = " ".join(text_of(identification_tables(sure)).split())
    assert "dec: is Aidar (probability more than 99.9 %)" in told
    assert "about 1,800 times more likely if they are one animal" in told
    assert "Aidar came 4. by embedding and 1. by votes" in told
    assert "5 of 9 proposed sightings were looked at; without a match among the others" in told
    assert "votes: no features" in told
    assert "new individual" in text_of(identification_tables(Answer("new", probability=0.99)))
    assert "cannot tell" in text_of(identification_tables(Answer("inconclusive")))
    assert "cannot be compared" in text_of(identification_tables(Answer("not comparable")))


def test_an_identification_as_json(comparison):
    answer = Answer("new", comparison=comparison, provenance={"at": comparison.created_at})
    told = identification_json(answer)
    assert told["kind"] == "new"
    assert (told["proposed"], told["verified"]) == (9, 5)
    assert told["routes"][1] == {"name": "votes", "searched": 0, "ranked": 0, "note": "no features"}
    assert told["comparison"]["id"] == "c0ffee"
    assert told["provenance"] == {"at": "2026-01-02T00:00:00+00:00"}


def test_bars_are_drawn_on_terminals_only_and_on_stderr(monkeypatch, capsys):
    monkeypatch.delenv("NO_COLOR", raising=False)
    with working() as told:
        told("preparing", 1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with working() as told:
        told("preparing [x]", 1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert "preparing [x]" in err
    assert "1/2" in err
