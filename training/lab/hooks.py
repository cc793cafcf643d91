"""Who hears of long work, and who may stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Told = Callable[[str, int, int], None]
Point = Callable[[dict[str, float]], None]


def unheard(*_: object) -> None:
    """Nobody hears."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """``told`` (stage, done, of), ``point`` a line of a curve; ``check`` may raise to stop it."""

    told: Told = unheard
    point: Point = unheard
    check: Callable[[], None] = unheard
