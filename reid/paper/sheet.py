"""The whole catalogue to print: every individual by both flanks, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame, Gallery
from reid.catalogue.individual_pages import IndividualLine, IndividualPages
from reid.errors import NotFoundError
from reid.paper.dossier import Picture, picture_of
from reid.paper.words import USABLE, day, moment, shown

SIDES = ("left", "right")
HEIGHT_PX = 420
PAGE = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One flank: its best picture, or in words that there is none."""

    flank: str
    picture: Picture | None
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One individual on the sheet."""

    name: str
    words: str
    sides: tuple[Side, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of them, by name. ``more``: name after which the rest follows, None: these are all."""

    title: str
    entries: tuple[Entry, ...]
    made: str
    synthetic: bool
    more: str | None = None

    @property
    def pictures(self) -> list[Picture]:
        """All of them."""
        sides = [side.picture for entry in self.entries for side in entry.sides]
        return [picture for picture in sides if picture is not None and picture.content]


def id_sheet(
    catalogue: Catalogue,
    *,
    title: str = "Known individuals",
    names: Sequence[str] = (),
    event: int | None = None,
    q: str = "",
    after: str = "",
    limit: int | None = None,
    made_at: datetime | None = None,
) -> Sheet:
    """Everybody, or those of these ``names``, now or after an event; no places are on it.

    ``q``: part of a name. ``limit`` and ``after``: a part of a large catalogue.

    Raises:
        NotFoundError: nobody of one of the names.
    """
    lines, more = _lines(_walk(catalogue, q, event, after), names, limit)
    gallery = Gallery.of(catalogue)
    entries, synthetic = [], False
    for number, line in enumerate(lines):
        frames = [f for own in gallery.frames(line.sighting_ids).values() for f in own]
        synthetic = synthetic or any("synthetic" in frame.flags for frame in frames)
        entries.append(_entry(catalogue, line, frames, number))
    last = catalogue.last_event() if event is None else event
    made = f"Made {moment(made_at or datetime.now(UTC))} UTC; as after decision {last}."
    return Sheet(title, tuple(entries), made, synthetic, more)


def _lines(
    walk: Iterator[IndividualLine], names: Sequence[str], limit: int | None
) -> tuple[list[IndividualLine], str | None]:
    wanted = set(names)
    found: list[IndividualLine] = []
    for line in walk:
        if limit is not None and len(found) == limit:
            return found, found[-1].name
        if not wanted or line.name in wanted:
            found.append(line)
    missing = wanted - {line.name for line in found}
    if missing:
        raise NotFoundError(f"no individuals {sorted(missing)}; list them")
    return found, None


def _walk(catalogue: Catalogue, q: str, event: int | None, after: str) -> Iterator[IndividualLine]:
    pages = IndividualPages.of(catalogue)
    while part := pages.lines(limit=PAGE, after=after, q=q, event=event):
        yield from part
        after = part[-1].name


def _entry(
    catalogue: Catalogue, line: IndividualLine, frames: Sequence[Frame], number: int
) -> Entry:
    sides = tuple(_side(catalogue, frames, flank, f"{number}-{flank}") for flank in SIDES)
    note = ""
    if all(side.picture is None for side in sides) and line.best is not None:
        best = picture_of(catalogue, line.best, f"{number}-best", HEIGHT_PX)
        sides = (Side("", best, ""), sides[1])
        note = "no flank known that can be compared"
    many = len(line.sighting_ids)
    words = f"{many} sighting{'' if many == 1 else 's'}"
    return Entry(line.name, f"{words}, {_span(line)}", sides, note)


def _span(line: IndividualLine) -> str:
    if line.first is None or line.last is None:
        return "never dated"
    if line.first.date() == line.last.date():
        return day(line.first)
    return f"{day(line.first)} to {day(line.last)}"


def _side(catalogue: Catalogue, frames: Sequence[Frame], flank: str, name: str) -> Side:
    """What shows most of a flank, colour before infrared where both are good."""
    own = [f for f in shown(frames) if f.flank.value == flank and f.usable >= USABLE]
    if not own:
        return Side(flank, None, f"no {flank} flank known")
    best = max(own, key=lambda frame: frame.usable)
    return Side(flank, picture_of(catalogue, best, name, HEIGHT_PX), "")
