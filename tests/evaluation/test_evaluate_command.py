"""``reid evaluate`` from the table to the report."""

import json

import pytest
from typer.testing import CliRunner

from reid.cli.app import app
from reid.cli.exits import Exit
from training.evaluation import results
from training.evaluation.systems import load

SYSTEM = "lnbnn"


@pytest.fixture
def evaluate(drawn, tmp_path):
    def run(*words):
        return CliRunner().invoke(app, ["evaluate", *map(str, words)], env={"COLUMNS": "200"})

    return run


@pytest.mark.slow
def test_predict_then_report(evaluate, drawn, tmp_path):
    out, cache = tmp_path / "p.npz", tmp_path / "cache"
    told = evaluate(
        "predict", "--data", drawn.root, "--system", SYSTEM, "--out", out, "--cache", cache
    )
    assert told.exit_code == 0, told.output
    assert out.is_file()
    told = evaluate("report", out, "--out", tmp_path / "r", "--replicates", "10")
    assert told.exit_code == 0, told.output
    text = (tmp_path / "r/report.md").read_text()
    assert "| `lnbnn` |" in text
    assert text.strip() in told.stdout
    (values,) = json.loads((tmp_path / "r/figures.json").read_text())
    assert values["figures"]["top-1"][0] > 0.9
    assert str(drawn.root) not in text
    assert {p.name for p in (tmp_path / "r").glob("*.svg")} == {
        f"{drawn.root.name}-leave-one-out-{kind}.svg"
        for kind in ("cmc", "tippett", "reliability", "scores")
    }


@pytest.mark.slow
def test_run_does_both_and_keeps_what_is_there(evaluate, drawn, tmp_path):
    words = ["run", "--data", drawn.root, "--out", tmp_path / "o", "--cache", tmp_path / "c"]
    words += ["--protocol", "leave-one-out", "--protocol", "open-set", "--replicates", "10"]
    words += ["--system", SYSTEM]
    told = evaluate(*words)
    assert told.exit_code == 0, told.output
    files = sorted((tmp_path / "o").glob("*.npz"))
    assert len(files) == 2
    before = [f.stat().st_mtime_ns for f in files]
    assert evaluate(*words).exit_code == 0
    assert [f.stat().st_mtime_ns for f in files] == before
    text = (tmp_path / "o/report.md").read_text()
    assert "**" in text
    assert text.count("leave-one-out.**") == text.count("open-set.**") == 1


@pytest.mark.slow
def test_a_network_that_was_not_fetched_is_left_out_and_named(
    evaluate, drawn, tmp_path, monkeypatch
):
    monkeypatch.setitem(load.SHORT, "lite0", "no-such-bundle")
    words = ["run", "--data", drawn.root, "--out", tmp_path / "o", "--cache", tmp_path / "c"]
    words += ["--system", "lite0", "--system", SYSTEM, "--replicates", "10"]
    told = evaluate(*words)
    assert told.exit_code == 0, told.output
    assert "left out" in told.output
    assert "lite0" in told.output
    assert len(list((tmp_path / "o").glob("*.npz"))) == 1


@pytest.mark.slow
def test_mistakes_are_drawn_from_the_dataset(evaluate, drawn, tmp_path):
    out = tmp_path / "p.npz"
    words = ["predict", "--data", drawn.root, "--system", "lite1@background", "--out", out]
    assert evaluate(*words, "--cache", tmp_path / "c").exit_code == 0
    told = evaluate(
        "report", out, "--out", tmp_path / "r", "--data", drawn.root, "--replicates", 10
    )
    assert told.exit_code == 0, told.output
    assert len(list((tmp_path / "r/mistakes").glob("*.png"))) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["predict", "--data", "{}", "--system", "lnbnn", "--out", "x.csv"], ".npz"),
        (["predict", "--data", "{}", "--system", "a;b", "--out", "x.npz"], "a system is"),
        (["predict", "--data", "{}/no", "--system", "lnbnn", "--out", "x.npz"], "CSV table"),
        (["report", "{}/metadata.csv", "--out", "{}/x"], "reid evaluate predict"),
    ],
)
def test_bad_words_end_with_a_sentence(evaluate, drawn, words, told):
    done = evaluate(*[w.format(drawn.root) for w in words])
    assert done.exit_code == Exit.BAD_INPUT
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_names_are_listed(evaluate):
    told = evaluate("list")
    assert "mirrored-impostors" in told.output
    assert "lite1+lnbnn+rootsift" in told.output


def test_results_names_its_sections_and_writes_one(evaluate, tmp_path, monkeypatch):
    told = evaluate("results", "--data", tmp_path, "--only", "Nonsense", "--out", tmp_path / "r.md")
    assert told.exit_code == Exit.BAD_INPUT
    assert "'Retrieval'" in told.output
    assert not (tmp_path / "r.md").exists()
    monkeypatch.setattr(results, "page", lambda data, workers, only, before: f"{only} {before}")
    (tmp_path / "leopard").mkdir()
    (tmp_path / "r.md").write_text("what stood there")
    words = ["--data", tmp_path, "--only", "Retrieval", "--out", tmp_path / "r.md"]
    assert evaluate("results", *words).exit_code == 0
    assert (tmp_path / "r.md").read_text() == "['Retrieval'] what stood there"
