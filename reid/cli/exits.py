"""What the exit status of ``reid`` means."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses; ``reid.errors`` carries 2 to 4 on its exceptions."""

    ANSWERED = 0
    FAILED = 1
    BAD_INPUT = 2
    WEIGHTS = 3
    CATALOGUE = 4
    REJECTED = 5
    UNWELL = 6
    INTERRUPTED = 130


MEANINGS = {
    Exit.ANSWERED: "answered (an inconclusive answer is an answer)",
    Exit.FAILED: "an error inside reid: please report it",
    Exit.BAD_INPUT: "the input or an option cannot be used",
    Exit.WEIGHTS: "weights are missing or altered",
    Exit.CATALOGUE: "the catalogue or its index refused, or the disk is full",
    Exit.REJECTED: "answered, but some files were rejected",
    Exit.UNWELL: "the doctor found something that does not work",
    Exit.INTERRUPTED: "interrupted",
}


def exits_text() -> str:
    """The table of exit statuses as one paragraph a line."""
    lines = [f"{status.value}: {meaning}" for status, meaning in MEANINGS.items()]
    return "\n\n".join(["Exit status:", *lines])
