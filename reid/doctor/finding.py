"""What a check found, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """``OK``; ``LOOK``: it works, and somebody should know; ``BAD``: it does not."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, what to do (empty when nothing)."""

    what: str
    state: State
    words: str
    do: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(what: str, words: str) -> Finding:
    """All is well."""
    return Finding(what, State.OK, words)


def look(what: str, words: str, do: str) -> Finding:
    """It works, and somebody should know."""
    return Finding(what, State.LOOK, words, do)


def bad(what: str, words: str, do: str) -> Finding:
    """It does not work."""
    return Finding(what, State.BAD, words, do)


def all_of(what: str, check: Check) -> Iterator[Finding]:
    """What a check finds; one that breaks off is a finding too, and the next goes on."""
    try:
        yield from check()
    except Exception as error:  # whatever it is, it is what somebody ill wants to know
        yield bad(what, f"{type(error).__name__}: {error}", "the message says what was expected")
