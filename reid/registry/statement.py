"""What is said of a bundle, signed: its files' hashes and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reid.catalogue import content_sha256
from reid.catalogue.bundle_records import NewBundle, Signed
from reid.catalogue.content import canonical_json
from reid.registry.cause import Cause, refuse
from reid.weights import Manifest

FORMAT = "leopard-reid/bundle/1"
Hex = Field(pattern=r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a bundle comes from, as its maker says. ``data_manifest_sha256`` is of the list of
    what it was trained on ("" unknown), ``code_version`` of what trained it, ``figures`` what was
    measured (plain JSON values), ``data_licences`` SPDX expressions of the training data.
    """

    data_manifest_sha256: str = ""
    code_version: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    data_licences: tuple[str, ...] = ()


class Statement(BaseModel):
    """The signed text, read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str = FORMAT
    sha256: str = Hex
    members: dict[str, str]
    name: str
    version: str
    fingerprint: str
    parent: str | None
    data_manifest_sha256: str
    code_version: str
    figures: dict[str, Any]
    licence: str
    data_licences: tuple[str, ...]

    def text(self) -> str:
        """As it is signed: the same for equal statements."""
        return canonical_json(self.model_dump(mode="json"), f"statement of {self.name}")

    def differing(self, found: Mapping[str, str]) -> list[str]:
        """Members of other content than was signed, or there and not signed, or not there."""
        names = {*found, *self.members}
        return sorted(name for name in names if found.get(name) != self.members.get(name))

    def signed(self, signed: Signed) -> NewBundle:
        """As the catalogue keeps it."""
        return NewBundle(
            sha256=self.sha256,
            name=self.name,
            version=self.version,
            fingerprint=self.fingerprint,
            parent=self.parent,
            data_manifest_sha256=self.data_manifest_sha256,
            code_version=self.code_version,
            figures=self.figures,
            licence=self.licence,
            data_licences=self.data_licences,
            signed=signed,
        )


def content_of(members: Mapping[str, str]) -> str:
    """The sha256 that names a bundle: over its members' names and hashes."""
    return content_sha256(dict(members), "members")


def state(
    manifest: Manifest,
    fingerprint: str,
    members: Mapping[str, str],
    parent: str | None,
    lineage: Lineage,
) -> Statement:
    """What is to be signed of a bundle."""
    return Statement(
        sha256=content_of(members),
        members=dict(members),
        name=manifest.name,
        version=manifest.version,
        fingerprint=fingerprint,
        parent=parent,
        data_manifest_sha256=lineage.data_manifest_sha256,
        code_version=lineage.code_version,
        figures=dict(lineage.figures),
        licence=manifest.licence.spdx,
        data_licences=tuple(lineage.data_licences),
    )


def read_statement(text: str | bytes) -> Statement:
    """A statement from its text.

    Raises:
        BundleRefusedError: it is none of this version.
    """
    try:
        found = Statement.model_validate_json(text)
    except (ValidationError, json.JSONDecodeError) as error:
        raise refuse(Cause.SIGNATURE, f"the statement cannot be read: {error}") from error
    if found.format != FORMAT or found.sha256 != content_of(found.members):
        raise refuse(
            Cause.SIGNATURE,
            f"the statement contradicts itself: expected {FORMAT} and the hash of its members",
        )
    return found
