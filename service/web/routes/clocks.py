"""/clocks: corrections of cameras' clocks, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from reid.catalogue.clock_book import CameraOf, ClockBook, Moved
from reid.clocks import Entry
from service.state import LibraryNow, ServiceNow
from service.web.pages import page

SHOWN = 200
Number = Annotated[int, Path(ge=1, le=2**53)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the form, "" for none; its cameras as the page's script reads them."""

    name: str
    cameras: list[dict[str, str | int | None]]


@router.get("/clocks")
async def clocks(request: Request, service: ServiceNow, library: LibraryNow) -> Response:
    """Every correction, newest first; its script asks /v1/clocks for all else."""
    book = ClockBook.of(library.catalogue)
    ledger, cameras = await service.reads.run(lambda: (book.ledger(), book.cameras()))
    return page(
        request,
        "clocks.html",
        entries=ledger.entries[::-1],
        undone={one.undoes: one.number for one in ledger.entries if one.undoes},
        standing=len(ledger.standing),
        stations=_stations(cameras),
    )


@router.get("/clocks/{number}/undo")
async def undo(
    request: Request, number: Number, service: ServiceNow, library: LibraryNow
) -> Response:
    """What taking a correction back would change; a conflict where it was taken back already."""
    book = ClockBook.of(library.catalogue)

    def work() -> tuple[Entry, Sequence[Moved]]:
        return book.ledger().taking_back(number), book.preview_undo(number)

    entry, moved = await service.reads.run(work)
    return page(request, "clock_undo.html", entry=entry, moved=moved, most=SHOWN)


def _stations(cameras: Sequence[CameraOf]) -> list[Station]:
    return [
        Station(name, [_camera(one) for one in group])
        for name, group in groupby(cameras, key=lambda one: one.station)
    ]


def _camera(one: CameraOf) -> dict[str, str | int | None]:
    return {
        "camera": one.camera,
        "pictures": one.pictures,
        "first": one.first.isoformat(timespec="seconds") if one.first else None,
        "last": one.last.isoformat(timespec="seconds") if one.last else None,
    }
