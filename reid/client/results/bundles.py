"""Bundles of weights as the service tells of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reid.client.results.base import Result


class Bundle(Result):
    """A bundle and where it comes from; ``state`` is default, registered, active, former or
    forgotten, ``trial`` serves, none, other, refused or passed.
    """

    name: str
    version: str
    fingerprint: str
    sha256: str
    parent: str | None
    data_manifest_sha256: str
    code_version: str
    figures: dict[str, Any]
    licence: str
    data_licences: tuple[str, ...]
    state: str
    registered_at: datetime | None
    by: str
    signer: str
    gate: dict[str, Any] | None
    trial: str
    trial_words: str


class BundleDetail(Bundle):
    """``lacking`` counts stored annotations without its embedding; 0: it may serve. ``warnings``:
    what to know before it is promoted.
    """

    lacking: int
    warnings: tuple[str, ...]


class Bundles(Result):
    """All of them, and ``why`` the active one is."""

    active: Bundle
    why: str
    bundles: tuple[Bundle, ...]


class Promotion(Result):
    """A change of the bundle that serves; ``kind`` is promote or roll-back. ``warnings`` of one
    just made: nobody had looked at what it changes.
    """

    number: int
    at: datetime
    by: str
    why: str
    kind: str
    before: dict[str, str]
    after: dict[str, str]
    overridden: str
    warnings: tuple[str, ...] = ()


class Promotions(Result):
    """All of them, oldest first."""

    promotions: tuple[Promotion, ...]


class Serving(Result):
    """The bundle that a process answers with; ``problem`` keeps it from the promoted one."""

    name: str
    version: str
    fingerprint: str
    sha256: str
    why: str
    problem: str
