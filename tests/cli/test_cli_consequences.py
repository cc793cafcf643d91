"""``reid consequences`` on a catalogue that was asked nothing, and what it refuses."""

import json

import pytest

from reid.catalogue import Catalogue


@pytest.fixture
def empty(tmp_path):
    Catalogue.open(tmp_path / "data").close()
    return tmp_path / "data"


@pytest.fixture
def asked(reid, empty):
    return lambda *words: reid("consequences", *words, "--data-dir", empty)


@pytest.mark.slow
def test_where_nothing_was_answered_nothing_changes(asked, tmp_path):
    report = tmp_path / "changes.html"
    found = asked("rosette-words", "--report", report, "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["schema"] == "leopard-reid/consequences/1"
    assert (told["changes"], told["counts"]["verdicts"]) == ([], 0)
    assert "There is no stored answer to give again." in report.read_text(encoding="utf-8")


def test_it_can_be_left_to_a_worker_and_is_one_job(asked):
    first = json.loads(asked("rosette-words", "--queue", "--json").stdout)
    again = json.loads(asked("rosette-words", "--queue", "--json").stdout)
    assert first == again
    assert first["state"] == "queued"


def test_a_bundle_that_is_not_there_is_told_with_those_that_are(asked):
    found = asked("nobody-made-this", "--queue")
    assert found.exit_code == 3
    assert "rosette-words" in found.output
