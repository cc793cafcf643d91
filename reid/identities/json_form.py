"""Events and previews as JSON says them: one form for the command and for HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reid.identities import subjects
from reid.identities.event import Event
from reid.identities.preview import Contradiction, Preview
from reid.identities.subjects import Subject


def event_json(event: Event, names: Mapping[int, str]) -> dict[str, Any]:
    """An event; ``names`` of the individuals whose versions were seen."""
    return {
        "number": event.number,
        "at": event.at.isoformat(),
        "kind": event.kind.value,
        "by": event.said.by,
        "why": event.said.why,
        "told": dict(event.told),
        "shown": dict(event.said.shown),
        "seen": seen_json(event.said.seen, names),
    }


def seen_json(seen: Mapping[Subject, int], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Versions of sightings and individuals, as a decision takes them back."""
    found = []
    for subject, version in seen.items():
        if subject.kind == subjects.SIGHTING:
            found.append({"sighting_id": subject.key[0], "version": version})
        elif subject.kind == subjects.INDIVIDUAL:
            name = names.get(int(subject.key[0]), "")
            found.append({"individual": name, "version": version})
    return found


def numbers_seen(*seen: Mapping[Subject, int]) -> set[int]:
    """The individuals whose versions were seen."""
    return {int(s.key[0]) for one in seen for s in one if s.kind == subjects.INDIVIDUAL}


def contradiction_json(one: Contradiction) -> dict[str, Any]:
    """Something that speaks against it."""
    return asdict(one)


MOST_VERDICTS = 50


def preview_shown(found: Preview) -> dict[str, Any]:
    """What a person saw before a merge or split, as the decision keeps it; pages send the same.

    ``contradictions`` in words, ``verdicts`` (stored ones on the pairs that come together or are
    parted, the first 50) and how many were ``verdicts_left_out``.
    """
    told = [
        f"{v.a} and {v.b}: {v.kind} (comparison {v.comparison})"
        for v in found.verdicts[:MOST_VERDICTS]
    ]
    return {
        "contradictions": [one.words for one in found.contradictions],
        "verdicts": told,
        "verdicts_left_out": len(found.verdicts) - len(told),
    }


def preview_json(found: Preview, names: Mapping[int, str]) -> dict[str, Any]:
    """What a decision would change."""
    return {
        "moves": [asdict(move) for move in found.moves],
        "verdicts": [asdict(verdict) for verdict in found.verdicts],
        "explained": [asdict(verdict) for verdict in found.explained],
        "contradictions": [contradiction_json(one) for one in found.contradictions],
        "exports": [
            {**asdict(one), "at": one.at.isoformat(), "sightings": list(one.sightings)}
            for one in found.exports
        ],
        "seen": seen_json(found.seen, names),
    }
