"""Which picture would settle an open question."""

from __future__ import annotations

from reid.decide.decision import PairCase
from reid.decide.looks import USABLE, best_picture, flanks_shown
from reid.types import Flank, VerdictKind
from reid.types.words import listed

WANTED_PX = 500
"""Length of the animal at which a rosette, a twenty-fifth of it, has about 20 pixels: enough to
tell its shape from its neighbour's."""

STATION = (
    "two cameras facing each other at one station, which show both flanks of one passage, "
    "would bridge such sightings"
)


def would_settle(case: PairCase) -> str:
    """One sentence on the picture that would settle the pair; "" when it is settled."""
    if case.kind in (VerdictKind.SAME, VerdictKind.DIFFERENT):
        return ""
    if case.pair.withheld:
        return (
            f"Sharp pictures of {_either(case)} in front of another background, the animal at "
            f"least {WANTED_PX} px long, would settle it."
        )
    a, b = (flanks_shown(case.pictures(name)) for name in (case.pair.a, case.pair.b))
    if a and b and not a & b:
        return _other_side(case, a, b)
    return _sharper(case, a & b)


def _either(case: PairCase) -> str:
    return f"the animal of {case.pair.a} or of {case.pair.b}"


def _other_side(case: PairCase, a: frozenset[Flank], b: frozenset[Flank]) -> str:
    wanted = [
        f"the {next(iter(b)).value} flank of the animal of {case.pair.a}",
        f"the {next(iter(a)).value} flank of the animal of {case.pair.b}",
    ]
    return (
        f"A sharp picture of {listed(wanted, 'or of')}, at least {WANTED_PX} px long, would "
        f"settle it; {STATION}."
    )


def _sharper(case: PairCase, shared: frozenset[Flank]) -> str:
    name = _weaker(case)
    wanted = f"the animal of {name}" if name else _either(case)
    side = _side(case, name, shared)
    tail = "" if shared or side != "a known" else f"; {STATION}"
    return (
        f"A sharp picture of {side} flank of {wanted}, at least {WANTED_PX} px long, would "
        f"settle it{tail}."
    )


def _side(case: PairCase, name: str | None, shared: frozenset[Flank]) -> str:
    """The flank to photograph: one that the stronger sighting shows."""
    names = [n for n in (case.pair.a, case.pair.b) if n != name]
    strong = flanks_shown([p for n in names for p in case.pictures(n)])
    sides = sorted(flank.value for flank in (shared or strong))
    return f"the {listed(sides, 'or')}" if sides else "a known"


def _weaker(case: PairCase) -> str | None:
    """The sighting whose best picture is bad, if the other's is better."""
    usable = {}
    for name in (case.pair.a, case.pair.b):
        best = best_picture(case.pictures(name))
        known = bool(flanks_shown(case.pictures(name)))
        usable[name] = (best.view.quality.usable if best else 0.0) * (1.0 if known else 0.5)
    worst = min(usable, key=lambda n: usable[n])
    settled = len(set(usable.values())) == 1 or usable[worst] >= USABLE
    return None if settled else worst
