"""Decisions as they come in, for the catalogue; and versions as addresses and headers say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reid.catalogue import Catalogue
from reid.errors import InputError
from reid.identities import (
    Confirm,
    Decision,
    Merge,
    NewIndividual,
    NoMatch,
    NotIdentifiable,
    PatternChanged,
    Reject,
    Rename,
    Split,
    Subject,
    Withdraw,
    subjects,
)
from reid.identities.event import Event, Said
from reid.identities.json_form import event_json, numbers_seen
from reid.identities.words import sentence
from service.errors import StaleError, VersionNeededError
from service.schemas import decisions as schemas


def decision_of(wanted: schemas.AnyDecision) -> Decision:
    """The decision as the library takes it."""
    match wanted:
        case schemas.ConfirmIn():
            return Confirm(wanted.sighting_id, wanted.individual)
        case schemas.RejectIn():
            return Reject(wanted.a, wanted.b)
        case schemas.NewIndividualIn():
            return NewIndividual(tuple(wanted.sighting_ids), wanted.name, wanted.note)
        case schemas.NotIdentifiableIn():
            return NotIdentifiable(wanted.sighting_id)
        case schemas.TakeBackIn():
            return Withdraw(wanted.sighting_id)
        case schemas.RenameIn():
            return Rename(wanted.individual, wanted.name)
        case schemas.PatternChangeIn():
            return PatternChanged(wanted.individual, wanted.what, wanted.since)
        case schemas.NoMatchIn():
            return NoMatch(wanted.sighting_id, wanted.individual)
        case schemas.MergeIn() | schemas.SplitIn():
            return merge_or_split(wanted)


def merge_or_split(wanted: schemas.MergeIn | schemas.SplitIn) -> Merge | Split:
    """The decision as the library takes it."""
    if isinstance(wanted, schemas.MergeIn):
        return Merge(wanted.keep, wanted.gone)
    return Split(wanted.individual, tuple(wanted.sighting_ids), wanted.name)


def said_of(catalogue: Catalogue, told: schemas.DecisionIn) -> Said:
    """Who says it, having seen what.

    Raises:
        InputError: the version of something that the decision changes is missing.
    """
    seen = {_subject(catalogue, one): one.version for one in told.seen}
    missing = [word for word, subject in _changed(catalogue, told.decision) if subject not in seen]
    if missing:
        raise InputError(
            f"seen: expected the version of everything that the decision changes, found none of "
            f"{', '.join(missing[:5])}; `version` in its GET is it"
        )
    return Said(told.by, told.why, told.shown, seen)


def _subject(catalogue: Catalogue, one: schemas.SeenIn) -> Subject:
    if one.sighting_id is not None:
        return subjects.sighting(one.sighting_id)
    return subjects.individual(catalogue.number_of(one.individual or ""))


def _changed(catalogue: Catalogue, wanted: schemas.AnyDecision) -> list[tuple[str, Subject]]:
    """What a decision changes, in words and as a subject; nothing of what is not there."""
    sightings: Sequence[str] = ()
    names: Sequence[str] = ()
    match wanted:
        case schemas.ConfirmIn() | schemas.NotIdentifiableIn() | schemas.TakeBackIn():
            sightings = [wanted.sighting_id]
        case schemas.NewIndividualIn():
            sightings = wanted.sighting_ids
        case schemas.MergeIn():
            names = [wanted.keep, wanted.gone]
        case schemas.SplitIn() | schemas.RenameIn() | schemas.PatternChangeIn():
            names = [wanted.individual]
        case _:
            pass
    found = [(f"sighting {name!r}", subjects.sighting(name)) for name in sightings]
    for name in names:
        number = catalogue.number_of(name)
        found.append((f"individual {name!r}", subjects.individual(number)))
    return found


def event_forms(catalogue: Catalogue, events: Sequence[Event]) -> list[schemas.EventOut]:
    """Events as answers."""
    names = catalogue.names_of(numbers_seen(*(event.said.seen for event in events)))
    undone = catalogue.undone()
    return [
        schemas.EventOut(
            **event_json(event, names),
            words=sentence(event.kind, event.told),
            undone_by=undone.get(event.number),
        )
        for event in events
    ]


def event_as_of(catalogue: Catalogue, event: int | None, at: datetime | None) -> int | None:
    """The event after which something is asked about; None is now.

    Raises:
        NotFoundError: no such event yet.
    """
    if at is not None:
        return catalogue.event_at(at)
    if event:
        catalogue.event(event)
    return event


def etag(version: int) -> str:
    """A version as a header says it."""
    return f'"{version}"'


def check_match(given: str | None, version: int) -> None:
    """Raise unless the header If-Match names this version.

    Raises:
        VersionNeededError: no header.
        StaleError: another version.
    """
    if given is None:
        raise VersionNeededError(
            "expected the header If-Match with the ETag of what is changed; GET it first"
        )
    if given.strip() != etag(version):
        raise StaleError(
            f"expected If-Match {etag(version)}, found another version: it was changed since; "
            "GET it again and decide on what is so now"
        )
