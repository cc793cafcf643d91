"""Taking an event back, or saying which later ones stand on it.

Every change keeps what was believed before, with the event which that rested on. An event can be
undone while everything that it changed still rests on it; then each subject is again what it was,
resting on what it rested on. So undoing an undo is doing it again, and events can be undone in
any order that leaves nothing hanging in the air.
"""

from __future__ import annotations

from collections.abc import Iterable

from reid.errors import ConflictError
from reid.identities import subjects
from reid.identities.facts import Belonging, Held, Known
from reid.identities.ground import Change, Draft, Ground, Role


def undo(draft: Draft, event: int) -> None:
    """Put the changes of ``event`` back.

    Raises:
        NotFoundError: no event of that number.
        ConflictError: it is undone already, or later events depend on it; says which.
    """
    everything = draft.ground.changes(event)
    changes = [c for c in everything if c.role is Role.SET]
    _refuse(event, _written_over(draft.ground, event, changes))
    for change in everything:
        if change.role is Role.SET:
            draft.restore(change.subject, change.before)
        elif change.role is Role.TOUCH:
            draft.touch(change.subject)
        else:
            draft.mention(change.subject)
    _refuse(event, _left_hanging(draft))


def _written_over(ground: Ground, event: int, changes: Iterable[Change]) -> set[int]:
    """Events that wrote over what this one wrote, down to it."""
    found: set[int] = set()
    for change in changes:
        now = ground.held(change.subject)
        while now != change.after:
            if now == change.before or now.writer < change.after.writer:
                raise ConflictError(f"event {event} is undone already; undo that undo to redo it")
            found.add(now.writer)
            now = _before(ground, now, change)
    return found


def _before(ground: Ground, now: Held, change: Change) -> Held:
    """What was believed of the subject before the event that ``now`` rests on."""
    return next(c.before for c in ground.changes(now.writer) if c.subject == change.subject)


def _left_hanging(draft: Draft) -> set[int]:
    """Events whose sightings or merges would belong to an individual that is no more."""
    found: set[int] = set()
    for change in draft.placed():
        after = change.after.fact
        if change.subject.kind == subjects.INDIVIDUAL:
            number = int(change.subject.key[0])
            if after is None or (isinstance(after, Known) and after.merged_into is not None):
                found |= _members(draft, number)
            if after is None:
                found |= _merged(draft, number)
            elif isinstance(after, Known) and after.merged_into is not None:
                found |= _gone(draft, after.merged_into)
        elif isinstance(after, Belonging) and after.individual is not None:
            found |= _gone(draft, after.individual)
    return found


def _members(draft: Draft, number: int) -> set[int]:
    held = [draft.now(subjects.sighting(name)) for name in draft.ground.members(number)]
    return {h.writer for h in held if isinstance(h.fact, Belonging) and h.fact.individual == number}


def _merged(draft: Draft, number: int) -> set[int]:
    held = [draft.now(subjects.individual(n)) for n in draft.ground.merged_into(number)]
    return {h.writer for h in held if isinstance(h.fact, Known) and h.fact.merged_into == number}


def _gone(draft: Draft, number: int) -> set[int]:
    """The event that took an individual away, if it is away."""
    subject = subjects.individual(number)
    held = draft.now(subject)
    if not isinstance(held.fact, Known):  # its making was undone: that undo, which nothing rests on
        return {draft.ground.last_set(subject)}
    return set() if held.fact.merged_into is None else {held.writer}


def _refuse(event: int, dependents: set[int]) -> None:
    if dependents:
        named = ", ".join(str(n) for n in sorted(dependents))
        raise ConflictError(
            f"event {event} cannot be undone: events {named} depend on it; undo those first, the "
            "latest before the others"
        )
