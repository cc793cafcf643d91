"""Templates to pages: what every page is given, and what it may load and run."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reid import __version__
from reid.identities.shown import NONE
from reid.paper.installed import pdf_is_there
from reid.people import Role
from reid.pipeline.identifiable import NOTE
from service.addresses import written
from service.cookies import give_token, token_in
from service.forgery import proof_of
from service.gatekeeper import Person
from service.needs import NEEDS, need_of
from service.web.assets import STATIC_AT
from service.web.words import FILTERS

POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would send forms without Origin
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the navigation."""

    word: str
    path: str


WAYS = (
    Way("Sightings", "/sightings"),
    Way("Upload", "/upload"),
    Way("Review", "/review"),
    Way("Individuals", "/individuals"),
    Way("Comparisons", "/comparisons"),
    Way("Jobs", "/jobs"),
    Way("Models", "/models"),
    Way("History", "/history"),
    Way("Settings", "/settings"),
)
"""Shown to whoever may go there."""


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(static=STATIC_AT, version=__version__, routes=NEEDS)
    made.globals.update(pdf_is_there=pdf_is_there, findable_note=NOTE, no_answer=NONE)
    return made


ENVIRONMENT = _environment()


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A template as a page.

    Beside ``context`` it is given ``person`` (None: nobody is signed in), ``may`` (whether they
    have a role, by its name), ``ways``, ``here`` (the address) and ``proof``, which scripts and
    forms send along with what they change.
    """
    person: Person | None = getattr(request.state, "person", None)
    token = token_in(request.scope)
    fresh = person is not None and token is None
    if fresh:  # without keys nobody signs in, and the first page brings the token
        token = secrets.token_urlsafe(TOKEN_BYTES)
    html = ENVIRONMENT.get_template(template).render(
        person=person,
        may=lambda role: person is not None and person.role.may(Role(role)),
        ways=_ways(person),
        here=written(request.scope),
        proof=proof_of(token) if token and person else "",
        **context,
    )
    response = HTMLResponse(html, status, HEADERS)
    if fresh and token:
        give_token(response, request.scope, token, seconds=None)
    return response


def _ways(person: Person | None) -> list[Way]:
    """Where this person may go; pages that do not exist stand in no table."""
    if person is None:
        return []
    return [way for way in WAYS if f"GET {way.path}" in NEEDS and _may_go(person, way.path)]


def _may_go(person: Person, path: str) -> bool:
    role = need_of("GET", path).role
    return role is None or person.role.may(role)
