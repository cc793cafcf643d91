"""The guide's example runs and its picture is small and labelled."""

import re
from pathlib import Path

import pytest

from training.synthetic.family import Family

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
def test_the_examples_run():
    text = (DOCS / "synthetic.md").read_text(encoding="utf-8")
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(block, "synthetic.md", "exec"), names)
    assert len(names["true"]) == 200
    assert names["jpeg"].startswith(b"\xff\xd8")
    assert names["crop"].mask.any()


def test_every_family_is_explained():
    text = (DOCS / "synthetic.md").read_text(encoding="utf-8")
    assert all(f"| `{family}` |" in text for family in Family)


def test_the_sheet_is_small():
    assert (DOCS / "synthetic-sheet.jpg").stat().st_size < 300_000
