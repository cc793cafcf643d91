"""Bundles of weights of a catalogue: taken in, tried, promoted, rolled back, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.bundle_records import (
    BundleState,
    Lacking,
    Promotion,
    PromotionKind,
    RegisteredBundle,
    Signed,
    TrustedKey,
)
from reid.catalogue.bundles import BundleStore
from reid.catalogue.faults import translated
from reid.catalogue.promotions import Target, previous
from reid.config import Settings
from reid.errors import BundleRefusedError, ConflictError, NotFoundError, WeightsAlteredError
from reid.registry import keys
from reid.registry.archive import pack, unpack
from reid.registry.cause import Cause, refuse
from reid.registry.default import configured
from reid.registry.inspection import check_data_licences, inspect
from reid.registry.members import copy_members, hashes
from reid.registry.shelf import Shelf
from reid.registry.statement import Lineage, Statement, content_of, read_statement, state
from reid.types.checks import require
from reid.weights import Bundle, fingerprint, list_bundles, load_bundle

INDEX = "index"


class Registry:
    """The bundles of a catalogue; safe to share between threads and processes.

    ``default`` is the bundle that this process is configured with (a name or path): it serves
    until something was promoted.
    """

    def __init__(
        self, catalogue: Catalogue, default: str, *, index_dir: Path | None = None
    ) -> None:
        self.catalogue, self.store = catalogue, BundleStore.of(catalogue)
        self.data_dir, self.default = catalogue.data_dir, default
        self.shelf = Shelf(catalogue.data_dir)
        self._index_dir = index_dir or catalogue.data_dir / INDEX

    @classmethod
    def of(cls, catalogue: Catalogue, settings: Settings) -> Registry:
        """The registry of a catalogue, under a process's settings."""
        return cls(catalogue, settings.bundle, index_dir=settings.index_dir)

    # ---- what there is

    def active(self) -> RegisteredBundle:
        """The bundle that serves: the one promoted last, or the configured default.

        Raises:
            WeightsError: the default has no readable manifest.
        """
        sha256 = self.store.serving()[1]
        return self.configured() if sha256 is None else self.store.find_bundle(sha256)

    def configured(self) -> RegisteredBundle:
        """The bundle that this process is configured with."""
        return configured(load_bundle(self.default))

    def bundles(self) -> list[RegisteredBundle]:
        """The configured default, then all that were ever registered, oldest first."""
        default = self.configured()
        if self.store.serving()[1] is None:
            default = replace(default, state=BundleState.ACTIVE)
        return [default, *self.store.bundles()]

    def bundle(self, reference: str) -> RegisteredBundle:
        """A bundle by sha256, fingerprint, NAME@VERSION or name; also the configured default.

        Raises:
            NotFoundError: no such bundle, or several.
        """
        try:
            return self.store.find_bundle(reference)
        except NotFoundError:
            default = self.bundles()[0]
            names = (default.name, f"{default.name}@{default.version}", default.sha256)
            if reference in (*names, default.fingerprint, self.default):
                return default
            raise

    def promotions(self) -> list[Promotion]:
        """Every change of the bundle that serves, oldest first."""
        return self.store.promotions()

    def lacking(self, bundle: RegisteredBundle) -> Lacking:
        """Annotations that have no embedding of a bundle."""
        return self.store.lacking(bundle.fingerprint)

    # ---- taking in

    def register(
        self,
        directory: Path,
        *,
        by: str,
        parent: str | None = None,
        lineage: Lineage | None = None,
    ) -> RegisteredBundle:
        """Copy a bundle's directory in, try it, sign it with this catalogue's key, and keep it.

        ``parent`` is any reference that ``bundle`` takes, or a sha256. The same content again
        changes nothing.

        Raises:
            BundleRefusedError: with the cause by name; nothing was kept.
            NotFoundError: no such parent.
            StorageFullError: no room; nothing was kept.
        """
        lineage = lineage or Lineage()
        ancestor = None if parent is None else self.bundle(parent).sha256
        with translated(self.data_dir), self.shelf.beside() as beside:
            copy_members(directory, beside)
            bundle = inspect(beside)
            check_data_licences(bundle.manifest.licence.spdx, lineage.data_licences)
            said = state(bundle.manifest, fingerprint(bundle), hashes(beside), ancestor, lineage)
            key = keys.own_key(self.data_dir)
            signer, text = self._signing_key(), said.text()
            return self.keep(beside, said, Signed(text, signer, keys.sign(key, text)), by=by)

    def export(self, bundle: RegisteredBundle, out: Path) -> None:
        """Write a bundle, checked, into one new file.

        Raises:
            InputError: it is not registered, or something is there already.
            WeightsError: its files are not what was registered.
        """
        require(bundle.registered, f"{bundle.name}: register it first; only such are signed")
        self.open(bundle)
        with translated(out.parent):
            pack(bundle, self.shelf.place(bundle.sha256), out)

    def import_(self, file: Path, *, by: str) -> RegisteredBundle:
        """Take in a file that another catalogue exported, if its key is trusted here.

        Everything is tried on it as on any bundle; its lineage and its signature stay as they are.

        Raises:
            BundleRefusedError: with the cause by name; nothing was kept.
        """
        with translated(self.data_dir), self.shelf.beside() as beside:
            signed = unpack(file, beside)
            keys.check_signature(signed.statement, signed.signer, signed.signature)
            problem = self._why_not(signed.signer)
            if problem:
                raise refuse(
                    Cause.UNKNOWN_SIGNER,
                    f"signed by {signed.signer}, which {problem}; ask its owner for the "
                    "key by another way, then `reid bundles trust KEY --by NAME --why REASON`",
                )
            said = read_statement(signed.statement)
            wrong = said.differing(hashes(beside))
            if wrong:
                raise refuse(Cause.ALTERED, f"{', '.join(wrong)}: not what was signed")
            bundle = inspect(beside)
            told = bundle.name, bundle.manifest.version, fingerprint(bundle)
            if told != (said.name, said.version, said.fingerprint):
                raise refuse(Cause.SIGNATURE, "the statement is of another bundle")
            check_data_licences(bundle.manifest.licence.spdx, said.data_licences)
            return self.keep(beside, said, signed, by=by)

    def keep(self, beside: Path, said: Statement, signed: Signed, *, by: str) -> RegisteredBundle:
        """Put a folder that was tried into its place, and its statement into the catalogue."""
        self._refuse_shipped_name(said)
        self.shelf.put(beside, said.sha256)
        try:
            return self.store.add_bundle(said.signed(signed), by=by)[0]
        except ConflictError as error:
            raise refuse(Cause.NAME_CLASH, str(error)) from error

    def _refuse_shipped_name(self, said: Statement) -> None:
        for listing in list_bundles():
            found = listing.bundle
            if found is None or (found.name, found.manifest.version) != (said.name, said.version):
                continue
            if configured(found).fingerprint != said.fingerprint:
                raise refuse(
                    Cause.NAME_CLASH,
                    f"{said.name} {said.version} is a bundle in {found.directory.parent} with "
                    "other content; give the new one another version",
                )

    # ---- loading

    def open(self, bundle: RegisteredBundle) -> Bundle:
        """The bundle's files, after its signature and every hash were checked.

        Raises:
            WeightsAlteredError: they are not what was registered, or its signer is not trusted.
            WeightsMissingError: they are not there.
        """
        if not bundle.registered:
            return load_bundle(self.default)
        try:
            keys.check_signature(bundle.statement, bundle.signer, bundle.signature)
            said = read_statement(bundle.statement)
        except BundleRefusedError as error:
            raise WeightsAlteredError(f"{bundle.label}: {error}") from error
        problem = self._why_not(bundle.signer)
        if problem:
            raise WeightsAlteredError(
                f"{bundle.label}: signed by {bundle.signer}, which {problem}; "
                "`reid bundles trust` it, or promote another bundle"
            )
        return self._checked(bundle, said)

    def _checked(self, bundle: RegisteredBundle, said: Statement) -> Bundle:
        place = self.shelf.place(bundle.sha256)
        opened, found = load_bundle(place), hashes(place)
        differing = said.differing(found)
        if differing or content_of(found) != bundle.sha256 or said.sha256 != bundle.sha256:
            raise WeightsAlteredError(
                f"{bundle.label}: {', '.join(differing) or 'its statement'} is not what was "
                f"registered; restore {place} from a backup, or `reid bundles roll-back`"
            )
        return opened

    # ---- trial, promotion, roll-back

    def gate_report(
        self, bundle: RegisteredBundle, report: Mapping[str, Any], *, by: str = ""
    ) -> RegisteredBundle:
        """Attach what a trial against the serving bundle found; the newest report counts.

        ``report["regression"]`` (bool) says whether the bundle is refused, ``report["reasons"]``
        (texts) why, ``report["champion_sha256"]`` against which bundle: it counts while that one
        serves. Whatever else it holds is kept and shown.

        Raises:
            InputError: the report does not say whether there is a regression.
        """
        require(
            isinstance(report.get("regression"), bool),
            "gate report: expected `regression` (true or false) and `reasons` (a list of texts), "
            f"found {sorted(report)}",
        )
        self.store.add_gate(bundle.sha256, report, by=by)
        return self.store.find_bundle(bundle.sha256)

    def promote(
        self, bundle: RegisteredBundle, *, by: str, why: str, override: bool = False
    ) -> Promotion:
        """Let a bundle serve from the next request on, in every process.

        Raises:
            ConflictError: it serves already, an annotation lacks its embedding, or no trial against
                the bundle that serves passed and ``override`` is false; nothing was changed.
            InputError: no reason given.
            WeightsError: its files are not what was registered.
        """
        require(bool(by.strip() and why.strip()), "promotion: expected who (by) and why")
        before, after = self._target(self.active()), self._target(bundle)
        if before.sha256 == after.sha256:
            raise ConflictError(f"{bundle.label} serves already")
        _refuse_forgotten(bundle)
        self.open(bundle)
        return self.store.switch(
            PromotionKind.PROMOTE, before, after, by=by, why=why, override=override
        )

    def roll_back(self, *, by: str, why: str) -> Promotion:
        """Undo the newest promotion that stands, at once.

        What was stored since has no embedding of the older bundle yet: searches embed it first,
        or say how many they would miss (`reid bundles re-embed` makes them).

        Raises:
            ConflictError: no promotion stands, or the older bundle was forgotten.
            InputError: no reason given.
            WeightsError: the older bundle's files are not what was registered.
        """
        require(bool(by.strip() and why.strip()), "roll-back: expected who (by) and why")
        older = previous(self.promotions())
        bundle = self.configured() if older is None else self.store.find_bundle(older)
        _refuse_forgotten(bundle)
        self.open(bundle)
        before, after = self._target(self.active()), self._target(bundle)
        return self.store.switch(
            PromotionKind.ROLL_BACK, before, after, by=by, why=why, complete=False
        )

    def forget(self, bundle: RegisteredBundle, *, by: str) -> int:
        """Let go of a bundle that does not serve: its files, its embeddings, its index. Its history
        stays. Returns how many embeddings were deleted; interrupted, it is simply asked for again.

        Raises:
            ConflictError: it serves.
        """
        alone = self.store.mark_forgotten(bundle, by=by, keep=self.active().fingerprint)
        count = 0
        while alone and (deleted := self.store.forget_embeddings(bundle.fingerprint)):
            count += deleted
        if alone:
            (self._index_dir / f"{bundle.fingerprint}.index").unlink(missing_ok=True)
        if bundle.registered:
            self.shelf.drop(bundle.sha256)
        return count

    def _target(self, bundle: RegisteredBundle) -> Target:
        told = {
            "name": bundle.name,
            "version": bundle.version,
            "fingerprint": bundle.fingerprint,
            "sha256": bundle.sha256,
        }
        return Target(bundle.sha256 if bundle.registered else None, bundle.fingerprint, told)

    # ---- whose bundles are taken

    def own_key(self) -> str:
        """This catalogue's public key; trusted from the moment on that it is made."""
        found = keys.public_hex(keys.own_key(self.data_dir))
        self.store.trust(found, by="this catalogue", why="its own key", own=True)
        return found

    def trust(self, public_key: str, *, by: str, why: str) -> TrustedKey:
        """Take bundles that another catalogue signed.

        Raises:
            InputError: no public key, or no reason.
        """
        require(bool(by.strip() and why.strip()), "trust: expected who (by) and why")
        return self.store.trust(keys.read_public(public_key), by=by, why=why)

    def distrust(self, public_key: str, *, by: str, why: str) -> TrustedKey:
        """Take no bundle that this key signed any more, whoever else trusts it: none is imported,
        promoted or loaded. Those that are kept stay, and serve again when it is trusted again.

        Raises:
            InputError: no public key, or no reason.
            NotFoundError: nobody ever trusted it.
            ConflictError: it is distrusted already, or signed the bundle that serves now.
        """
        require(bool(by.strip() and why.strip()), "distrust: expected who (by) and why")
        self.own_key()
        return self.store.distrust(keys.read_public(public_key), by=by, why=why)

    def signers(self) -> list[TrustedKey]:
        """Every key that was ever trusted, this catalogue's own among them; some distrusted."""
        self.own_key()
        return self.store.signers()

    def trusted(self) -> list[TrustedKey]:
        """Every key whose bundles are taken, this catalogue's own among them."""
        return [key for key in self.signers() if key.distrust is None]

    def _why_not(self, signer: str) -> str:
        """Why a signer's bundles are not taken, behind "which"; "" when they are."""
        known = {key.public_key: key for key in self.store.signers()}
        if signer not in known:
            return "nobody here trusts"
        found = known[signer].distrust
        return "" if found is None else f"is {found.words()}"

    def _signing_key(self) -> str:
        """This catalogue's public key, to sign with.

        Raises:
            ConflictError: it is distrusted.
        """
        own = self.own_key()
        problem = self._why_not(own)
        if problem:
            raise ConflictError(
                f"this catalogue signs with {own}, which {problem}; move "
                f"{self.data_dir / keys.FILE_NAME} away: a new key is made"
            )
        return own


def _refuse_forgotten(bundle: RegisteredBundle) -> None:
    if bundle.state is BundleState.FORGOTTEN:
        raise ConflictError(f"{bundle.label} was forgotten: register it again and re-embed")
