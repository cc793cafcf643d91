"""Who is at the door: the person behind a key, or, where no key was ever made, this machine."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

from reid.catalogue import Catalogue
from reid.catalogue.access_keys import AccessKey, KeyStore
from reid.people import Role, matches, prefix_of
from service.errors import ForbiddenError, TooManyError, UnauthorizedError
from service.rates import Buckets

WRONG_KEYS_PER_MINUTE, WRONG_KEYS_AT_ONCE = 10, 10
MOST_KNOWN = 1000
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

log = logging.getLogger("service.access")


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. ``name`` and ``key_prefix`` are None on a machine where no key was made."""

    name: str | None
    role: Role
    key_prefix: str | None


LOCAL = Person(None, Role.ADMIN, None)


class Gatekeeper:
    """Tells persons by their keys, and remembers the keys that it has checked by their digest.

    The catalogue is asked at every request, so that a revoked key opens nothing from then on.
    """

    def __init__(self) -> None:
        self.closed = False
        self._checked: OrderedDict[bytes, str] = OrderedDict()
        self.wrong = Buckets(per_minute=WRONG_KEYS_PER_MINUTE, burst=WRONG_KEYS_AT_ONCE)

    def close(self, catalogue: Catalogue) -> bool:
        """Whether keys are asked for: from the first one on, for good. Blocking."""
        self.closed = self.closed or KeyStore.of(catalogue).any()
        return self.closed

    def remembers(self, text: str) -> bool:
        """Whether this very key was right before."""
        return _digest(text) in self._checked

    def charge(self, address: str) -> None:
        """Take from what an address may get wrong, before the costly check.

        Raises:
            TooManyError: it was wrong too often.
        """
        wait_s = self.wrong.take(address)
        if wait_s:
            raise TooManyError(
                f"too many wrong keys from your address; try again in {wait_s} s",
                retry_after_s=wait_s,
            )

    def person(self, catalogue: Catalogue, text: str) -> Person | None:
        """The person behind a key; None for a wrong or revoked one. Blocking."""
        digest, prefix = _digest(text), prefix_of(text)
        key = KeyStore.of(catalogue).find(prefix) if prefix else None
        if self._checked.get(digest) != (prefix or "") and not self._check(digest, text, key):
            return None
        if key is None or not key.valid:
            return None
        return Person(key.person, key.role, key.prefix)

    def _check(self, digest: bytes, text: str, key: AccessKey | None) -> bool:
        if not matches(text, key.hashed if key else None) or key is None:
            return False
        self._checked[digest] = key.prefix
        if len(self._checked) > MOST_KNOWN:
            self._checked.popitem(last=False)
        return True


def carries_key(scope: Scope) -> bool:
    """Whether a request says who it is by a header that no page of another site can add.

    A browser adds `Basic` by itself, for a proxy that asks for it.
    """
    scheme = Headers(scope=scope).get("authorization", "").partition(" ")[0]
    return scheme.lower() == "bearer"


def key_in(scope: Scope) -> str:
    """The key that a request carries.

    Raises:
        UnauthorizedError: none.
    """
    scheme, _, text = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise UnauthorizedError(
            "expected the header `Authorization: Bearer KEY`, found none; an admin of this "
            "service makes keys with `reid keys create`"
        )
    return text.strip()


def address_of(scope: Scope) -> str:
    """Where a request comes from; "unknown" for what has no address."""
    client = scope.get("client")
    return client[0] if client and client[0] else "unknown"


def check_local(scope: Scope) -> None:
    """Raise unless a request was made on this machine by no stranger's page.

    Without keys everybody on this machine is admin: a proxy would lend that to all who reach it,
    and a page of somebody else's, open in a browser here, must not borrow it either (by a forged
    form, or by a name of its own that leads to loopback).

    Raises:
        ForbiddenError: made elsewhere, or nobody can tell.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if (
        not plain_loopback(scope)
        or (origin is not None and origin.partition("://")[2] != headers.get("host", ""))
        or headers.get("sec-fetch-site") in ("cross-site", "same-site")
    ):
        raise ForbiddenError(
            "no keys were made for this service, so it answers nobody but this machine, without a "
            "proxy; make keys with `reid keys create NAME --role ROLE`"
        )


def plain_loopback(scope: Scope) -> bool:
    """Whether a request was made on this machine, by its own name and through no proxy."""
    headers = Headers(scope=scope)
    return (
        loopback(address_of(scope))
        and not any(name in headers for name in FORWARDED)
        and loopback(_host(headers.get("host", "")))
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _host(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def loopback(host: str) -> bool:
    """Whether an address or name is this machine's own, for itself alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
