"""From the evidence for each known individual to a name, "new", or neither. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from reid.types.words import listed, percent


@dataclass(frozen=True, slots=True)
class Named:
    """The answer: ``probability`` by individual, and of an animal that is not in the catalogue."""

    kind: str
    individual: str | None
    probability: float | None
    by_individual: dict[str, float]
    reasons: tuple[str, ...]


def name_from(
    llr: Mapping[str, float],
    known: int,
    *,
    prior_known: float,
    max_error: float,
) -> Named:
    """Posterior over "one of the known" and "new".

    Args:
        llr: best log-likelihood ratio of each individual that could be compared.
        known: how many individuals the catalogue holds; those not in ``llr`` keep their prior,
            because nobody looked or no flank is shared.
        prior_known: prior probability that the animal is in the catalogue at all, shared evenly.
        max_error: accepted share of wrong names.

    A name also needs its own pictures to reach the error rate, whatever the prior; "new" needs
    every known individual compared.
    """
    if not llr:
        return Named("not comparable", None, None, {}, ("nothing in the catalogue shares a flank",))
    weight = {name: prior_known / known * math.exp(value) for name, value in llr.items()}
    unseen = prior_known * (known - len(llr)) / known
    total = sum(weight.values()) + unseen + 1 - prior_known
    probability = {name: value / total for name, value in weight.items()}
    new = (1 - prior_known) / total
    best = max(probability, key=lambda name: probability[name])
    enough = math.log((1 - max_error) / max_error)
    if probability[best] >= 1 - max_error and llr[best] >= enough:
        why = f"the pictures speak for {best} at {percent(probability[best])}"
        return Named("individual", best, probability[best], probability, (why,))
    if new >= 1 - max_error and len(llr) == known and max(llr.values()) <= -enough:
        why = "every known individual was compared and excluded"
        return Named("new", None, new, probability, (why,))
    return Named(
        "inconclusive",
        None,
        probability[best],
        probability,
        _unsure(best, probability[best], new, known - len(llr)),
    )


def heed_copies(named: Named, enrolled_as: Collection[str]) -> Named:
    """The answer where a picture is a copy of one enrolled as these individuals.

    A copy is no evidence: it never names. But whoever it shows is in the catalogue under that
    name, so neither "new" nor another name can stand beside it: other pictures that say so
    contradict the enrolment, and which of the two is wrong only a person can tell.
    """
    if not enrolled_as:
        return named
    names = listed(sorted(enrolled_as))
    why = f"a picture is a copy of one enrolled as {names}; a copy is no evidence"
    if named.kind not in ("individual", "new") or {named.individual} == set(enrolled_as):
        return replace(named, reasons=(*named.reasons, why))
    said = f"speak for {named.individual}" if named.individual else "exclude everybody known"
    doubt = f"the other pictures {said}: either they or that enrolment is wrong; look at both"
    best = max(named.by_individual, key=lambda name: named.by_individual[name])
    return Named(
        "inconclusive",
        None,
        named.by_individual[best],
        named.by_individual,
        (*named.reasons, why, doubt),
    )


def _unsure(best: str, probability: float, new: float, unseen: int) -> tuple[str, ...]:
    reasons = [
        f"the best candidate, {best}, reaches {percent(probability)}; an animal that is not in the "
        f"catalogue {percent(new)}"
    ]
    if unseen:
        reasons.append(f"{unseen} known individuals were not compared or share no flank")
    return tuple(reasons)
