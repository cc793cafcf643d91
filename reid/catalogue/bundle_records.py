"""What is known of bundles of weights, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class BundleState(StrEnum):
    """How a bundle stands."""

    DEFAULT = "default"  # what processes are configured with; serves until something is promoted
    REGISTERED = "registered"  # kept, and never served
    ACTIVE = "active"  # serves
    FORMER = "former"  # served before; its embeddings are kept
    FORGOTTEN = "forgotten"  # its files and embeddings are gone, its history is kept


@dataclass(frozen=True, slots=True)
class RegisteredBundle:
    """A bundle of weights with where it comes from.

    ``sha256`` is over its files and names it; ``fingerprint`` over what shapes a vector, so two
    bundles that differ in their calibration alone share it. ``parent`` is the sha256 of the bundle
    that training started from. ``figures`` are what its maker measured; ``data_licences`` are of
    the training data. ``signer`` (public key, hex) signed ``statement``. ``gate`` is the newest
    report of a trial against the bundle that served then, None without one. Of the configured
    default, which is not registered, what was never said is empty and ``registered_at`` is None.
    """

    name: str
    version: str
    fingerprint: str
    sha256: str
    parent: str | None
    data_manifest_sha256: str
    code_version: str
    figures: Mapping[str, Any]
    licence: str
    state: BundleState
    registered_at: datetime | None
    by: str
    data_licences: tuple[str, ...] = ()
    signer: str = ""
    gate: Mapping[str, Any] | None = None
    statement: str = field(default="", repr=False)
    signature: str = field(default="", repr=False)

    @property
    def registered(self) -> bool:
        """Whether it is kept in the catalogue; False of the configured default."""
        return bool(self.statement)

    @property
    def label(self) -> str:
        """Name, version and the beginning of its hash."""
        return f"{self.name} {self.version} ({self.sha256[:12]})"


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signer says of a bundle, and the signature over that very text (hex)."""

    statement: str
    signer: str
    signature: str


@dataclass(frozen=True, slots=True)
class NewBundle:
    """A bundle to be kept: what its statement says, read."""

    sha256: str
    name: str
    version: str
    fingerprint: str
    parent: str | None
    data_manifest_sha256: str
    code_version: str
    figures: Mapping[str, Any]
    licence: str
    data_licences: tuple[str, ...]
    signed: Signed


class PromotionKind(StrEnum):
    """What a promotion event did."""

    PROMOTE = "promote"
    ROLL_BACK = "roll-back"


@dataclass(frozen=True, slots=True)
class Promotion:
    """A change of the bundle that serves. ``number`` counts up; sha256 None: the configured one.

    ``before`` and ``after`` say name, version and fingerprint as they were; ``overridden`` says
    what of its trial was set aside (none, against another bundle, refused: why), "" nothing;
    ``why`` is then the reason.
    """

    number: int
    at: datetime
    by: str
    why: str
    kind: PromotionKind
    from_sha256: str | None
    to_sha256: str | None
    before: Mapping[str, str]
    after: Mapping[str, str]
    overridden: str = ""


@dataclass(frozen=True, slots=True)
class Distrust:
    """Since when a key's bundles are not taken, who said so and why."""

    at: datetime
    by: str
    why: str

    def words(self) -> str:
        """Behind "is"."""
        return f"distrusted since {self.at:%Y-%m-%d %H:%M} UTC by {self.by}: {self.why}"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key (hex) whose bundles are taken, or were until its ``distrust``. ``own``: this
    catalogue signs with it, or did.
    """

    public_key: str
    at: datetime
    by: str
    why: str
    own: bool
    distrust: Distrust | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """Annotations without an embedding of a fingerprint; ``last`` is the newest annotation."""

    count: int
    keys: tuple[int, ...]
    last: int
