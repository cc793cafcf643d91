"""Are these sightings the same animal?"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from reid.decide import check_journeys, decide, summarise
from reid.detect.megadetector_boxes import MegaDetectorBoxes
from reid.pipeline.engine import Engine
from reid.pipeline.passages import CLOCK_CONFLICT, passages
from reid.pipeline.preparing import PreparedSighting, Progress, prepare
from reid.pipeline.sighting_pairs import compare_sightings
from reid.pipeline.usable import SEVERAL, crowded, usable
from reid.types import Comparison, PreparedAnnotation, Sighting, SightingPairEvidence
from reid.types.checks import require

Rejected = tuple[tuple[str, str, str], ...]


def compare(
    engine: Engine,
    sightings: Sequence[Sighting | PreparedSighting],
    *,
    prior_same: float | None = None,
    max_error: float | None = None,
    distances_km: Mapping[tuple[str, str], float] | None = None,
    boxes: MegaDetectorBoxes | None = None,
    progress: Progress | None = None,
    rejected: Sequence[tuple[str, str, str]] = (),
) -> Comparison:
    """Compare two or more sightings.

    A sighting whose cameras' clocks disagree is compared as one sighting a clock: the answer's
    ``sightings`` are then parts of those ``submitted``.

    Args:
        engine: the loaded stages.
        sightings: as submitted, or prepared before.
        prior_same: prior probability that two sightings show one animal; default the engine's.
        max_error: accepted share of wrong "same" and "different"; default the engine's.
        distances_km: kilometres between station names or sighting ids, where positions are not
            known.
        boxes: MegaDetector's boxes, used before the localiser.
        progress: told (stage, done, total).
        rejected: files that were refused before; they are reported with the answer.

    Raises:
        InputError: fewer than two sightings, or two of one id.
        ConfigError: ``prior_same`` or ``max_error`` outside their bounds.
    """
    _check(sightings)
    config = replace(
        engine.config,
        prior_same=engine.config.prior_same if prior_same is None else prior_same,
        max_error=engine.config.max_error if max_error is None else max_error,
    )
    submitted = [
        s if isinstance(s, PreparedSighting) else prepare(engine, s, boxes=boxes, progress=progress)
        for s in sightings
    ]
    prepared = [part for one in submitted for part in passages(one)]
    chosen = {
        p.sighting.id: usable(p.annotations, engine.config.frames_per_flank) for p in prepared
    }
    pairs = _pairs(engine, {name: found[0] for name, found in chosen.items()}, progress)
    annotations = tuple(a for p in prepared for a in _told(p.annotations))
    ids = [p.sighting.id for p in prepared]
    decision = decide(
        ids,
        pairs,
        annotations=annotations,
        prior_same=config.prior_same,
        max_error=config.max_error,
    )
    own = {f"{f}: {name}" for name, (_, flags) in chosen.items() for f in flags}
    apart = {s.sighting.id for s in submitted} - set(ids)
    own |= {f"{CLOCK_CONFLICT}: {name}" for name in apart}
    if any("synthetic" in a.annotation.flags for a in annotations):
        own.add("synthetic")
    return Comparison(
        id=uuid.uuid4().hex[:16],
        created_at=datetime.now(UTC),
        sightings=tuple(p.sighting for p in prepared),
        annotations=annotations,
        pairs=tuple(pairs),
        groupings=decision.groupings,
        exact=decision.exact,
        prior_same=config.prior_same,
        max_error=config.max_error,
        verdicts=decision.verdicts,
        journeys=check_journeys(
            [_stationed(p.sighting, distances_km or {}) for p in prepared],
            annotations=annotations,
            distances_km=_between_stations(submitted, distances_km),
        ),
        summary=summarise(decision),
        flags=tuple(sorted({*decision.flags, *own})),
        rejected=(*rejected, *(r for p in prepared for r in p.rejected)),
        provenance={
            **engine.provenance(),
            "configuration": config.as_dict(),
            "inputs": _inputs([a for p in submitted for a in p.annotations]),
        },
        submitted=tuple(p.sighting for p in submitted) if apart else (),
    )


def _told(animals: Sequence[PreparedAnnotation]) -> list[PreparedAnnotation]:
    """The animals, those of crowded pictures flagged: the reasons have to say it."""
    many = crowded(animals)
    return [replace(a, flags=(*a.flags, SEVERAL)) if a.image.sha256 in many else a for a in animals]


def _between_stations(
    prepared: Sequence[PreparedSighting], distances_km: Mapping[tuple[str, str], float] | None
) -> dict[tuple[str, str], float]:
    """Distances between stations, where some were given between sightings."""
    station = {p.sighting.id: p.sighting.station or p.sighting.id for p in prepared}
    given = distances_km or {}
    return {(station.get(a, a), station.get(b, b)): km for (a, b), km in given.items()}


def _stationed(sighting: Sighting, given: Mapping[tuple[str, str], float]) -> Sighting:
    """The sighting, at a station named after it where its distance is given without one."""
    named = sighting.station is None and any(sighting.id in pair for pair in given)
    return replace(sighting, station=sighting.id) if named else sighting


def _check(sightings: Sequence[Sighting | PreparedSighting]) -> None:
    ids = [s.sighting.id if isinstance(s, PreparedSighting) else s.id for s in sightings]
    require(
        len(ids) >= 2,
        f"a comparison needs at least two sightings, found {len(ids)}; one sighting can be "
        "identified against a catalogue instead",
    )
    twice = sorted({i for i in ids if ids.count(i) > 1})
    require(not twice, f"sighting ids must differ; found twice: {', '.join(twice)}")


def _pairs(
    engine: Engine,
    animals: Mapping[str, Sequence[PreparedAnnotation]],
    progress: Progress | None,
) -> list[SightingPairEvidence]:
    couples = list(itertools.combinations(animals, 2))
    found = []
    for number, (a, b) in enumerate(couples):
        if progress:
            progress("comparing sightings", number, len(couples))
        found.append(compare_sightings(engine, a, animals[a], b, animals[b]))
    if progress:
        progress("comparing sightings", len(couples), len(couples))
    return found


def _inputs(annotations: Sequence[PreparedAnnotation]) -> dict[str, dict[str, str]]:
    """sha256 by sighting and file name."""
    inputs: dict[str, dict[str, str]] = {}
    for a in annotations:
        inputs.setdefault(a.sighting_id, {})[a.image.file_name] = a.image.sha256
    return inputs
