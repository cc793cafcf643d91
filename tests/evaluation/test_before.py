"""Both versions' answers are read from the pages that they write."""

import subprocess

import pytest

from reid.errors import InputError
from training.evaluation import before
from training.evaluation.before import PAIRS, ROOT, ROWS, SIGHTINGS, figures_in, verdicts_in

PAGE = (ROOT / "docs/results.md").read_text(encoding="utf-8")


def test_every_figure_is_found_in_the_page_that_stands():
    found = figures_in(PAGE)
    assert list(found) == list(ROWS)
    assert 0.5 < float(found["AUC of the calibrated llr"]) <= 1
    assert float(found["Cllr-min"]) <= float(found["Cllr"])
    assert found['wrong "same"'].split(" of ")[0].isdecimal()


def test_verdicts_are_found_with_their_probability():
    found = verdicts_in(PAGE)
    assert "day / night" in found
    assert all(words.split(" (")[0] in before_words() for words in found.values())


def before_words():
    return {"same", "different", "inconclusive", "not comparable"}


def test_a_verdict_without_probability_is_a_verdict():
    page = f"## {SIGHTINGS}\n\n| a / b | not comparable | - | 0.0 | left, right |\n"
    assert verdicts_in(page) == {"a / b": "not comparable"}


def test_a_page_without_the_section_is_named():
    with pytest.raises(InputError, match="AUC of the calibrated llr"):
        figures_in(f"## {PAIRS}\n\nNot measured yet.\n")


def test_history_that_is_not_at_hand_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(before, "BEFORE", "0" * 40)
    with pytest.raises(InputError, match="fetch the whole history"):
        before._unpacked(tmp_path / "old")


def test_the_former_code_is_taken_from_the_history(tmp_path, monkeypatch):
    known = ["git", "-C", str(ROOT), "cat-file", "-e", before.BEFORE]
    if subprocess.run(known, check=False, capture_output=True).returncode:
        pytest.skip("the former commit is not in this clone's history")
    monkeypatch.setattr(before.shutil, "copytree", lambda source, target: None)
    tree = before._unpacked(tmp_path / "old")
    assert (tree / "reid/pipeline").is_dir()
    assert not (tree / "reid/batch").exists()
