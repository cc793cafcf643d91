"""One individual with all that people in the field want to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat

from PIL import Image as PillowImage

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame
from reid.catalogue.individual_pages import IndividualPage, IndividualPages, Seen
from reid.errors import CatalogueError, ImageError
from reid.exporters.places import Exactness
from reid.identities import subjects
from reid.identities.facts import CoatChange
from reid.identities.words import sentence
from reid.paper.cuts import cut, jpeg_of, window_of
from reid.paper.drawn_map import Map, map_of
from reid.paper.marks import Mark, marks_of
from reid.paper.unsure import unsure_of
from reid.paper.words import (
    FLANKS,
    LIGHTS,
    day,
    disputed,
    lacking,
    moment,
    places_words,
    shown,
    span,
    spoken,
)

MOST_OF_A_KIND = 6
"""Pictures of one flank in one light."""
HEIGHT_PX, QUALITY = 520, 84
MOST_EVENTS = 40


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without EXIF, or in its place why there is none (``content`` empty)."""

    name: str
    words: str
    content: bytes = field(repr=False)
    size_wh: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Group:
    """The best pictures of one flank in one light, and how many more there are."""

    words: str
    pictures: tuple[Picture, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A distinguishing mark: what it rests on, and close-ups of it."""

    words: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A row of the table of sightings."""

    sighting: str
    when: str
    disputed: bool
    station: str
    flanks: str
    decided: str
    why: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything on the paper, in words; ``facts`` are (name, words)."""

    name: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    marks: tuple[Marked, ...]
    seen: tuple[SeenLine, ...]
    map: Map | None
    unsure: tuple[str, ...]
    events: tuple[str, ...]
    places: str
    made: str
    synthetic: bool

    @property
    def pictures(self) -> list[Picture]:
        """All of them."""
        told = [one.pictures for one in self.groups] + [one.pictures for one in self.marks]
        return [picture for one in told for picture in one if picture.content]


def dossier(
    catalogue: Catalogue,
    name: str,
    *,
    exactness: Exactness,
    event: int | None = None,
    made_at: datetime | None = None,
) -> Dossier:
    """The dossier of an individual, now or as it was after an event; blocking, some seconds.

    ``exactness``: positions as the reader may see them. Distances between sightings are told
    only where positions are exact enough to measure them. What is unsure is that of now.

    Raises:
        NotFoundError: nobody of that name.
        ConflictError: it was merged into another.
    """
    page = IndividualPages.of(catalogue).page(name, event)
    last = catalogue.last_event() if event is None else event
    frames = [frame for one in page.seen for frame in one.frames]
    made = made_at or datetime.now(UTC)
    return Dossier(
        page.individual.name,
        tuple(_facts(page, frames)),
        tuple(_groups(catalogue, frames)),
        _marked(catalogue, page.seen),
        tuple(_line(catalogue, one) for one in page.seen),
        map_of(page.seen, exactness),
        tuple(unsure_of(catalogue, page, exactness)) if event is None else (),
        _events(catalogue, page, last),
        places_words(exactness),
        f"Made {moment(made)} UTC; who is who as after decision {last}.",
        any("synthetic" in frame.flags for frame in frames),
    )


def _facts(page: IndividualPage, frames: Sequence[Frame]) -> list[tuple[str, str]]:
    first, last = span(page.seen)
    others = [name for name in page.names if name != page.individual.name]
    stations = sorted({one.station for one in page.seen if one.station})
    many = len(page.seen)
    rows = [
        ("First seen", first or "not dated"),
        ("Last seen", last or "not dated"),
        ("Sightings", f"{many} at {len(stations)} station{'' if len(stations) == 1 else 's'}"),
        ("Flanks", lacking(frames) or "both known"),
        ("Also called", ", ".join(others)),
        ("Took the sightings of", ", ".join(page.merged)),
        *(("Coat changed", _change(change)) for change in page.changed),
        ("Note", page.individual.note),
    ]
    return [(what, words) for what, words in rows if words]


def _change(change: CoatChange) -> str:
    since = f"since {day(change.since)}" if change.since else "nobody knows when"
    return f"{change.what.value}, {since}: pictures that differ across it contradict nothing"


def _groups(catalogue: Catalogue, frames: Sequence[Frame]) -> list[Group]:
    """By flank and light, what shows most first; not what shows no leopard."""
    found: dict[tuple[str, str], list[Frame]] = {}
    for frame in shown(frames):
        found.setdefault((frame.flank.value, frame.light.value), []).append(frame)
    order = [*FLANKS, "unknown"]
    groups = []
    for flank, light in sorted(found, key=lambda key: (order.index(key[0]), key[1])):
        best = sorted(found[flank, light], key=lambda frame: -frame.usable)
        top = best[:MOST_OF_A_KIND]
        words = f"{FLANKS.get(flank, 'Flank not known')}, {LIGHTS[light]}"
        names = (f"{flank}-{light}-{i}" for i in range(len(top)))
        pictures = tuple(map(picture_of, repeat(catalogue), top, names))
        groups.append(Group(words, pictures, len(best) - len(top)))
    return groups


def picture_of(
    catalogue: Catalogue, frame: Frame, name: str, height_px: int = HEIGHT_PX
) -> Picture:
    """The animal cut out, with sighting and day; a damaged file is said and no more."""
    at = frame.captured_at
    words = f"{frame.sighting_id}{f', {day(at)}' if at else ''}"
    try:
        found = cut(catalogue, frame, window_of(frame), height_px, by_height=True)
    except (CatalogueError, ImageError) as error:
        return Picture(name, f"{words}: {error}", b"")
    return Picture(name, words, jpeg_of(found, QUALITY), found.size)


def _marked(catalogue: Catalogue, seen: Sequence[Seen]) -> tuple[Marked, ...]:
    try:
        found = marks_of(catalogue, seen)
    except (CatalogueError, ImageError) as error:
        return (Marked(f"Could not be drawn: {error}", ()),)
    return tuple(_mark(mark) for mark in found)


def _mark(mark: Mark) -> Marked:
    side = mark.flank.value
    partners = f"{mark.partners} other sighting{'' if mark.partners == 1 else 's'}"
    words = (
        f"{FLANKS[side]}: inside the outline {mark.points} points of the coat agree with {partners}"
    )
    pictures = tuple(
        Picture(f"mark-{side}-{i}", sighting, _drawn(picture), picture.size)
        for i, (sighting, picture) in enumerate(zip(mark.sightings, mark.pictures, strict=True))
    )
    return Marked(words, pictures)


def _drawn(picture: PillowImage.Image) -> bytes:
    return jpeg_of(picture, 88)


def _line(catalogue: Catalogue, one: Seen) -> SeenLine:
    history = catalogue.history(one.sighting_id)
    said = history[-1] if history else None
    sides = sorted({frame.flank.value for frame in shown(one.frames)})
    return SeenLine(
        one.sighting_id,
        spoken(one.times),
        disputed(one),
        one.station or "not known",
        ", ".join(sides) or "no animal found",
        f"{said.by}, {day(said.at)}" if said else "",
        said.why if said else "",
    )


def _events(catalogue: Catalogue, page: IndividualPage, last: int) -> tuple[str, ...]:
    about = [subjects.individual(page.individual.number)]
    found = catalogue.events(about=about, before=last + 1, limit=MOST_EVENTS)
    undone = catalogue.undone()
    return tuple(
        f"{one.number}. {day(one.at)}, {one.said.by}: {sentence(one.kind, one.told)}"
        f"{f' ({one.said.why})' if one.said.why else ''}"
        f"{f'; undone by {undone[one.number]}' if one.number in undone else ''}"
        for one in found
    )
