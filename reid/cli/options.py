"""Options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
