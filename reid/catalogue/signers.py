"""Whose bundles are taken: keys trusted, distrusted, trusted again; nothing said is taken away."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.audit import audit_row
from reid.catalogue.bundle_records import Distrust, TrustedKey
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.schema import BundleRow, PromotionRow, TrustedKeyEventRow, TrustedKeyRow
from reid.errors import ConflictError, NotFoundError

TRUST, DISTRUST = "trust", "distrust"


class Signers(Core):
    """The keys whose bundles a catalogue takes; every method is one transaction."""

    def trust(self, public_key: str, *, by: str, why: str, own: bool = False) -> TrustedKey:
        """Take bundles that this key signed from now on; one that is trusted stays as it is.

        ``own``: this catalogue's own key makes itself known; one that was distrusted stays so.
        """
        check_texts("trusted key", by, why)

        def work(session: Session) -> TrustedKey:
            row = session.get(TrustedKeyRow, public_key)
            if row is None:
                row = TrustedKeyRow(public_key=public_key, at=now(), by=by, why=why, own=own)
                session.add_all([row, audit_row(by, "bundles trust", {"key": public_key})])
            elif not own and distrust_of(session, public_key) is not None:
                _say(session, TRUST, public_key, by, why)
            session.flush()
            return _key(session, row)

        return self._write(work)

    def distrust(self, public_key: str, *, by: str, why: str) -> TrustedKey:
        """Take no bundle of this key any more: none is promoted, none is loaded.

        Raises:
            NotFoundError: nobody ever trusted it.
            ConflictError: it is distrusted already, or signed the bundle that serves.
        """
        check_texts("distrusted key", by, why)

        def work(session: Session) -> TrustedKey:
            row = session.get(TrustedKeyRow, public_key)
            if row is None:
                raise NotFoundError(
                    f"key {public_key}: nobody here trusted it; `reid bundles keys` names those "
                    "whose bundles are taken"
                )
            before = distrust_of(session, public_key)
            if before is not None:
                raise ConflictError(f"key {public_key} is {before.words()} already")
            _refuse_serving(session, public_key)
            _say(session, DISTRUST, public_key, by, why)
            session.flush()
            return _key(session, row)

        return self._write(work)

    def signers(self) -> list[TrustedKey]:
        """Every key that was ever trusted, oldest first, and whether it is now."""
        query = select(TrustedKeyRow).order_by(TrustedKeyRow.at, TrustedKeyRow.public_key)
        return self._read(lambda session: [_key(session, row) for row in session.scalars(query)])


def distrust_of(session: Session, public_key: str) -> Distrust | None:
    """The distrust that rules, if the newest word on this key is one."""
    newest = select(TrustedKeyEventRow).where(TrustedKeyEventRow.public_key == public_key)
    row = session.scalar(newest.order_by(TrustedKeyEventRow.id.desc()).limit(1))
    return Distrust(row.at, row.by, row.why) if row is not None and row.kind == DISTRUST else None


def refuse_distrusted(session: Session, sha256: str, what: str) -> None:
    """Raise ConflictError where the bundle's signer is distrusted."""
    signer = session.scalar(select(BundleRow.signer).where(BundleRow.sha256 == sha256))
    found = None if signer is None else distrust_of(session, signer)
    if found is not None:
        raise ConflictError(
            f"{what}: signed by {signer}, which is {found.words()}; promote another bundle"
        )


def _refuse_serving(session: Session, public_key: str) -> None:
    last = select(func.max(PromotionRow.id)).scalar_subquery()
    serves = select(BundleRow).join(PromotionRow, PromotionRow.to_sha256 == BundleRow.sha256)
    row = session.scalar(serves.where(PromotionRow.id == last, BundleRow.signer == public_key))
    if row is not None:
        raise ConflictError(
            f"key {public_key} signed {row.name} {row.version}, which serves: the next process "
            "could not load it. `reid bundles roll-back` or promote another bundle (the "
            "configured one by its name), then distrust the key"
        )


def _say(session: Session, kind: str, public_key: str, by: str, why: str) -> None:
    said = TrustedKeyEventRow(at=now(), by=by, why=why, kind=kind, public_key=public_key)
    about = {"key": public_key, "why": why}
    session.add_all([said, audit_row(by, f"bundles {kind}", about)])


def _key(session: Session, row: TrustedKeyRow) -> TrustedKey:
    found = distrust_of(session, row.public_key)
    return TrustedKey(row.public_key, row.at, row.by, row.why, row.own, found)
