"""Sections of docs/retraining.md that commands write; everything between them is a person's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from training.evaluation.results import commit

PAGE = Path(__file__).resolve().parents[2] / "docs" / "retraining.md"
BEFORE = "Licences"
"""A section that is not there yet is put before this one."""
_TITLE = re.compile(r"^(?=## )", re.MULTILINE)


def write_section(page: Path, title: str, command: str, body: str) -> None:
    """Write a section anew, where it stands; others stay as they are."""
    made = f"Written by `{command}`, {datetime.now(UTC):%Y-%m-%d}, commit {commit()}."
    text = f"## {title}\n\n{made}\n\n{body.strip()}\n\n"
    page.write_text(replaced(page.read_text(encoding="utf-8"), title, text), encoding="utf-8")


def replaced(page: str, title: str, text: str) -> str:
    """The page with one section as ``text``."""
    pieces = _TITLE.split(page)
    names = [piece.partition("\n")[0].removeprefix("## ") for piece in pieces]
    if title in names:
        pieces[names.index(title)] = text
    else:
        place = names.index(BEFORE) if BEFORE in names else len(pieces)
        pieces.insert(place, text)
    return "".join(pieces).rstrip() + "\n"
