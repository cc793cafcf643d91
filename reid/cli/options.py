"""Options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reid.config import Strips

Json = Annotated[
    bool, typer.Option("--json", help="One JSON document on stdout; all else on stderr.")
]
Boxes = Annotated[
    Path | None,
    typer.Option(help="MegaDetector's JSON (format 1.x); without it the animals are looked for."),
]
FlankWords = Annotated[
    list[str] | None,
    typer.Option(
        "--flank",
        metavar="[SIGHTING=]FLANK",
        help="left, right, front, back or unknown: the animal's own side, of all pictures or of "
        "one sighting's. Repeatable. A flank in a table goes before it.",
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the catalogue; default: $LEOPARD_REID_DATA_DIR, else the user's data "
        "directory."
    ),
]
MaxError = Annotated[
    float | None,
    typer.Option(
        min=0.0001,
        max=0.4,
        help="Error rate that 'same' and 'different' must keep; default 0.01. What cannot keep "
        "it is inconclusive.",
    ),
]
Threads = Annotated[int, typer.Option(min=1, help="Threads for the models.")]
ExifPositions = Annotated[
    bool,
    typer.Option(
        "--exif-positions",
        help="Take positions from the EXIF of pictures where no table gives one.",
    ),
]
Licence = Annotated[
    str, typer.Option(help="SPDX, of what the source states none for: CC-BY-NC-4.0.")
]
ReadStrips = Annotated[
    bool,
    typer.Option(
        "--read-strips",
        help="Read the strips that cameras burn into pictures: time and temperature, beside what "
        "EXIF says. Needs the extra 'ocr'.",
    ),
]
StripDates = Annotated[
    str | None,
    typer.Option(help="dmy or mdy: how 04/12/2015 in a strip is meant; without, as EXIF tells."),
]


def strips_of(read: bool, dates: str | None) -> Strips | None:
    """As the setting ``read_strips``; None: as that says.

    Raises:
        InputError: another order of dates.
    """
    from reid.errors import InputError

    if dates not in (None, "dmy", "mdy"):
        raise InputError(f"--strip-dates: expected dmy or mdy, found {dates!r}")
    if dates == "dmy":
        return "dmy"
    if dates == "mdy":
        return "mdy"
    return "yes" if read else None
