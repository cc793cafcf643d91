"""The neutral form between formats. Text that a format brings beyond it is kept in ``extra``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

RelativeBox = tuple[float, float, float, float]
"""Left, top, width, height in shares of the upright picture, each in [0, 1]."""
UNREAD = "unread:"
"""Before the name of a column in ``extra`` whose cell could not be understood."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A camera at a location for a time; times as written, without zone if they had none.

    ``latitude``, ``longitude`` in degrees (WGS 84), both or neither.
    """

    id: str
    location: str = ""
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    start: datetime | None = None
    end: datetime | None = None
    camera: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def station(self) -> str:
        """The location, by its id, its name, or the deployment's own id."""
        return self.location or self.name or self.id


@dataclass(frozen=True, slots=True)
class Media:
    """A file; ``path`` as it stands: relative to the source, absolute, or a URL.

    ``size_wh``: of the upright picture in pixels, where it is known. ``licence``: an SPDX
    expression, "" where nobody stated one.
    """

    id: str
    deployment: str = ""
    path: str = ""
    at: datetime | None = None
    mediatype: str = ""
    size_wh: tuple[int, int] | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""

    @property
    def remote(self) -> bool:
        """Whether the path is a URL."""
        return "://" in self.path


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen, in one file (``level`` media) or in a whole event.

    ``box_px`` is left, top, width, height in pixels, where the source gives no shares.
    ``start`` and ``end`` are the event's; ``at`` is when it was classified. ``licence``: of what
    is said here, not of the file.
    """

    id: str
    deployment: str = ""
    media: str = ""
    event: str = ""
    start: datetime | None = None
    end: datetime | None = None
    level: str = "media"
    type: str = "animal"
    species: str = ""
    count: int | None = None
    individual: str = ""
    flank: str = ""
    box: RelativeBox | None = None
    box_px: RelativeBox | None = None
    method: str = ""
    by: str = ""
    at: datetime | None = None
    probability: float | None = None
    tags: tuple[str, ...] = ()
    comments: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""


Record = Deployment | Media | Observation
R = TypeVar("R", Deployment, Media, Observation)
_TIMES = {"start", "end", "at"}
_TUPLES = {"box", "box_px", "tags", "size_wh"}


def plain(record: Record) -> dict[str, Any]:
    """The record as JSON says it, without what is empty."""
    found = {f.name: getattr(record, f.name) for f in fields(record)}
    return {name: _plain(value) for name, value in found.items() if value not in (None, "", (), {})}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def restored(kind: type[R], told: Mapping[str, Any]) -> R:
    """The record behind ``plain``."""
    values = dict(told)
    for name in _TIMES & values.keys():
        values[name] = datetime.fromisoformat(values[name])
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    return kind(**values)
