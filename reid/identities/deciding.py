"""From a decision to what it changes. Pure: reads what is believed, never what time it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reid.errors import ConflictError, InputError, NotFoundError
from reid.identities import subjects
from reid.identities.decisions import (
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
    Undo,
    Withdraw,
)
from reid.identities.facts import Belonging, CoatChange, Different, Known, Unmatched
from reid.identities.ground import Change, Draft, Ground
from reid.identities.subjects import Subject
from reid.identities.undoing import undo
from reid.types.checks import require


def changes_of(
    decision: Decision, ground: Ground, event: int, seen: Collection[Subject] = ()
) -> tuple[Change, ...]:
    """What the decision changes as event number ``event``; nothing when it is so already.

    ``seen`` are the subjects whose present version the person saw: what somebody decided before
    is replaced only by one who saw it.

    Raises:
        NotFoundError: a sighting, an individual or an event that is not there.
        InputError: it makes no sense (an empty name, a split of nothing).
        ConflictError: it contradicts what is believed now.
    """
    draft = Draft(ground, event)
    match decision:
        case Confirm():
            _confirm(draft, decision, seen)
        case NewIndividual():
            _new(draft, decision, seen)
        case NotIdentifiable():
            _place(draft, [decision.sighting], Belonging(None, identifiable=False), seen)
        case Withdraw():
            _withdraw(draft, decision)
        case Reject():
            _reject(draft, decision)
        case NoMatch():
            _no_match(draft, decision)
        case Merge():
            _merge(draft, decision)
        case Split():
            _split(draft, decision)
        case Rename():
            _rename(draft, decision)
        case PatternChanged():
            _pattern_changed(draft, decision)
        case Undo():
            undo(draft, decision.event)
    return draft.done()


def known(ground: Ground, number: int) -> Known | None:
    """An individual that can be spoken of now, merged away or not."""
    fact = ground.held(subjects.individual(number)).fact
    return fact if isinstance(fact, Known) else None


def belonging(ground: Ground, sighting_id: str) -> Belonging:
    """Who a sighting is."""
    fact = ground.held(subjects.sighting(sighting_id)).fact
    return fact if isinstance(fact, Belonging) else Belonging(None)


def find(ground: Ground, name: str) -> int:
    """The number of a living name.

    Raises:
        NotFoundError: nobody was ever called that, or their making was undone.
        ConflictError: they were merged into another.
    """
    number = ground.number_of(name)
    found = None if number is None else known(ground, number)
    if number is None or found is None:
        raise NotFoundError(f"no individual {name!r} in the catalogue; list them or enrol one")
    if found.merged_into is not None:
        into = known(ground, found.merged_into)
        raise ConflictError(
            f"individual {name!r} was merged into {into.name if into else 'another'!r}: name that "
            "one, or undo the merge"
        )
    return number


def check_name(name: str) -> None:
    """Raise InputError for a name that is none."""
    require(bool(name.strip()), "individual: expected a name, found an empty one")


def _confirm(draft: Draft, decision: Confirm, seen: Collection[Subject]) -> None:
    number = find(draft.ground, decision.individual)
    _place(draft, [decision.sighting], Belonging(number), seen)


def _place(
    draft: Draft, sighting_ids: Sequence[str], where: Belonging, seen: Collection[Subject]
) -> None:
    for name in sighting_ids:
        draft.ground.need_sighting(name)
        subject, now = subjects.sighting(name), belonging(draft.ground, name)
        if now == where:
            continue
        if now != Belonging(None) and subject not in seen:
            raise ConflictError(
                f"sighting {name!r} is {_who(draft.ground, now)} (event "
                f"{draft.ground.held(subject).writer}): withdraw that first, or decide with the "
                "version that you saw"
            )
        draft.put(subject, where)


def _who(ground: Ground, now: Belonging) -> str:
    if now.individual is None:
        return "nobody yet" if now.identifiable else "said to be not identifiable"
    found = known(ground, now.individual)
    return repr(found.name) if found else "somebody"


def _new(draft: Draft, decision: NewIndividual, seen: Collection[Subject]) -> None:
    number, name = _fresh(draft.ground, decision.name, decision.note)
    draft.put(subjects.individual(number), Known(name))
    _place(draft, decision.sightings, Belonging(number), seen)


def _fresh(ground: Ground, name: str | None, note: str = "") -> tuple[int, str]:
    """A number and a name for a new individual; a name whose making was undone comes back."""
    if name is None:
        return ground.reserve(None, note)
    check_name(name)
    number = ground.number_of(name)
    if number is None:
        return ground.reserve(name, note)
    taken = known(ground, number)
    if taken is not None:
        now = "" if taken.name == name else f" (now {taken.name!r})"
        raise ConflictError(f"individual {name!r} is already in the catalogue{now}")
    return number, name


def _withdraw(draft: Draft, decision: Withdraw) -> None:
    draft.ground.need_sighting(decision.sighting)
    if belonging(draft.ground, decision.sighting) == Belonging(None):
        raise InputError(f"sighting {decision.sighting!r} is nobody yet: nothing to withdraw")
    draft.put(subjects.sighting(decision.sighting), Belonging(None))


def _reject(draft: Draft, decision: Reject) -> None:
    require(decision.a != decision.b, f"reject: expected two sightings, found {decision.a!r} twice")
    for name in (decision.a, decision.b):
        draft.ground.need_sighting(name)
    subject = subjects.pair(decision.a, decision.b)
    if draft.ground.held(subject).fact is None:
        draft.put(subject, Different())
        draft.mention(subjects.sighting(decision.a), subjects.sighting(decision.b))


def _no_match(draft: Draft, decision: NoMatch) -> None:
    draft.ground.need_sighting(decision.sighting)
    name = decision.individual
    number = None if name is None else find(draft.ground, name)
    now = belonging(draft.ground, decision.sighting)
    if now.individual is not None and number in (None, now.individual):
        raise ConflictError(
            f"sighting {decision.sighting!r} is {_who(draft.ground, now)}: withdraw that first"
        )
    draft.put(subjects.no_match(decision.sighting, number), Unmatched(draft.event - 1))
    draft.mention(subjects.sighting(decision.sighting))
    if number is not None:
        draft.mention(subjects.individual(number))


def _merge(draft: Draft, decision: Merge) -> None:
    keep, gone = find(draft.ground, decision.keep), find(draft.ground, decision.gone)
    require(keep != gone, f"merge: expected two individuals, found {decision.keep!r} twice")
    for name in draft.ground.members(gone):
        draft.put(subjects.sighting(name), Belonging(keep))
    was = known(draft.ground, gone)
    draft.put(subjects.individual(gone), Known(was.name if was else decision.gone, keep))
    draft.touch(subjects.individual(keep))


def _split(draft: Draft, decision: Split) -> None:
    number = find(draft.ground, decision.individual)
    held, moved = set(draft.ground.members(number)), set(decision.sightings)
    strangers = sorted(moved - held)
    require(not strangers, f"split: {strangers} are not sightings of {decision.individual!r} now")
    require(
        bool(moved) and moved != held,
        f"split: expected some of the {len(held)} sightings of {decision.individual!r}, found "
        f"{len(moved)}; to name it otherwise, rename it",
    )
    new, name = _fresh(draft.ground, decision.name)
    draft.put(subjects.individual(new), Known(name))
    for sighting_id in decision.sightings:
        draft.put(subjects.sighting(sighting_id), Belonging(new))


def _rename(draft: Draft, decision: Rename) -> None:
    check_name(decision.name)
    number = find(draft.ground, decision.individual)
    owner = draft.ground.number_of(decision.name)
    if owner not in (None, number):
        raise ConflictError(
            f"the name {decision.name!r} is or was another individual's, and names are never given "
            "twice; choose another"
        )
    if known(draft.ground, number) == Known(decision.name):
        return
    draft.ground.take_name(decision.name, number)
    draft.put(subjects.individual(number), Known(decision.name))


def _pattern_changed(draft: Draft, decision: PatternChanged) -> None:
    number = find(draft.ground, decision.individual)
    noted = CoatChange(number, decision.what, decision.since)
    draft.put(subjects.pattern_change(draft.event), noted)
    draft.touch(subjects.individual(number))
