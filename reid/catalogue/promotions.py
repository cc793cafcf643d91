"""Which bundle serves: a history that is only added to, whose newest entry rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.audit import audit_row
from reid.catalogue.bundle_records import (
    BundleState,
    Promotion,
    PromotionKind,
    RegisteredBundle,
)
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.embedding_gaps import count_lacking
from reid.catalogue.schema import BundleGateRow, BundleRow, PromotionRow
from reid.catalogue.signers import refuse_distrusted
from reid.catalogue.trials import trial_of
from reid.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Target:
    """A bundle that is to serve. ``sha256`` None: the configured one; ``told``: name, version and
    fingerprint, as the event keeps them.
    """

    sha256: str | None
    fingerprint: str
    told: Mapping[str, str]


class Promotions(Core):
    """The history of which bundle serves."""

    def serving(self) -> tuple[int, str | None]:
        """The number of the event that rules (0: none) and the bundle's sha256; None: the
        configured one. One look at one row.
        """
        return self._read(_serving)

    def promotions(self) -> list[Promotion]:
        """All events, oldest first."""
        query = select(PromotionRow).order_by(PromotionRow.id)
        return self._read(lambda session: [_event(row) for row in session.scalars(query)])

    def switch(
        self,
        kind: PromotionKind,
        before: Target,
        after: Target,
        *,
        by: str,
        why: str,
        override: bool = False,
        complete: bool = True,
    ) -> Promotion:
        """Let another bundle serve, in one transaction with everything that could speak against it.

        ``complete``: every annotation must have its embedding under the new fingerprint, counted
        in this transaction, so that no search that follows can miss one. ``override``: although
        the bundle was not tried against the one that serves, or its trial refused it; which is kept
        with the event. A roll-back needs no trial.

        Raises:
            ConflictError: another bundle serves than ``before`` says, an embedding lacks, no trial
                against it passed, or the bundle was forgotten; nothing was changed.
        """
        check_texts(f"{kind.value}", by, why)

        def work(session: Session) -> Promotion:
            serving = _serving(session)[1]
            if serving != before.sha256:
                raise ConflictError(
                    f"expected {before.told['name']} to serve, found {serving or 'the configured'}:"
                    " somebody switched meanwhile; look again and repeat"
                )
            _refuse_forgotten(session, after)
            if after.sha256 is not None:
                refuse_distrusted(session, after.sha256, _said(after))
            overridden = ""
            if kind is PromotionKind.PROMOTE:
                overridden = trial_of(_newest_report(session, after.sha256), before.told).words
            if overridden and not override:
                raise ConflictError(untried(_said(after), after.told["name"], overridden))
            if complete:
                _refuse_incomplete(session, after)
            row = PromotionRow(
                at=now(),
                by=by,
                why=why,
                kind=kind.value,
                from_sha256=before.sha256,
                to_sha256=after.sha256,
                before=dict(before.told),
                after=dict(after.told),
                overridden=overridden,
            )
            about = {"from": dict(before.told), "to": dict(after.told), "why": why}
            about |= {"overridden": overridden} if overridden else {}
            session.add_all([row, audit_row(by, f"bundles {kind.value}", about)])
            session.flush()
            return _event(row)

        return self._write(work)

    def mark_forgotten(self, bundle: RegisteredBundle, *, by: str, keep: str) -> bool:
        """Say that a bundle is forgotten, before anything of it is deleted.

        Returns whether its embeddings may go too: not where another bundle that is kept, or the
        one with the fingerprint ``keep``, has the same.

        Raises:
            ConflictError: it serves.
        """

        def work(session: Session) -> bool:
            if _serving(session)[1] == (bundle.sha256 if bundle.registered else None):
                raise ConflictError(f"{bundle.label} serves; promote another or roll back first")
            row = session.get(BundleRow, bundle.sha256) if bundle.registered else None
            if row is not None and row.forgotten_at is None:
                row.forgotten_at = now()
                session.add(audit_row(by, "bundles forget", {"bundle": bundle.sha256}))
            same = select(BundleRow.sha256).where(
                BundleRow.fingerprint == bundle.fingerprint,
                BundleRow.forgotten_at.is_(None),
                BundleRow.sha256 != bundle.sha256,
            )
            shared = session.scalar(same.limit(1)) is not None
            return not shared and bundle.fingerprint != keep

        return self._write(work)


def previous(events: Sequence[Promotion]) -> str | None:
    """The bundle to which a roll-back leads: each one undoes the newest promotion not undone.

    Raises:
        ConflictError: nothing was promoted, or all of it was undone.
    """
    undone: list[Promotion] = []
    for event in events:
        if event.kind is PromotionKind.PROMOTE:
            undone.append(event)
        else:
            undone.pop()
    if not undone:
        raise ConflictError("nothing to roll back: no promotion stands that could be undone")
    return undone[-1].from_sha256


def states(session: Session) -> Callable[[BundleRow], BundleState]:
    """How each bundle stands now."""
    active = _serving(session)[1]
    served = set(session.scalars(select(PromotionRow.to_sha256)))

    def state(row: BundleRow) -> BundleState:
        if row.sha256 == active:
            return BundleState.ACTIVE
        if row.forgotten_at is not None:
            return BundleState.FORGOTTEN
        return BundleState.FORMER if row.sha256 in served else BundleState.REGISTERED

    return state


def _serving(session: Session) -> tuple[int, str | None]:
    newest = select(PromotionRow.id, PromotionRow.to_sha256).order_by(PromotionRow.id.desc())
    row = session.execute(newest.limit(1)).one_or_none()
    return (0, None) if row is None else (row[0], row[1])


def _refuse_forgotten(session: Session, after: Target) -> None:
    if after.sha256 is None:
        return
    row = session.get(BundleRow, after.sha256)
    if row is None or row.forgotten_at is not None:
        raise ConflictError(f"{_said(after)} was forgotten: register it again and re-embed")


def _newest_report(session: Session, sha256: str | None) -> Mapping[str, Any] | None:
    """Of the newest trial; None without one, which the configured bundle never has."""
    newest = select(BundleGateRow.report).where(BundleGateRow.sha256 == sha256)
    return session.scalar(newest.order_by(BundleGateRow.id.desc()).limit(1))


def untried(said: str, name: str, words: str) -> str:
    """Why a promotion is refused that nobody overrides, and what can be done."""
    return (
        f"{said} {words}; `reid bundles try {name}` tries a registered bundle, or promote with "
        "override and say why"
    )


def _refuse_incomplete(session: Session, after: Target) -> None:
    lacking = count_lacking(session, after.fingerprint)
    if lacking:
        raise ConflictError(
            f"{_said(after)}: {lacking} annotations have no embedding of it, so a search would "
            "miss them; `reid bundles re-embed` makes them, then promote again"
        )


def _said(target: Target) -> str:
    return f"bundle {target.told['name']} {target.told['version']}"


def _event(row: PromotionRow) -> Promotion:
    return Promotion(
        row.id,
        row.at,
        row.by,
        row.why,
        PromotionKind(row.kind),
        row.from_sha256,
        row.to_sha256,
        row.before,
        row.after,
        row.overridden,
    )
