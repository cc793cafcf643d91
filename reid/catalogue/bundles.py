"""Bundles of weights in the catalogue's database: kept once, signed, tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reid.catalogue.audit import audit_row
from reid.catalogue.bundle_records import (
    BundleState,
    NewBundle,
    RegisteredBundle,
)
from reid.catalogue.catalogue import Catalogue
from reid.catalogue.content import canonical_json, check_texts
from reid.catalogue.core import now
from reid.catalogue.embedding_gaps import EmbeddingGaps
from reid.catalogue.promotions import Promotions, states
from reid.catalogue.schema import BundleGateRow, BundleRow
from reid.catalogue.signers import Signers
from reid.errors import ConflictError, NotFoundError


class BundleStore(Promotions, EmbeddingGaps, Signers):
    """The bundles of a catalogue; every method is one transaction."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> BundleStore:
        """The bundles in this catalogue's database."""
        return cls(catalogue.engine, catalogue.data_dir)

    def add_bundle(self, new: NewBundle, *, by: str) -> tuple[RegisteredBundle, bool]:
        """Keep a bundle; returns it and whether it is new. A forgotten one is remembered again.

        Raises:
            ConflictError: another bundle has this name and version.
        """
        check_texts(f"bundle {new.name}", new.name, new.version, new.code_version, by)
        canonical_json(dict(new.figures), f"figures of {new.name}")

        def work(session: Session) -> tuple[RegisteredBundle, bool]:
            known = session.get(BundleRow, new.sha256)
            _refuse_clash(session, new)
            fresh = known is None or known.forgotten_at is not None
            if known is None:
                session.add(_row(new, by))
            elif known.forgotten_at is not None:
                known.forgotten_at = None
            if fresh:
                about = {"bundle": new.sha256, "name": new.name, "version": new.version}
                session.add(audit_row(by, "bundles register", about))
            session.flush()
            return _read(session, [session.get_one(BundleRow, new.sha256)])[0], fresh

        return self._write(work)

    def bundles(self) -> list[RegisteredBundle]:
        """All that were ever registered, oldest first."""
        query = select(BundleRow).order_by(BundleRow.registered_at, BundleRow.sha256)
        return self._read(lambda session: _read(session, session.scalars(query).all()))

    def find_bundle(self, reference: str) -> RegisteredBundle:
        """A bundle by sha256 (its beginning will do, from 8 digits), fingerprint, NAME@VERSION or
        name (the newest of it that is not forgotten).

        Raises:
            NotFoundError: no such bundle, or several.
        """
        return self._read(lambda session: _read(session, [_find(session, reference)])[0])

    def add_gate(self, sha256: str, report: Mapping[str, Any], *, by: str) -> None:
        """Keep what a trial found of a bundle.

        Raises:
            NotFoundError: no such bundle.
            InputError: the report is not JSON.
        """
        canonical_json(dict(report), "gate report")

        def work(session: Session) -> None:
            row = _find(session, sha256)
            session.add(BundleGateRow(at=now(), by=by, sha256=row.sha256, report=dict(report)))

        self._write(work)


def _refuse_clash(session: Session, new: NewBundle) -> None:
    names = {"name": new.name, "version": new.version}
    other = session.scalar(select(BundleRow).filter_by(**names))
    if other is not None and other.sha256 != new.sha256:
        raise ConflictError(
            f"bundle {new.name} {new.version} is registered with other content "
            f"({other.sha256[:12]}; now {new.sha256[:12]}); give the new one another version"
        )


def _row(new: NewBundle, by: str) -> BundleRow:
    return BundleRow(
        sha256=new.sha256,
        name=new.name,
        version=new.version,
        fingerprint=new.fingerprint,
        parent=new.parent,
        data_manifest_sha256=new.data_manifest_sha256,
        code_version=new.code_version,
        figures=dict(new.figures),
        licence=new.licence,
        data_licences=list(new.data_licences),
        statement=new.signed.statement,
        signer=new.signed.signer,
        signature=new.signed.signature,
        by=by,
        registered_at=now(),
    )


def _find(session: Session, reference: str) -> BundleRow:
    name, _, version = reference.partition("@")
    exact = [BundleRow.sha256 == reference, BundleRow.fingerprint == reference]
    exact.append((BundleRow.name == name) & (BundleRow.version == version))
    if len(reference) >= 8 and all(digit in "0123456789abcdef" for digit in reference):
        exact.append(BundleRow.sha256.startswith(reference))
    order = (BundleRow.forgotten_at.is_not(None), BundleRow.registered_at.desc())
    found = session.scalars(select(BundleRow).where(or_(*exact)).order_by(*order)).all()
    if not found:
        named = select(BundleRow).where(BundleRow.name == reference).order_by(*order).limit(1)
        found = session.scalars(named).all()
    kept = [row for row in found if row.forgotten_at is None] or list(found)
    if len(kept) == 1:
        return kept[0]
    if not kept:
        there = session.scalar(select(func.count()).select_from(BundleRow))
        raise NotFoundError(
            f"no bundle {reference!r} among the {there} registered ones; `reid bundles list` names "
            "them, `reid bundles register DIRECTORY` adds one"
        )
    told = ", ".join(f"{row.name}@{row.version}" for row in kept)
    raise NotFoundError(f"bundle {reference!r} may be any of {told}; say NAME@VERSION")


def _read(session: Session, rows: Sequence[BundleRow]) -> list[RegisteredBundle]:
    newest = select(func.max(BundleGateRow.id)).group_by(BundleGateRow.sha256)
    gates = session.scalars(select(BundleGateRow).where(BundleGateRow.id.in_(newest)))
    reports = {gate.sha256: gate.report for gate in gates}
    state = states(session)
    return [_bundle(row, state(row), reports.get(row.sha256)) for row in rows]


def _bundle(row: BundleRow, state: BundleState, gate: Mapping[str, Any] | None) -> RegisteredBundle:
    return RegisteredBundle(
        name=row.name,
        version=row.version,
        fingerprint=row.fingerprint,
        sha256=row.sha256,
        parent=row.parent,
        data_manifest_sha256=row.data_manifest_sha256,
        code_version=row.code_version,
        figures=row.figures,
        licence=row.licence,
        state=state,
        registered_at=row.registered_at,
        by=row.by,
        data_licences=tuple(row.data_licences),
        signer=row.signer,
        gate=gate,
        statement=row.statement,
        signature=row.signature,
    )
