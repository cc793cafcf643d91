"""What the service is asked for, as values; which method asks for which operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

F = TypeVar("F", bound=Callable[..., Any])
OPERATIONS: dict[str, str] = {}
"""Name of the client's method by operation, as "GET /v1/sightings/{sighting_id}"."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload: read from ``path`` in pieces while it is sent; ``name`` as it is stored,
    ``part`` as the form calls it.
    """

    path: Path
    name: str
    part: str = "media"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``repeatable``: made twice it does no more than once."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    metadata: str | None = None
    files: Sequence[File] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True


def operation(named: str) -> Callable[[F], F]:
    """Say which operation of the OpenAPI document a method is."""

    def note(method: F) -> F:
        OPERATIONS[named] = method.__name__
        return method

    return note


def at(template: str, **parts: str | int) -> str:
    """An address with its parts filled in, each quoted whole."""
    return template.format(**{name: quote(str(part), safe="") for name, part in parts.items()})


def given(**values: Any) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in values.items() if value is not None}
