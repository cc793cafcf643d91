"""The section "Reliability" of docs/results.md: a part is written, the others stay as they are."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "results.md"
TITLE = "Reliability"
WORDS = """`make soak` measures it, each part by itself; [reliability.md](reliability.md) says what
is promised. A promise that was broken stands in the tables; none is left out."""
BEFORE = "\n## What these figures do not show\n"
_PART, _NEXT = "\n### ", "\n## "


def write(page: Path, title: str, text: str) -> None:
    """Put a part of the section into the page, in the place of what was there of this title."""
    before = page.read_text(encoding="utf-8") if page.exists() else "# Results\n"
    head, section, tail = split(before)
    parts = parts_of(section)
    made = f"Measured {datetime.now(UTC):%Y-%m-%d}, commit {commit()}."
    parts[title] = f"{made}\n\n{text.strip()}"
    body = "\n\n".join(f"### {name}\n\n{words}" for name, words in parts.items())
    page.write_text(f"{head}## {TITLE}\n\n{WORDS}\n\n{body}\n{tail}", encoding="utf-8")


def split(page: str) -> tuple[str, str, str]:
    """What stands before the section, the section without its title, what stands behind it."""
    head, found, rest = page.partition(f"## {TITLE}\n")
    if found:
        section, following, tail = rest.partition(_NEXT)
        return head, section, following + tail
    head, following, tail = page.partition(BEFORE)
    return f"{head.rstrip()}\n\n", "", following + tail


def parts_of(section: str) -> dict[str, str]:
    """The parts of the section by title, in their order."""
    pieces = section.split(_PART)[1:]
    named = (piece.partition("\n") for piece in pieces)
    return {title.strip(): words.strip() for title, _, words in named}


def commit() -> str:
    """The commit, and whether code differs from it."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "reid", "service")
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" * bool(changed))


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
