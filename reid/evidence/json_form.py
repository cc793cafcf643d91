"""A comparison as JSON: what the command line prints and the service answers.

Every key is documented in the function that writes it. Keys are added, never renamed; a change
that breaks readers changes ``schema``. Numbers are finite, times ISO 8601, pixels of the upright
picture; log-likelihood ratios are natural logs. No pixels: pictures are named.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reid.evidence.json_pictures import annotation_json
from reid.evidence.names import pair_name
from reid.types import (
    Comparison,
    Control,
    JourneyCheck,
    PairEvidence,
    PairVerdict,
    Sighting,
    SightingPairEvidence,
)

SCHEMA = "leopard-reid/comparison/1"


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The whole comparison.

    ``schema``; ``id``; ``created_at``; ``summary`` (the answer in words); ``synthetic`` (true:
    pictures that no camera took); ``flags``; ``exact`` (false: groupings are approximated);
    ``prior_same``, ``max_error`` (as asked for); ``verdicts``; ``groupings`` (likeliest first:
    ``groups`` of sighting ids, ``probability``); ``evidence`` by pair of sightings;
    ``journeys``; ``sightings``; ``submitted`` (ids as submitted: ``sightings`` are parts of them
    where the clocks of one's cameras disagree); ``rejected`` (``sighting``, ``file``,
    ``reason``); ``bundle`` (the weights that answered: ``name``, ``version``, ``fingerprint``,
    ``sha256``); ``provenance`` (hashes and versions needed to run it again).
    """
    return {
        "schema": SCHEMA,
        "id": comparison.id,
        "created_at": comparison.created_at.isoformat(),
        "summary": comparison.summary,
        "synthetic": "synthetic" in comparison.flags,
        "flags": list(comparison.flags),
        "exact": comparison.exact,
        "prior_same": comparison.prior_same,
        "max_error": comparison.max_error,
        "verdicts": [verdict_json(verdict) for verdict in comparison.verdicts],
        "groupings": [
            {"groups": [list(group) for group in g.groups], "probability": g.probability}
            for g in comparison.groupings
        ],
        "evidence": [evidence_json(pair) for pair in comparison.pairs],
        "journeys": [journey_json(check) for check in comparison.journeys],
        "sightings": [sighting_json(s, comparison) for s in comparison.sightings],
        "submitted": [s.id for s in comparison.submitted or comparison.sightings],
        "rejected": [
            {"sighting": sighting, "file": name, "reason": reason}
            for sighting, name, reason in comparison.rejected
        ],
        "bundle": comparison.provenance.get("bundle"),
        "provenance": plain(comparison.provenance),
    }


def verdict_json(verdict: PairVerdict) -> dict[str, Any]:
    """The answer for two sightings.

    ``a``, ``b`` (sighting ids); ``verdict`` ("same", "different", "inconclusive", "not
    comparable"); ``probability`` of "same" under the prior, null if not comparable;
    ``direct_llr`` (of these two alone); ``bridged_by`` (sighting ids); ``reasons``;
    ``would_settle`` ("" if settled); ``prior_curve`` (``prior``, ``probability``).
    """
    return {
        "a": verdict.a,
        "b": verdict.b,
        "verdict": verdict.kind.value,
        "probability": verdict.probability,
        "direct_llr": verdict.direct_llr,
        "bridged_by": list(verdict.bridged_by),
        "reasons": list(verdict.reasons),
        "would_settle": verdict.would_settle,
        "prior_curve": [
            {"prior": point.prior, "probability": point.probability}
            for point in verdict.prior_curve
        ],
    }


def evidence_json(pair: SightingPairEvidence) -> dict[str, Any]:
    """What the pictures of two sightings say.

    ``a``, ``b``; ``comparable``; ``llr``; ``missing`` (what would make them comparable);
    ``withheld`` (names of failed controls); ``flags``; ``flanks`` (``flank``, ``llr``,
    ``pair_count``, ``picture`` of its best pair); ``pairs`` of annotations.
    """
    return {
        "a": pair.a,
        "b": pair.b,
        "comparable": pair.comparable,
        "llr": pair.llr,
        "missing": pair.missing,
        "withheld": list(pair.withheld),
        "flags": list(pair.flags),
        "flanks": [
            {
                "flank": flank.flank.value,
                "llr": flank.llr,
                "pair_count": flank.pair_count,
                "picture": pair_name(flank.best),
            }
            for flank in pair.flanks
        ],
        "pairs": [pair_json(one) for one in pair.pairs],
    }


def pair_json(pair: PairEvidence) -> dict[str, Any]:
    """Two annotations compared.

    ``a``, ``b`` (annotation ids); ``llr``; ``same_side`` (probability that both show one flank);
    ``miss`` (probability that a true match would not be found); ``scores`` (raw, higher is
    better); ``match_count``; ``group_count`` (local groups of matches); ``controls``; ``flags``;
    ``picture`` (name of the evidence picture).
    """
    return {
        "a": pair.a,
        "b": pair.b,
        "llr": pair.llr,
        "same_side": pair.same_side,
        "miss": pair.miss,
        "scores": plain(pair.scores),
        "match_count": len(pair.matches),
        "group_count": len(set(pair.matches.group.tolist())),
        "controls": [control_json(control) for control in pair.controls],
        "flags": list(pair.flags),
        "picture": pair_name(pair),
    }


def control_json(control: Control) -> dict[str, Any]:
    """A control: ``name``, its ``score``, the animals' ``animal_score``, ``passed``, ``note``."""
    return {
        "name": control.name,
        "score": plain(control.score),
        "animal_score": plain(control.animal_score),
        "passed": control.passed,
        "note": control.note,
    }


def journey_json(check: JourneyCheck) -> dict[str, Any]:
    """Clock and travel under one choice of disputed times; null where unknown.

    ``a``, ``b``, ``a_time``, ``b_time``; ``days`` (negative: b came first); ``distance_km``;
    ``speed_km_per_day``; ``status`` ("possible", "unlikely", "impossible", "unknown"); ``note``.
    """
    return {
        "a": check.a,
        "b": check.b,
        "a_time": plain(check.a_time),
        "b_time": plain(check.b_time),
        "days": check.days,
        "distance_km": check.distance_km,
        "speed_km_per_day": check.speed_km_per_day,
        "status": check.status,
        "note": check.note,
    }


def sighting_json(sighting: Sighting, comparison: Comparison) -> dict[str, Any]:
    """A sighting: ``id``, ``station``, ``position`` ([latitude, longitude] or null), ``times``
    (``at``, ``source``; several if disputed), ``media`` (file names), ``annotations``."""
    return {
        "id": sighting.id,
        "station": sighting.station,
        "position": list(sighting.position) if sighting.position else None,
        "times": [{"at": time.at.isoformat(), "source": time.source} for time in sighting.times],
        "media": [media.file_name for media in sighting.media],
        "annotations": [
            annotation_json(animal)
            for animal in comparison.annotations
            if animal.sighting_id == sighting.id
        ],
    }


def plain(value: object) -> Any:
    """A value that JSON can hold: times as text, NaN and infinity as null, the unknown as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)
