"""The guide's example runs and its picture is small and labelled."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_example_runs():
    text = (DOCS / "synthetic.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict = {}
    exec(compile(block.group(1), "synthetic.md", "exec"), names)
    assert len(names["true"]) == 200
    assert names["jpeg"].startswith(b"\xff\xd8")


def test_the_sheet_is_small():
    assert (DOCS / "synthetic-sheet.jpg").stat().st_size < 300_000
