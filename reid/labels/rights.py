"""What a licence lets weights be: learnt at all, and under which licence of their own. Pure.

Creative Commons' own table says which of its licences an adaptation may mix
(https://creativecommons.org/faq, "Can I combine material under different Creative Commons
licenses?"); weights are treated as an adaptation, which is the careful reading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import Enum

from reid.catalogue.labelled import Labelled
from reid.errors import InputError
from reid.types.licences import together

OWN_LICENCE = "LicenseRef-own-pictures"
"""Of pictures about which nobody said more: their owner's, not to be passed on without asking."""
FREE = frozenset(
    {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0", "CC-PDDC", "PDDL-1.0"}
    | {"ODC-By-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "etalab-2.0", "Unlicense"}
)
"""They let what is derived carry Apache-2.0; so does every CC-BY."""
SHARE_ALIKE = frozenset({"ODbL-1.0", "CDLA-Sharing-1.0"})
_CREATIVE = re.compile(r"(CC-BY(-NC)?(-SA|-ND)?)-(\d+\.\d+)(?:-\w+)?")


class Terms(Enum):
    """What one licence asks of what is learnt from it, least first."""

    FREE = 0
    OWN = 1
    """Its owner trains, and says who may have the weights."""
    NONCOMMERCIAL = 2
    ITSELF = 3
    """Share-alike."""
    UNKNOWN = 4
    FORBIDDEN = 5
    """No derivatives."""


def terms_of(licence: str, ours: Collection[str] = ()) -> Terms:
    """Of one SPDX identifier; ``ours`` are the trainer's own words."""
    told = _CREATIVE.fullmatch(licence)
    if told is None:
        if licence in FREE:
            return Terms.FREE
        if licence == OWN_LICENCE or licence in ours:
            return Terms.OWN
        return Terms.ITSELF if licence in SHARE_ALIKE else Terms.UNKNOWN
    if told[3] == "-ND":
        return Terms.OWN if licence in ours else Terms.FORBIDDEN
    if told[3]:
        return Terms.ITSELF
    return Terms.NONCOMMERCIAL if told[2] else Terms.FREE


def refusal(licence: str, ours: Collection[str] = ()) -> str:
    """Why nothing may be learnt under an SPDX expression, "" where it may."""
    worst = max((terms_of(one, ours).value for one in _parts(licence, ours)), default=0)
    if worst == Terms.FORBIDDEN.value:
        return f"licence forbids derivatives: {licence}"
    if worst == Terms.UNKNOWN.value:
        return f"licence does not say whether weights may be learnt from it: {licence}"
    return ""


def carried(
    asked: Mapping[str, str], ours: Collection[str] = (), alike: Collection[str] = ()
) -> str:
    """What weights must carry that were learnt under all of these (SPDX expression: whose), or "".

    ``alike``: expressions that somebody wants carried although they would not ask for it.

    Share-alike is carried as it is, in its newest version; non-commercial goes with it where it is
    non-commercial too. The owner's own pictures, and other terms of somebody's own, are added.

    Raises:
        InputError: no single licence keeps all of their terms.
    """
    parts = {(one, expression) for expression in asked for one in _parts(expression, ours)}
    by_terms: dict[Terms, dict[str, str]] = {}
    for one, expression in sorted(parts):
        terms = terms_of(one, ours)
        if terms is Terms.FREE and expression in alike:
            terms = Terms.ITSELF
        elif terms is Terms.UNKNOWN and one.startswith("LicenseRef-"):
            terms = Terms.OWN  # whoever takes the weights has to ask, whatever else holds
        by_terms.setdefault(terms, {})[one] = expression
    alike = {
        one: expression
        for kind in (Terms.ITSELF, Terms.UNKNOWN, Terms.FORBIDDEN)
        for one, expression in by_terms.get(kind, {}).items()
    }
    mild = by_terms.get(Terms.NONCOMMERCIAL, {})
    families = {_family(one) for one in alike}
    if len(families) > 1 or (mild and families and not any("-NC" in one for one in families)):
        told = {asked[e]: e for e in [*alike.values(), *mild.values()]}
        raise InputError(
            "weights can carry one licence, and these ask for different ones ("
            + ", ".join(f"{whose}: {expression}" for whose, expression in told.items())
            + "); train on one of them, or start from weights under Apache-2.0"
        )
    newest = max(alike or mild, key=_version, default="")
    return together([newest, *by_terms.get(Terms.OWN, {})])


def left_out_by_licence(counts: Mapping[str, int], ours: Collection[str] = ()) -> dict[str, str]:
    """Of pictures by their licence (SPDX expression) those that do not train, and why.

    Of licences that clash the one of more pictures stays.
    """
    reasons: dict[str, str] = {}
    taken: dict[str, str] = {}
    for licence in sorted(counts, key=lambda one: (-counts[one], one)):
        reason = refusal(licence, ours)
        if not reason:
            try:
                carried({**taken, licence: licence}, ours)
            except InputError:
                against = ", ".join(taken)
                reason = f"licences clash: {licence} with {against}, which more pictures are under"
        if reason:
            reasons[licence] = reason
        else:
            taken[licence] = licence
    return reasons


def licence_of(animal: Labelled, own: str = "") -> str:
    """All that holds for a labelled picture; where nobody stated one for the file, ``own``."""
    return together([*(animal.licences or (own or OWN_LICENCE,)), animal.data_licence])


def _parts(expression: str, ours: Collection[str]) -> list[str]:
    """The identifiers that all hold. Of alternatives the one that asks least; inside of
    parentheses everything counts.
    """
    if "(" in expression:
        return [one for one in re.findall(r"[^\s()]+", expression) if one not in ("AND", "OR")]
    options = [option.split(" AND ") for option in expression.split(" OR ")]
    return min(options, key=lambda found: max(terms_of(one, ours).value for one in found))


def _family(licence: str) -> str:
    told = _CREATIVE.fullmatch(licence)
    return told[1] if told else licence


def _version(licence: str) -> tuple[float, str]:
    told = _CREATIVE.fullmatch(licence)
    return (float(told[4]) if told else 0.0), licence
