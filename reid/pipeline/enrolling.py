"""Saying who a sighting is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reid.catalogue import Catalogue
from reid.errors import InputError
from reid.pipeline.answers import Enrolment
from reid.pipeline.usable import SEVERAL, crowded

LOUD = ("not-a-leopard", "no-animal", SEVERAL)
"""Flags that stop an enrolment until a person accepts them."""


def enrol(
    catalogue: Catalogue,
    sighting_id: str,
    individual: str,
    *,
    by: str,
    why: str = "",
    accept_flags: bool = False,
    shown: Mapping[str, Any] | None = None,
) -> Enrolment:
    """Write down that a sighting shows an individual; ``shown`` is what the person looked at.

    Raises:
        InputError: its pictures carry loud flags and ``accept_flags`` is false.
    """
    flags = _loud_flags(catalogue, sighting_id)
    if flags and not accept_flags:
        raise InputError(
            f"sighting {sighting_id} is flagged {', '.join(flags)}: it may show no leopard, or "
            "several. Look at its pictures; if you are sure, enrol again and accept the flags"
        )
    event, appended = catalogue.enrol(sighting_id, individual, by=by, why=why, shown=shown)
    return Enrolment(event, appended, flags)


def _loud_flags(catalogue: Catalogue, sighting_id: str) -> tuple[str, ...]:
    animals = catalogue.load_prepared(sighting_id)
    if not animals:
        return ("no-animal",)
    # Two boxes that a user drew in one picture carry no flag: each of them is meant.
    several = {SEVERAL} if crowded(animals) else set()
    return tuple(sorted({f for a in animals for f in a.annotation.flags if f in LOUD} | several))
