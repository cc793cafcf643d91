"""``make demo`` from end to end, as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_demonstration_runs_and_is_not_wrong(tmp_path):
    out = tmp_path / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "training.demo", "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "140"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "SYNTHETIC" in done.stdout
    assert "No answer contradicts the known truth" in done.stdout
    assert all(f"Submitted {name}" in done.stdout for name in ("september", "stranger"))
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "synthetic" in report.lower()
    assert "18.6" in report
    assert not list(out.glob("service-*"))
    assert json.dumps(str(out / "report.html")).strip('"') in done.stdout
