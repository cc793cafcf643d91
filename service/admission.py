"""Whether the person at the door may do this: asked of every route by the table of needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from reid.config import Precision, Settings
from reid.people import FINEST
from service.errors import ForbiddenError, TooManyError
from service.gatekeeper import Person
from service.needs import Limit, Need, declared, need_of
from service.state import Service, ServiceNow

ABOUT = frozenset(
    ("sighting_id", "sighting_ids", "individual", "name", "kind", "keep", "gone", "a", "b", "id")
)
"""Fields of a body that go into the audit log: ids, names and kinds, nothing else."""

MOST_ABOUT = 50


async def admitted(request: Request, service: ServiceNow) -> None:
    """Let a request in, and note what it is about.

    Raises:
        ForbiddenError: another role is needed, or it speaks for somebody else.
        TooManyError: too many of the kind with this key.
    """
    route = request.scope["route"]
    action = declared(request.method, route.path_format)
    need = need_of(request.method, route.path_format)
    if need.role is None:
        return
    person: Person = request.state.person
    request.state.action = action
    told = await _told(request, route)
    _check_role(person, need, told)
    request.state.by = _speaks(person, told)
    if need.limit is not None and person.key_prefix is not None:
        _check_limit(service, need.limit, person.key_prefix)
    request.state.about = _about(request.path_params, told)


async def _told(request: Request, route: Any) -> dict[str, Any]:
    """The body, where the route takes JSON (FastAPI has read it by now); else nothing."""
    if route.body_field is None:
        return {}
    try:
        found = json.loads(await request.body())
    except ValueError:
        return {}  # FastAPI says what is wrong with it
    return found if isinstance(found, dict) else {}


def _check_role(person: Person, need: Need, told: Mapping[str, Any]) -> None:
    role = need.role_for(told)
    if role is not None and not person.role.may(role):
        raise ForbiddenError(
            f"expected the role {role}, found {person.role}; ask an admin for a key of that role"
        )


def _speaks(person: Person, told: Mapping[str, Any]) -> str | None:
    """Who says it: nobody speaks for others with a key of their own."""
    by = told.get("by")
    if not isinstance(by, str):
        return person.name
    if person.name is not None and by != person.name:
        raise ForbiddenError(
            f"by: this key is {person.name!r}'s, and what is done with it is said by them; found "
            "another name"
        )
    return by


def _check_limit(service: Service, limit: Limit, key_prefix: str) -> None:
    wait_s = service.limits[limit].take(key_prefix)
    if wait_s:
        raise TooManyError(
            f"more {limit} with this key than a minute has room for; try again in {wait_s} s",
            retry_after_s=wait_s,
        )


def _about(path_params: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    inner = told.get("decision")
    every = {**(inner if isinstance(inner, dict) else {}), **told}
    found = {name: _plain(value) for name, value in every.items() if name in ABOUT}
    return {**found, **{name: str(value) for name, value in path_params.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [str(one) for one in value[:MOST_ABOUT]]
    return str(value)


async def _person(request: Request) -> Person:
    person: Person = request.state.person
    return person


PersonNow = Annotated[Person, Depends(_person)]


def precision_for(settings: Settings, person: Person) -> Precision:
    """How exactly somebody is told positions."""
    precision: Precision = getattr(settings, f"places_{person.role}")
    return precision


def sees_journeys(settings: Settings, person: Person) -> bool:
    """Whether somebody is told distances between sightings, which positions follow from."""
    return precision_for(settings, person) == FINEST
