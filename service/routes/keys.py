"""/v1/keys: who may use the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from reid.catalogue.access_keys import AccessKey, KeyStore
from reid.errors import NotFoundError
from reid.people import Role
from service.admission import PersonNow
from service.errors import ConflictError
from service.gatekeeper import Person
from service.schemas.keys import KeyIn, KeyOut, KeysOut, NewKeyOut
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/keys", tags=["service"])
Prefix = Annotated[str, Path(max_length=64, examples=["k3v9x0q2ab"])]


@router.get("")
async def listed(service: ServiceNow, library: LibraryNow) -> KeysOut:
    """Every key that was ever made, by its public prefix."""
    found = await service.guards.run(KeyStore.of(library.catalogue).keys)
    return KeysOut(keys=[key_out(key) for key in found])


@router.post("", status_code=201)
async def make(
    wanted: KeyIn, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> NewKeyOut:
    """Make a key; its text is told this once.

    With the first one nobody gets in without a key any more, so that has to be an admin's.
    """
    store = KeyStore.of(library.catalogue)
    async with service.turns.turn("keys"):
        return await service.guards.run(lambda: _make(store, wanted, person))


def _make(store: KeyStore, wanted: KeyIn, person: Person) -> NewKeyOut:
    if wanted.role is not Role.ADMIN and not store.any():
        raise ConflictError(
            f"the first key: expected one of role admin, found {wanted.role}; with it everybody "
            "needs a key, and only admins make more"
        )
    made = store.create(wanted.person, wanted.role, by=person.name or "this machine")
    kept = store.find(made.prefix)
    if kept is None:
        raise NotFoundError(f"no key {made.prefix!r}")
    return NewKeyOut(**key_out(kept).model_dump(), key=made.text)


@router.post("/{prefix}/revoke")
async def revoke(
    prefix: Prefix, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> KeyOut:
    """End a key and all sessions of it at once; a 409 for the last one of an admin."""
    store = KeyStore.of(library.catalogue)
    async with service.turns.turn("keys"):
        ended = await service.guards.run(lambda: _revoke(store, prefix, person))
    return key_out(ended)


def _revoke(store: KeyStore, prefix: str, person: Person) -> AccessKey:
    every = store.keys()
    admins = [key.prefix for key in every if key.valid and key.role is Role.ADMIN]
    if admins == [prefix]:
        raise ConflictError(
            "it is the last key of an admin: make another first, or nobody could make one here "
            "(`reid keys revoke` on the service's machine asks nobody)"
        )
    return store.revoke(prefix, by=person.name or "this machine")


def key_out(key: AccessKey) -> KeyOut:
    """A key without its secret."""
    return KeyOut(
        prefix=key.prefix,
        person=key.person,
        role=key.role,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )
