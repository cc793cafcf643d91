"""The soak itself: its judge finds what is broken, its pages keep what they had, and it runs."""

import pytest

from reid.pipeline import Library
from reid.types import Flank, Sighting, SightingMedia
from training.soak import accidents
from training.soak.checks import check_all
from training.soak.crowd import crowd
from training.soak.database import Missing
from training.soak.kills import kill_often
from training.soak.ledger import Ledger, Sent
from training.soak.light import light_engine
from training.soak.media import upload
from training.soak.memory import MIB, Sample, slope
from training.soak.section import parts_of, split, write
from training.soak.telling import told_crowd


@pytest.fixture
def told(tmp_path):
    """A catalogue with an upload and a decision, and the ledger of both."""
    sent, ledger = upload("one", 1), Ledger()
    media = tuple(SightingMedia(n, c, "A", Flank.LEFT) for n, c in sent.files.items())
    with Library.open(light_engine(), tmp_path / "data") as library:
        library.add(Sighting("one", media))
        ledger.uploaded(sent.sent(), "request")
        ledger.requests.clear()  # nothing was asked over HTTP
        yield library.catalogue, ledger


def broken(catalogue, ledger, commits):
    return {check.name for check in check_all(catalogue, ledger, commits) if check.wrong}


def test_the_judge_finds_nothing_where_nothing_is_wrong(told, tmp_path):
    assert broken(*told, tmp_path / "none") == set()


def test_the_judge_finds_what_was_lost(told, tmp_path):
    catalogue, ledger = told
    ledger.uploads["two"] = Sent("two", {})
    ledger.uploads["one"] = Sent("one", {"SYNTHETIC-0.jpg": "0" * 64})
    ledger.decided["a word"] = 7
    ledger.requests["never logged"] = "POST /v1/sightings"
    commits = tmp_path / "commits.log"
    commits.write_text('["job", "matching", 1]\n' * 2)
    assert broken(catalogue, ledger, commits) == {
        "acknowledged uploads whole",
        "acknowledged decisions",
        "audit entries",
        "job items committed once",
    }


def test_the_judge_finds_half_a_file(told, tmp_path):
    catalogue, ledger = told
    (sha256,) = catalogue.media.placed_files()
    catalogue.media.path(sha256).write_bytes(b"half")
    assert "media files whole" in broken(catalogue, ledger, tmp_path / "none")


def test_a_part_is_written_and_the_others_stay(tmp_path):
    page = tmp_path / "results.md"
    page.write_text("# Results\n\n## Retrieval\n\nx\n\n## What these figures do not show\n\n- y\n")
    write(page, "Kills", "| 1 |")
    write(page, "A crowd", "| 2 |")
    write(page, "Kills", "| 3 |")
    head, section, tail = split(page.read_text())
    parts = parts_of(section)
    assert list(parts) == ["Kills", "A crowd"]
    assert parts["Kills"].endswith("| 3 |")
    assert parts["A crowd"].endswith("| 2 |")
    assert head.endswith("x\n\n")
    assert tail == "\n## What these figures do not show\n\n- y\n"


def test_memory_that_grows_is_told_from_memory_that_does_not():
    def held(an_hour):
        return [
            Sample(5.0 * k, int((500 + an_hour * k / 720 + (k % 7)) * MIB), k) for k in range(360)
        ]

    flat, grown = slope(held(0)), slope(held(100))
    assert flat.low < 0 < flat.high
    assert grown.low < 100 < grown.high
    assert grown.low > 50
    assert slope(held(0)[:9]) is None


@pytest.mark.slow
@pytest.mark.parametrize("server", [False, True], ids=["sqlite", "postgresql"])
def test_kills_lose_nothing(server):
    try:
        killed = kill_often(6, seed=11, server=server)
    except Missing as reason:
        pytest.skip(str(reason))
    assert killed.broken == []
    assert killed.kills.total() >= 6
    assert killed.ledger.uploads


@pytest.mark.slow
@pytest.mark.parametrize("accident", accidents.ACCIDENTS, ids=lambda one: one.__name__)
def test_accidents_are_told_and_survived(accident):
    found = accidents.happen(accident)
    if found.skipped:
        pytest.skip(found.skipped)
    assert found.broken == []
    assert found.recovered_s is not None


def test_what_is_not_on_this_machine_is_said(monkeypatch):
    monkeypatch.setattr("training.soak.database.WHEEL", "no_such_wheel")
    monkeypatch.setattr("training.soak.database.DEBIAN", "nowhere")
    assert "PostgreSQL" in accidents.happen(accidents.lost_database).skipped


@pytest.mark.slow
def test_a_small_crowd_that_sends_nothing_new():
    seen = crowd(4, 0.2, seed=1, light=True, still=True)
    assert seen.broken == []
    assert not seen.statuses["upload"]
    assert seen.statuses["read"][200]
    assert {sample.uploads for sample in seen.memory} == {0}
    told = told_crowd(seen)
    assert "| read |" in told
    assert "| upload |" not in told
