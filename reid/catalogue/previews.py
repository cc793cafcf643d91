"""Decisions looked at before they are taken, tables that went out, and contradictions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.identity_ground import DryGround, SessionGround, change_of
from reid.catalogue.identity_log import last_event
from reid.catalogue.said import (
    Explained,
    born,
    coat_changes,
    not_found_of,
    rejected_among,
    stands_for,
    verdicts_among,
    when,
)
from reid.catalogue.schema import ExportRow, IdentityChangeRow, SightingRow
from reid.catalogue.told import position_of
from reid.catalogue.who import name_of, versions_of
from reid.identities import Merge, Split, Subject, changes_of, subjects
from reid.identities.deciding import belonging, find
from reid.identities.facts import Belonging, CoatChange
from reid.identities.facts import Known as KnownFact
from reid.identities.ground import Change, Role
from reid.identities.patterns import explains
from reid.identities.preview import (
    Contradiction,
    ExportTold,
    Known,
    Move,
    Preview,
    contradictions,
)
from reid.types import Sighting
from reid.types.checks import require


class Previews(Core):
    """What would change, and what speaks against what is believed."""

    def preview(self, decision: Merge | Split) -> Preview:
        """What the decision would change; nothing is.

        Raises:
            NotFoundError, InputError, ConflictError: as taking it would.
        """
        return self._read(lambda session: _preview(session, decision))

    def contradictions(self, name: str) -> tuple[Contradiction, ...]:
        """What speaks against the sightings of an individual being one animal.

        Raises:
            NotFoundError: nobody of that name.
        """

        def work(session: Session) -> tuple[Contradiction, ...]:
            ground = SessionGround(session)
            number = find(ground, name)
            after = dict.fromkeys(ground.members(number), number)
            standing = stands_for(session, [number])
            known = _known(session, after, standing)
            return contradictions(known, lambda *_: False, Explained(session, after, standing))

        return self._read(work)

    def across_changes(self, sighting_id: str) -> frozenset[str]:
        """The sightings of known individuals from whom a noted change of the coat may part it.

        Where these look different from ``sighting_id``, it is no evidence of two animals.
        """

        def work(session: Session) -> frozenset[str]:
            noted = coat_changes(session)
            ground = SessionGround(session)
            into = (
                {n: k for k, ns in stands_for(session, noted).items() for n in ns} if noted else {}
            )
            held = {n: ground.members(into[n]) for n in noted if n in into}
            times = when(session, {sighting_id, *(s for ids in held.values() for s in ids)})
            own = [t.at for t in times.get(sighting_id, ())]
            return frozenset(
                name
                for number, ids in held.items()
                for name in ids
                if explains(noted[number], own, [t.at for t in times[name]])
            )

        return self._read(work)

    def across_change(self, pairs: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """The pairs of sightings between which a noted change of either's coat may lie.

        Where the two look different, it is no evidence of two animals.
        """

        def work(session: Session) -> frozenset[tuple[str, str]]:
            noted, ground = coat_changes(session), SessionGround(session)
            coats: dict[str, list[CoatChange]] = {}
            for living, numbers in stands_for(session, noted).items() if noted else ():
                changes = [change for number in numbers for change in noted.get(number, ())]
                coats |= dict.fromkeys(ground.members(living), changes) if changes else {}
            asked = [(a, b) for a, b in pairs if a in coats or b in coats]
            times = when(session, {name for pair in asked for name in pair}) if asked else {}
            return frozenset(
                (a, b)
                for a, b in asked
                if explains(
                    [*coats.get(a, ()), *coats.get(b, ())],
                    *[[time.at for time in times.get(name, ())] for name in (a, b)],
                )
            )

        return self._read(work)

    def whereabouts(self, sighting_ids: Collection[str]) -> list[Sighting]:
        """When and where the sightings were, without media, by id; for checks of journeys.

        Times are as given, else the first clock of the pictures.
        """

        def work(session: Session) -> list[Sighting]:
            times = when(session, sighting_ids)
            rows = [session.get_one(SightingRow, name) for name in sorted(times)]
            return [Sighting(r.id, (), r.station, times[r.id], position_of(r)) for r in rows]

        return self._read(work)

    def note_export(
        self, name: str, content_sha256: str, *, by: str, up_to: int | None = None
    ) -> ExportTold:
        """Remember that a table of who is who went out, as it is after event ``up_to``, or now.

        Raises:
            InputError: nobody says it, or no name.
        """
        require(bool(by.strip()) and bool(name.strip()), "export: expected a name, and by whom")
        check_texts("export", name, by)

        def work(session: Session) -> ExportTold:
            last = last_event(session)
            row = ExportRow(at=now(), by=by, name=name, content_sha256=content_sha256)
            row.up_to = (0 if last is None else last.id) if up_to is None else up_to
            session.add(row)
            session.flush()
            return ExportTold(row.id, row.name, row.by, row.at, ())

        return self._write(work)


def _preview(session: Session, decision: Merge | Split) -> Preview:
    ground = DryGround(session)
    last = last_event(session)
    changes = changes_of(decision, ground, 1 if last is None else last.id + 1)
    set_ = [c for c in changes if c.role is Role.SET]
    moved = {c.subject.key[0]: c for c in set_ if c.subject.kind == subjects.SIGHTING}
    around = _around(ground, changes)
    before = {s: belonging(ground, s).individual for s in around}
    after = before | {s: _number(c.after.fact) for s, c in moved.items()}

    def concerns(a: str, b: str) -> bool:
        return (before.get(a) == before.get(b)) != (after.get(a) == after.get(b))

    standing = _standing_after(session, changes)
    known, explained = _known(session, after, standing), Explained(session, after, standing)
    verdicts = [v for v in known.verdicts if concerns(v.a, v.b)]
    different = [v for v in verdicts if v.kind == "different" and explained(v.a, v.b)]
    return Preview(
        tuple(_move(session, s, c, set_) for s, c in sorted(moved.items())),
        tuple(verdicts),
        tuple(different),
        contradictions(known, concerns, explained),
        _exports(session, {s: _number(c.after.fact) for s, c in moved.items()}),
        _to_see(session, changes),
    )


def _around(ground: SessionGround, changes: Sequence[Change]) -> set[str]:
    """The sightings of everybody whom the decision touches."""
    numbers = {int(c.subject.key[0]) for c in changes if c.subject.kind == subjects.INDIVIDUAL}
    return {name for number in numbers for name in ground.members(number)}


def _to_see(session: Session, changes: Sequence[Change]) -> Mapping[Subject, int]:
    kinds = (subjects.SIGHTING, subjects.INDIVIDUAL)
    about = [c.subject for c in changes if c.subject.kind in kinds]
    return versions_of(session, [s for s in about if s != subjects.individual(0)])


def _standing_after(session: Session, changes: Sequence[Change]) -> dict[int, set[int]]:
    about = [c.subject for c in changes if c.subject.kind == subjects.INDIVIDUAL]
    standing = stands_for(session, [int(subject.key[0]) for subject in about])
    for change in changes:
        fact = change.after.fact
        if isinstance(fact, KnownFact) and fact.merged_into is not None:
            gone = standing.pop(int(change.subject.key[0]), set())
            standing.setdefault(fact.merged_into, set()).update(gone)
    return standing


def _known(
    session: Session, after: Mapping[str, int | None], standing: Mapping[int, Collection[int]]
) -> Known:
    numbers = {n for number in after.values() if number for n in standing.get(number, (number,))}
    return Known(
        after,
        standing,
        born(session, numbers),
        rejected_among(session, after),
        not_found_of(session, after),
        verdicts_among(session, after),
    )


def _number(fact: object) -> int | None:
    return fact.individual if isinstance(fact, Belonging) else None


def _move(session: Session, sighting_id: str, change: Change, changes: Sequence[Change]) -> Move:
    made = {
        int(c.subject.key[0]): c.after.fact.name
        for c in changes
        if isinstance(c.after.fact, KnownFact)
    }
    old, new = _number(change.before.fact), _number(change.after.fact)
    return Move(
        sighting_id,
        None if old is None else name_of(session, old),
        None if new is None else made.get(new) or name_of(session, new),
    )


def _exports(session: Session, after: Mapping[str, int | None]) -> tuple[ExportTold, ...]:
    """Tables that say otherwise of these sightings than will be so."""
    found = []
    for row in session.scalars(select(ExportRow).order_by(ExportRow.id)):
        then = {s: _number_at(session, s, row.up_to) for s in after}
        wrong = tuple(sorted(s for s in after if then[s] != after[s]))
        if wrong:
            found.append(ExportTold(row.id, row.name, row.by, row.at, wrong))
    return tuple(found)


def _number_at(session: Session, sighting_id: str, event: int) -> int | None:
    subject = subjects.sighting(sighting_id).text
    last = select(func.max(IdentityChangeRow.event_id)).where(
        IdentityChangeRow.subject == subject,
        IdentityChangeRow.event_id <= event,
        IdentityChangeRow.role == Role.SET.value,
    )
    row = session.get(IdentityChangeRow, (session.scalar(last) or 0, subject))
    return None if row is None else _number(change_of(row).after.fact)
