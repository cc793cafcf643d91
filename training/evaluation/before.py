"""What ships now beside what shipped before anything was trained: the same questions to both."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from reid.errors import InputError
from training.evaluation.tables import table
from training.synthetic.sightings import demo_sightings

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "bd2cce8"
"""Frozen EfficientNet-Lite1, hand-made features, one route, the first calibration."""
PAIRS, SIGHTINGS = "Leopards, pair by pair", "Sightings made of these frames"
COMMAND = "from reid.cli import main; main()"
WORDS = f"""The code of commit {BEFORE} (frozen EfficientNet-Lite1 alone, candidates by its index,
the first calibration) and today's, each in a process of its own, on the same photographs and on the
demo's pictures as they are rendered today. *Called "same"* and *called "different"*: one picture
against one. Before, one flank could say "different" at 1 %; what was measured since of true pairs
that show no match forbids it ("True matches that are not found"). How either finds candidates in a
catalogue is under "Retrieval": `lite1` before, `rosette-words` and `lnbnn` together now."""
ROWS = {
    "AUC of the calibrated llr": r"\| calibrated llr \| ([\d.]+)",
    "same pairs above every different pair": r"\| calibrated llr \| [\d.]+ \| ([\d.]+ %)",
    'wrong "same"': r"\| pair of pictures \| (\d+ of \d+)",
    'wrong "different"': r"\| pair of pictures \| [^|]+\| (\d+ of \d+)",
    'same pairs called "same"': r"\| pair of pictures \|[^|]+\|[^|]+\| ([\d.]+ %)",
    'different pairs called "different"': r"\| pair of pictures \|(?:[^|]+\|){3} ([\d.]+ %)",
    "Cllr": r"Cllr ([\d.]+)",
    "Cllr-min": r"Cllr-min ([\d.]+)",
}
_VERDICT = re.compile(
    r"^\| (?P<pair>[^|]+ / [^|]+) \| (?P<kind>[a-z ]+) \| (?P<p>[\d.]+|-) \|", re.M
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one version answers: a figure by its name, (verdict, probability) by its pair."""

    figures: Mapping[str, str]
    frames: Mapping[str, str]
    demo: Mapping[str, str]


def before_report(data: Path) -> str:
    """Three tables with a column for each of both versions.

    Raises:
        InputError: the former code is not at hand, or a version does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="before-") as folder:
        place = Path(folder)
        old = _unpacked(place / "old")
        demo = demo_sightings(place / "demo")
        sides = [_asked(tree, data, demo, place / f"{k}.md") for k, tree in enumerate((old, ROOT))]
    parts = [_columns("leopards, pair by pair", [s.figures for s in sides])]
    parts += [_columns("sightings of leopard frames", [s.frames for s in sides])]
    parts += [_columns("the demo's synthetic sightings", [s.demo for s in sides])]
    return "\n\n".join(parts)


def _columns(head: str, sides: Sequence[Mapping[str, str]]) -> str:
    names = dict.fromkeys(name for side in sides for name in side)
    rows = [(name, *(side.get(name, "-") for side in sides)) for name in names]
    return table((head, f"before ({BEFORE})", "now"), rows)


def _unpacked(folder: Path) -> Path:
    """The former code with today's third-party weights, which are the same files."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "archive", BEFORE], capture_output=True, check=False
    )
    if done.returncode:
        raise InputError(
            f"commit {BEFORE}: expected it in the history of {ROOT.name}, found "
            f"{done.stderr.decode().strip()!r}; fetch the whole history"
        )
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    shutil.copytree(ROOT / "weights/third_party", folder / "weights/third_party")
    return folder


def _asked(tree: Path, data: Path, demo: Path, page: Path) -> Said:
    wanted = ("--workers", "1", "--only", PAIRS, SIGHTINGS)
    module = (
        "-m",
        "training.evaluation.results",
        "--data",
        str(data.resolve()),
        "--out",
        str(page),
    )
    _run(tree, *module, *wanted)
    text = page.read_text(encoding="utf-8")
    answer = json.loads(_run(tree, "-c", COMMAND, "compare", str(demo), "--json"))
    asked = {
        f"{v['a']} / {v['b']}": _words(v["verdict"], v["probability"]) for v in answer["verdicts"]
    }
    return Said(figures_in(text), verdicts_in(text), asked)


def _run(tree: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=tree, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError(f"{words[-1]}: expected an answer, found {done.stderr.strip()[-300:]!r}")
    return done.stdout


def figures_in(page: str) -> dict[str, str]:
    """The figures of `ROWS` in the section on leopards of a page of results.

    Raises:
        InputError: one is not there.
    """
    _, _, section = page.partition(f"## {PAIRS}\n")
    section = section.partition("\n## ")[0]
    found = {name: re.search(pattern, section) for name, pattern in ROWS.items()}
    if missing := [name for name, match in found.items() if match is None]:
        raise InputError(f"results: expected {missing[0]} in {PAIRS!r}, found none")
    return {name: match[1] for name, match in found.items() if match}


def verdicts_in(page: str) -> dict[str, str]:
    """Verdict and probability by pair in the section on sightings of frames."""
    _, _, section = page.partition(f"## {SIGHTINGS}\n")
    section = section.partition("\n## ")[0]
    return {m["pair"]: _words(m["kind"], m["p"]) for m in _VERDICT.finditer(section)}


def _words(kind: str, probability: float | str | None) -> str:
    if probability in (None, "-"):
        return kind
    return f"{kind} ({float(probability):.4f})"
